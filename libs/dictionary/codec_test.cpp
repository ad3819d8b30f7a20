// SPDX-License-Identifier: Apache-2.0
#include "dictionary/codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "dictionary/codes.hpp"

namespace lk::dictionary {
namespace {

struct CodecRow {
  Id id;
  std::int64_t value;
  std::int64_t back;
};

TEST(DictionaryCodec, IntegersComeBack) {
  const CodecRow rows[] = {
      {Id::balance, -123'456'789'012, -123'456'789'012},
      {Id::current, -5, -5},
      {Id::order_sequence, 0xFFFFFFFF, 0xFFFFFFFF},
      {Id::supply_state, 1, 1},
      {Id::current, std::int64_t{1} << 40U, std::numeric_limits<std::int32_t>::max()},
      {Id::power_cuts, -1, 0},
      {Id::event_code, 70'000, 65'535},
  };
  for (const CodecRow& r : rows) {
    const Row& entry = row(r.id);
    std::array<std::byte, 16> room{};
    const auto registers = std::span{room}.first(std::size_t{2} * entry.register_count);
    encode(entry, r.value, registers);
    EXPECT_EQ(decode(entry, registers), r.back) << std::string{entry.name};
  }
}

TEST(DictionaryCodec, HighWordIsFirst) {
  std::array<std::byte, 4> registers{};
  encode(row(Id::price), 0x01020304, registers);
  EXPECT_EQ(registers, (std::array{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}}));
}

TEST(DictionaryCodec, TextIsPaddedAndCut) {
  std::array<std::byte, 12> registers{};
  encode(row(Id::meter_number), "07000000019", registers);
  EXPECT_EQ(decode_text(registers), "07000000019");
  EXPECT_EQ(registers[11], std::byte{0});
  encode(row(Id::meter_number), "0123456789ABCDEF", registers);
  EXPECT_EQ(decode_text(registers), "0123456789AB");
}

TEST(DictionaryCodes, HaveNames) {
  EXPECT_EQ(event_name(4), "supply_opened");
  EXPECT_EQ(event_name(12), "clock_set");
  EXPECT_EQ(event_name(0), "unknown");
  EXPECT_EQ(event_name(13), "unknown");
  EXPECT_EQ(token_result_name(1), "accepted");
  EXPECT_EQ(token_result_name(10), "used");
  EXPECT_EQ(token_result_name(16), "not_ready");
  EXPECT_EQ(order_result_name(2), "already_done");
  EXPECT_EQ(order_refusal_name(6), "bad_argument");
  EXPECT_EQ(order_refusal_name(7), "malformed");
  EXPECT_EQ(hold_reason_name(1), "order");
  EXPECT_EQ(alarm_name(3), "memory");
}

}  // namespace
}  // namespace lk::dictionary
