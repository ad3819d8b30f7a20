// SPDX-License-Identifier: Apache-2.0
// A string of commands, each behind its length, for a card of each kind, also in a session; and each one
// sealed with the right key. The card stays a card.
#include <cstdint>
#include <string_view>

#include "bytes/bytes.hpp"
#include "card/testing/bench.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  using namespace lk::card;
  bytes::Reader from{std::as_bytes(std::span{data, size})};
  testing::Bench bench;
  const std::uint8_t mode = from.byte();
  const auto kind = static_cast<Kind>(mode % 4);
  if (kind != Kind::blank) bench.personalise(kind);
  const Role role = mode >= 128 ? Role::desk : Role::meter;
  Terminal terminal(bench);
  ensure(terminal.open().has_value());
  const Key key = key_of_card(testing::meter_card_key, role, testing::card_serial);
  if (kind != Kind::blank && (mode & 64U) != 0) {
    ensure(terminal.authenticate(role, key, testing::key(2)).has_value());
  }
  while (from.left() > 0) {
    const auto command = from.take(std::min<std::size_t>(from.byte(), from.left()));
    std::array<std::byte, response_max_bytes> room{};
    ensure(bench.card.serve(command, room).size() >= 2);
    if ((mode & 32U) == 0 || command.size() < 3) continue;
    // What the key's owner may try: read and write anywhere.
    const auto file = static_cast<File>(std::to_integer<unsigned>(command[0]) % 32);
    const std::size_t offset = std::to_integer<std::size_t>(command[1]) * 2;
    std::array<std::byte, 40> piece{};
    (void)terminal.read(file, offset, piece);
    (void)terminal.write(file, offset, command.subspan(2));
  }
  bench.reset();
  ensure(bench.is_in);
  return 0;
}
