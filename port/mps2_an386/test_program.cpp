// SPDX-License-Identifier: Apache-2.0
// What a test needs that an image must not have: newlib's start, its heap, and files and exit by semihosting.
// The few POSIX calls that GoogleTest names and newlib's semihosting lacks refuse.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

#include "port/mps2_an386/semihosting.hpp"

extern "C" {
void initialise_monitor_handles();
void __libc_init_array();  // NOLINT(bugprone-reserved-identifier): newlib's name
// C++ forbids a call of main by its name.
int program_main(int, char**) asm("main");

std::int32_t lk_run_program();

void* __dso_handle = nullptr;  // NOLINT(bugprone-reserved-identifier): named by static destructors
void _init() {}                // NOLINT(bugprone-reserved-identifier): called by __libc_init_array
void _fini() {}                // NOLINT(bugprone-reserved-identifier)
void _exit(int status) {
  lk::mps2::exit_with(status);
}  // NOLINT(bugprone-reserved-identifier)

char* getcwd(char*, size_t) {
  errno = ENOSYS;
  return nullptr;
}
int mkdir(const char*, mode_t) {
  errno = ENOSYS;
  return -1;
}
}

std::int32_t lk_run_program() {
  initialise_monitor_handles();
  __libc_init_array();
  std::array<char, 5> name{"test"};
  std::array<char*, 2> arguments{name.data(), nullptr};
  std::exit(program_main(1, arguments.data()));
}
