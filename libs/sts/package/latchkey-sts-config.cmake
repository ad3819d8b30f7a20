# find_package(latchkey-sts): latchkey-sts::latchkey-sts (C++23, static), latchkey-sts::c (C, shared).
include(${CMAKE_CURRENT_LIST_DIR}/latchkey-sts-targets.cmake)
