// SPDX-License-Identifier: Apache-2.0
// A bug is an assertion, on in every build. `ensure` states what must hold; where it does not, the body (a PC
// program, a firmware image) is told the place and does not come back: a program aborts, firmware records the
// place and resets into a safe state. Never used for bad input: that is a `std::expected`.
#pragma once

#include <cstdint>
#include <source_location>
#include <utility>

namespace lk {

// Provided by the body; the default of assert.cpp traps. Must not return. Callable from any context.
[[noreturn]] void assertion_failed(const char* file, std::uint32_t line);

// Does nothing where `holds` is true, else calls assertion_failed with the caller's place. Usable in constant
// expressions, where a false condition is a compile error.
constexpr void ensure(bool holds, std::source_location place = std::source_location::current()) {
  if (!holds) [[unlikely]] {
    assertion_failed(place.file_name(), place.line());
  }
}

// What an optional (or expected) holds that must hold something here; that it does not is a bug.
template <class Optional>
constexpr decltype(auto) value_of(Optional&& optional,
                                  std::source_location place = std::source_location::current()) {
  ensure(optional.has_value(), place);
  return *std::forward<Optional>(optional);  // NOLINT(bugprone-unchecked-optional-access): said above
}

}  // namespace lk
