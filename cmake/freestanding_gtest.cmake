# GoogleTest for the Cortex-M4: built from Debian's sources for newlib, whose files and exit are QEMU's semihosting.
# So the tests that run on the PC run unchanged on the target. What newlib has not (threads, processes, so death
# tests) is switched off: EXPECT_DEATH then warns and passes, and the PC's run is the one that checks it.
set(LK_GTEST_SOURCE /usr/src/googletest/googletest CACHE PATH "GoogleTest's sources (Debian package googletest)")
if(NOT EXISTS ${LK_GTEST_SOURCE}/src/gtest-all.cc)
  message(FATAL_ERROR "GoogleTest's sources are not in ${LK_GTEST_SOURCE}: install the Debian package googletest, "
    "or set LK_GTEST_SOURCE.")
endif()

add_library(lk_gtest STATIC ${LK_GTEST_SOURCE}/src/gtest-all.cc)
target_include_directories(lk_gtest PRIVATE ${LK_GTEST_SOURCE})
target_include_directories(lk_gtest SYSTEM PUBLIC ${LK_GTEST_SOURCE}/include)
target_compile_definitions(lk_gtest PUBLIC _POSIX_C_SOURCE=200809L GTEST_HAS_PTHREAD=0 GTEST_HAS_EXCEPTIONS=0
  GTEST_HAS_RTTI=0 GTEST_HAS_DEATH_TEST=0 GTEST_HAS_STREAM_REDIRECTION=0 GTEST_HAS_POSIX_RE=0
  _POSIX_PATH_MAX=256
  EXPECT_DEATH=EXPECT_DEATH_IF_SUPPORTED ASSERT_DEATH=ASSERT_DEATH_IF_SUPPORTED)
target_compile_options(lk_gtest PRIVATE -w -fno-exceptions -fno-rtti -fno-threadsafe-statics)
add_library(GTest::gtest ALIAS lk_gtest)

add_library(lk_gtest_main STATIC ${LK_GTEST_SOURCE}/src/gtest_main.cc)
target_link_libraries(lk_gtest_main PUBLIC lk_gtest)
target_compile_options(lk_gtest_main PRIVATE -w -fno-exceptions -fno-rtti)
add_library(GTest::gtest_main ALIAS lk_gtest_main)

# A program with newlib's heap and files under it: a test. A firmware image takes lk_mps2_an386_image_program instead.
function(lk_freestanding_program target)
  target_link_libraries(${target} PRIVATE lk_mps2_an386_test_program)
endfunction()
