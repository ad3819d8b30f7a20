// SPDX-License-Identifier: Apache-2.0
// Any stream of bytes, with gaps: what is handed out is a frame, and a good frame behind it is found.
#include <algorithm>
#include <array>

#include "assert/assert.hpp"
#include "dlt645/receiver.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  using namespace lk::dlt645;
  Receiver receiver;
  std::int64_t now_us = 0;
  const auto check = [](const std::optional<Frame>& frame) {
    if (!frame) return;
    ensure(frame->data.size() <= data_max_bytes);
    std::array<std::byte, frame_max_bytes> made{};
    const std::size_t made_bytes = build(made, frame->address, frame->control, frame->data);
    ensure(parse(std::span{made}.first(made_bytes)).has_value());
  };
  for (std::size_t i = 0; i < size; ++i) {
    now_us += data[i] == 0xF0 ? 600'000 : 1'000;
    check(receiver.take(std::byte{data[i]}, now_us));
    if (data[i] == 0xF1) check(receiver.silence());
  }
  std::array<std::byte, frame_max_bytes> good{};
  const std::size_t good_bytes = build(good, address_of(7), 0x13, {});
  bool is_found = false;
  for (const std::byte byte : std::span{good}.first(good_bytes)) {
    is_found = receiver.take(byte, now_us).has_value();  // or one that ends with it
  }
  ensure(is_found || receiver.silence().has_value());
  return 0;
}
