// SPDX-License-Identifier: Apache-2.0
// A ring on a flash of any content: it mounts, reads without trouble, and takes new entries that are there.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "assert/assert.hpp"
#include "meter/records/ring.hpp"
#include "port/sim/flash.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  lk::sim::SimFlash flash{{256, 4, 8}, 1};
  const auto bytes = flash.bytes();
  for (std::size_t i = 0; i < std::min(size_bytes, bytes.size()); ++i) bytes[i] = std::byte{data[i]};
  lk::records::Ring ring{flash, {.id = 1, .first_page = 0, .page_count = 4, .payload_bytes = 12}};
  ring.mount();
  std::array<std::byte, 12> payload{};
  for (std::uint32_t number = ring.first(); number < ring.next(); ++number) (void)ring.read(number, payload);
  (void)ring.find_since(1000, 0);
  for (int i = 0; i < 50; ++i) {
    payload.fill(static_cast<std::byte>(i));
    const std::uint32_t number = ring.next();
    if (number == 0xFFFF'FFFF) return 0;
    lk::ensure(ring.append(payload));
    std::array<std::byte, 12> back{};
    lk::ensure(ring.read(number, back) && back == payload);
  }
  return 0;
}
