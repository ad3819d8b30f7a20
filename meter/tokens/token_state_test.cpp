// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace lk::tokens {
namespace {

using Room = std::array<std::byte, State::stored_max_bytes>;

State full() {
  State state;
  state.key.key.algorithm = sts::EncryptionAlgorithm::ea07;
  state.key.key.bytes.fill(std::byte{0x5A});
  state.key.key_type = sts::KeyType::default_key;
  state.key.key_revision_number = 9;
  state.key.key_expiry_number = 0xA5;
  state.key.tariff_index = 99;
  state.key.supply_group_code = 999'999;
  state.settings = {18'201'624, 3000, 7, 8, 1, 1023};
  state.entry_count = 0xFFFF'FFFF;
  state.wrong_entries = 9;
  for (std::uint32_t i = 0; i < sts::TidStore::capacity; ++i) state.used.accept(0xFFFF00 + i);
  return state;
}

TEST(TokenState, ComesBackFromItsBytes) {
  for (const State& state : {full(), State{}}) {
    Room room{};
    bytes::Writer to{room};
    encode(state, to);
    ASSERT_TRUE(to.ok());
    bytes::Reader from{to.written()};
    State back = full();
    ASSERT_TRUE(decode(from, back));
    EXPECT_EQ(from.left(), 0U);
    EXPECT_EQ(back.key, state.key);
    EXPECT_EQ(back.settings, state.settings);
    EXPECT_EQ(back.entry_count, state.entry_count);
    EXPECT_EQ(back.wrong_entries, state.wrong_entries);
    EXPECT_TRUE(std::ranges::equal(back.used.entries(), state.used.entries()));
  }
}

TEST(TokenState, RefusesWhatIsNoState) {
  Room room{};
  bytes::Writer to{room};
  encode(full(), to);
  EXPECT_EQ(to.size_bytes(), room.size());
  State state;
  for (std::size_t size_bytes = 0; size_bytes < room.size(); ++size_bytes) {
    bytes::Reader from{std::span{room}.first(size_bytes)};
    EXPECT_FALSE(decode(from, state)) << size_bytes;
  }
  const auto is_refused = [&room, &state](std::size_t at, std::uint8_t value) {
    Room changed = room;
    changed[at] = std::byte{value};
    bytes::Reader from{changed};
    return !decode(from, state);
  };
  EXPECT_TRUE(is_refused(0, 8)) << "no such algorithm";
  EXPECT_TRUE(is_refused(17, 4)) << "no such key type";
  EXPECT_TRUE(is_refused(24, 1)) << "a supply group of more than 24 bits";
  EXPECT_TRUE(is_refused(46, 51)) << "more identifiers than the store has";
  EXPECT_EQ(state.entry_count, 0U) << "unchanged by all of them";
}

}  // namespace
}  // namespace lk::tokens
