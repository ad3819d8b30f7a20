# Toolchain of the cortex-m4 preset: newlib's compiler, a Cortex-M4 without its FPU (the code is all integers, and a
# meter's controller need not have one), and QEMU to run what was built.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m4)

find_program(LK_ARM_GXX arm-none-eabi-g++)
find_program(LK_QEMU qemu-system-arm)
if(NOT LK_ARM_GXX OR NOT LK_QEMU)
  message(FATAL_ERROR "The cortex-m4 preset needs the Debian packages gcc-arm-none-eabi, libstdc++-arm-none-eabi-newlib, "
    "libstdc++-arm-none-eabi-dev and qemu-system-arm: install them, or run ./lk doctor.")
endif()
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft -ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments")
set(CMAKE_EXECUTABLE_SUFFIX_C .elf)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .elf)

set(CMAKE_CROSSCOMPILING_EMULATOR
  ${LK_QEMU} -M mps2-an386 -nographic -monitor none -serial none -semihosting-config enable=on,target=native -kernel)

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
