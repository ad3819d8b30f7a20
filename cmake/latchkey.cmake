# The words that the folders' CMakeLists.txt are written in.
#
#   lk_library(NAME SOURCES … [DEPENDS …])   a library lk_NAME, alias lk::NAME
#   lk_test(NAME SOURCES … [DEPENDS …])      a GoogleTest program, run by ctest (in QEMU on the cortex-m4 preset)
#   lk_fuzz(NAME SOURCES … [DEPENDS …])      a libFuzzer program, only with LK_FUZZ
#   lk_bench(NAME SOURCES … [DEPENDS …])     a Google Benchmark program, run by ./lk bench
#   lk_program(NAME SOURCES … [DEPENDS …])   an installed program
#
# A test, fuzz target or bench stands beside the code it is of. Code that may run on the meter is found under the
# include roots `libs` and `port/include`; everything else is included by its path from the repository's root.

# CMake 3.25 knows when it is cross-compiling for bare metal by the system's name.
if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
  set(LK_FREESTANDING ON)
else()
  set(LK_FREESTANDING OFF)
endif()

add_library(lk_options INTERFACE)
target_compile_options(lk_options INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion
  -Wno-missing-field-initializers
  # GCC 12's own headers use what they call deprecated; only clang tells of it (in std::stable_sort).
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_include_directories(lk_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/libs ${CMAKE_SOURCE_DIR}/port/include)
if(LK_SANITIZE)
  target_compile_options(lk_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(lk_options INTERFACE -fsanitize=address,undefined)
endif()
if(LK_FUZZ)
  target_compile_options(lk_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(lk_options INTERFACE -fsanitize=address,undefined)
endif()
if(LK_FREESTANDING)
  target_compile_options(lk_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti -fno-exceptions -fno-threadsafe-statics>)
endif()

if(BUILD_TESTING)
  if(LK_FREESTANDING)
    include(freestanding_gtest)
  else()
    find_package(GTest REQUIRED)
  endif()
endif()
find_package(benchmark QUIET)  # only ./lk bench needs it

add_custom_target(programs)  # all that is installed
add_custom_target(benches)   # all that ./lk bench runs

function(lk_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(ARG_SOURCES)
    add_library(lk_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(lk_${name} PUBLIC lk_options ${ARG_DEPENDS})
  else()
    add_library(lk_${name} INTERFACE)
    target_link_libraries(lk_${name} INTERFACE lk_options ${ARG_DEPENDS})
  endif()
  add_library(lk::${name} ALIAS lk_${name})
endfunction()

function(lk_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(LK_FUZZ OR NOT BUILD_TESTING)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE lk_options ${ARG_DEPENDS} GTest::gtest GTest::gtest_main)
  if(LK_FREESTANDING)
    lk_freestanding_program(${name})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()

function(lk_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(LK_FUZZ)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE lk_options ${ARG_DEPENDS})
  install(TARGETS ${name})
  add_dependencies(programs ${name})
endfunction()

function(lk_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT LK_FUZZ)
    lk_corpus(${name} SOURCES ${ARG_SOURCES} DEPENDS ${ARG_DEPENDS})
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE lk_options ${ARG_DEPENDS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()

# Where a corpus of a fuzz target is kept, its inputs are a test.
function(lk_corpus name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  set(corpus ${CMAKE_SOURCE_DIR}/tests/corpus/${name}.hex)
  if(LK_FREESTANDING OR NOT BUILD_TESTING OR NOT LK_SANITIZE OR NOT EXISTS ${corpus})
    return()
  endif()
  add_executable(${name}_corpus ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/tests/corpus/replay.cpp)
  target_link_libraries(${name}_corpus PRIVATE lk_options ${ARG_DEPENDS})
  add_test(NAME ${name}_corpus COMMAND ${name}_corpus ${corpus})
  set_tests_properties(${name}_corpus PROPERTIES TIMEOUT 120)
endfunction()

function(lk_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(LK_FREESTANDING OR LK_FUZZ OR NOT benchmark_FOUND)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE lk_options ${ARG_DEPENDS} benchmark::benchmark benchmark::benchmark_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench EXCLUDE_FROM_ALL ON)
  add_dependencies(benches ${name})
endfunction()

# The modules of a folder, in an order in which each comes after what it needs.
function(lk_modules)
  foreach(module ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${module}/CMakeLists.txt)
      add_subdirectory(${module})
    endif()
  endforeach()
endfunction()
