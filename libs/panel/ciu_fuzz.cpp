// SPDX-License-Identifier: Apache-2.0
// Any bytes at both ends of the keypad unit's line; a frame that is found encodes to the same bytes.
#include <algorithm>
#include <cstdlib>

#include "panel/ciu_ends.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::panel::ciu;
  MeterEnd meter;
  UnitEnd unit{1};
  Finder finder;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = std::byte{data[i]};
    (void)meter.receive(byte, lk::quantity::Instant::of(static_cast<std::int64_t>(i)));
    (void)unit.receive(byte);
    const auto frame = finder.take(byte);
    if (const auto show = decode_show(frame); show && !std::ranges::equal(encode(*show), frame)) std::abort();
    std::array<std::byte, keys_bytes_most> room{};
    if (const auto keys = decode_keys(frame); keys && !std::ranges::equal(encode(*keys, room), frame))
      std::abort();
  }
  return 0;
}
