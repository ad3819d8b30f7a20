// SPDX-License-Identifier: Apache-2.0
// What lies between start-up and the `main` of a firmware image: nothing but what the compiler may call by
// name.
#include <cstdint>

#include "assert/assert.hpp"

extern "C" {
// C++ forbids a call of main by its name.
int image_main() asm("main");

// A pure virtual function called: a bug. Ours, because the library's brings the unwinder and the heap along.
void __cxa_pure_virtual() {
  lk::ensure(false);
}  // NOLINT(bugprone-reserved-identifier): the ABI's name

std::int32_t lk_run_program() {
  return image_main();
}
}

// A position beyond the end of a std::string_view: a bug. Ours for the same reason; any other throw of the
// library does not link.
namespace std {
void __throw_out_of_range_fmt(const char* /*format*/, ...) {  // NOLINT: the library's name
  for (;;) lk::ensure(false);
}
}  // namespace std
