// SPDX-License-Identifier: Apache-2.0
#include "bytes/bytes.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>

#include "bytes/crc.hpp"

namespace lk::bytes {
namespace {

TEST(Bytes, FieldsComeBackInBothOrders) {
  std::array<std::byte, 16> room{};
  Writer writer{room};
  writer.big<std::int16_t>(-2);
  writer.little<std::uint32_t>(0x01020304);
  writer.big<std::int64_t>(-5);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(room[2], std::byte{0x04}) << "little-endian puts the low byte first";

  Reader reader{writer.written()};
  EXPECT_EQ(reader.big<std::int16_t>(), -2);
  EXPECT_EQ(reader.little<std::uint32_t>(), 0x01020304U);
  EXPECT_EQ(reader.big<std::int64_t>(), -5);
  EXPECT_TRUE(reader.ok());
}

TEST(Bytes, ReaderThatRunsOutGivesZerosAndSaysSo) {
  const std::array<std::byte, 1> one{std::byte{7}};
  Reader reader{one};
  EXPECT_EQ(reader.big<std::uint16_t>(), 0x0700);
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.take(1).empty());
}

TEST(Bytes, WriterNeverPassesItsRoom) {
  std::array<std::byte, 3> room{};
  Writer writer{std::span{room}.first(2)};
  writer.big<std::uint32_t>(0xFFFFFFFF);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.size_bytes(), 2U);
  EXPECT_EQ(room[2], std::byte{0});
}

TEST(Crc, CheckValuesOfTheCatalogue) {
  constexpr std::string_view check = "123456789";
  const auto data = std::as_bytes(std::span{check});
  EXPECT_EQ(crc16_modbus(data), 0x4B37);
  EXPECT_EQ(crc32c(data), 0xE3069283U);
  EXPECT_EQ(crc32c(data.subspan(4), crc32c(data.first(4))), 0xE3069283U) << "can be computed in parts";
}

}  // namespace
}  // namespace lk::bytes
