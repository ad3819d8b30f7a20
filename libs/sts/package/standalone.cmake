# SPDX-License-Identifier: Apache-2.0
# libs/sts as a package of its own: a static library (C++ and C), a shared one (C), headers, and what
# find_package(latchkey-sts) needs. Needs nothing but a C++23 compiler.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

get_filename_component(libs ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
include(${libs}/sts/sta_tables.cmake)
lk_built_in_tables(built_in_tables)
include(${libs}/sts/sources.cmake)
list(TRANSFORM LK_STS_SOURCES PREPEND ${libs}/sts/)

add_library(latchkey_sts_objects OBJECT ${LK_STS_SOURCES} ${built_in_tables} ${libs}/assert/assert.cpp
  ${libs}/crypto/des.cpp ${libs}/crypto/hmac.cpp ${libs}/crypto/secret.cpp ${libs}/crypto/sha256.cpp)
target_include_directories(latchkey_sts_objects PRIVATE ${libs})
set_target_properties(latchkey_sts_objects PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON)

add_library(latchkey-sts STATIC $<TARGET_OBJECTS:latchkey_sts_objects>)
set_target_properties(latchkey-sts PROPERTIES OUTPUT_NAME latchkey-sts)
target_compile_features(latchkey-sts INTERFACE cxx_std_23)
target_include_directories(latchkey-sts INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/latchkey-sts>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

add_library(latchkey-sts-c SHARED $<TARGET_OBJECTS:latchkey_sts_objects>)
set_target_properties(latchkey-sts-c PROPERTIES OUTPUT_NAME latchkey_sts EXPORT_NAME c VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR} LINKER_LANGUAGE CXX)
target_include_directories(latchkey-sts-c INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

install(TARGETS latchkey-sts latchkey-sts-c EXPORT latchkey-sts-targets)
foreach(module assert bytes crypto quantity sts)
  file(GLOB headers CONFIGURE_DEPENDS ${libs}/${module}/*.hpp)
  list(FILTER headers EXCLUDE REGEX "_test\\.hpp$")
  install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/latchkey-sts/${module})
endforeach()
install(FILES ${libs}/sts/c/latchkey_sts.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey-sts)
install(EXPORT latchkey-sts-targets NAMESPACE latchkey-sts:: DESTINATION ${config_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/latchkey-sts-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/latchkey-sts-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/latchkey-sts-config-version.cmake DESTINATION ${config_folder})
