// SPDX-License-Identifier: Apache-2.0
// Any bytes as each thing that a card or a reader may send; what is taken comes back the same.
#include <algorithm>
#include <cstdint>

#include "assert/assert.hpp"
#include "card/atr.hpp"
#include "card/load.hpp"
#include "card/secure_channel.hpp"
#include "card/statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  const auto bytes = std::as_bytes(std::span{data, size});
  (void)card::atr_size(bytes);
  if (const auto atr = card::decode_atr(bytes)) (void)card::own_serial(*atr);
  (void)card::decode_about(bytes);
  if (const auto load = card::decode_load(bytes)) {
    std::array<std::byte, card::load_max_bytes> room{};
    ensure(std::ranges::equal(card::encode(*load, room), bytes));
  }
  (void)card::open_statement(bytes, card::Key{});
  card::SecureChannel::DataRoom room{};
  if (const auto command = card::decode_command(bytes)) {
    card::SecureChannel channel{{}};
    (void)channel.open(*command, room);
  }
  if (const auto response = card::decode_response(bytes)) {
    card::SecureChannel channel{{}};
    (void)channel.open(*response, room);
  }
  return 0;
}
