// SPDX-License-Identifier: Apache-2.0
// Any bytes as a stored state; what is taken comes back the same.
#include <algorithm>

#include "meter/core/state.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::meter;
  State state;
  std::uint32_t event_count = 0;
  if (!decode(std::as_bytes(std::span{data, size}), state, event_count)) return 0;
  std::array<std::byte, state_max_bytes> first{};
  const auto bytes = encode(state, event_count, first);
  State again;
  lk::ensure(decode(bytes, again, event_count));
  std::array<std::byte, state_max_bytes> second{};
  lk::ensure(std::ranges::equal(encode(again, event_count, second), bytes));
  return 0;
}
