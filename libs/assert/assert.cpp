// SPDX-License-Identifier: Apache-2.0
#include "assert/assert.hpp"

namespace lk {

// Weak: a body that wants more than a trap (a message, a record in flash) defines its own.
[[gnu::weak]] void assertion_failed(const char* /*file*/, std::uint32_t /*line*/) {
  __builtin_trap();
}

}  // namespace lk
