// SPDX-License-Identifier: Apache-2.0
// Any bytes as stored parameters: refused, or settings that come back from their own bytes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "assert/assert.hpp"
#include "meter/core/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  using lk::meter::Settings;
  Settings settings;
  if (!settings.decode(std::as_bytes(std::span{data, size_bytes}))) return 0;
  std::array<std::byte, Settings::stored_max_bytes> room{};
  Settings back;
  lk::ensure(back.decode(settings.encode(room)) && back == settings);
  (void)lk::meter::rules_of(settings);
  return 0;
}
