// SPDX-License-Identifier: Apache-2.0
// Handling of what must stay secret: forgetting it, and comparing it without telling by time where it
// differs.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace lk::crypto {

// Overwrites the bytes with zeros in a way that the compiler does not leave out.
void wipe(std::span<std::byte> secret);

// Overwrites a plain value (a key schedule, an array of words).
template <class T>
  requires std::is_trivially_copyable_v<T>
void wipe_value(T& secret) {
  wipe(std::as_writable_bytes(std::span{&secret, 1}));
}

// True where both have the same size and bytes. The time depends on the size alone.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace lk::crypto
