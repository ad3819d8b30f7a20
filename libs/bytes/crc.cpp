// SPDX-License-Identifier: Apache-2.0
#include "bytes/crc.hpp"

namespace lk::bytes {
namespace {

template <class Word>
constexpr std::array<Word, 256> reflected_table(Word polynomial) {
  std::array<Word, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    Word remainder = static_cast<Word>(i);
    for (int bit = 0; bit < 8; ++bit) {
      remainder = static_cast<Word>((remainder & 1U) != 0 ? (remainder >> 1U) ^ polynomial : remainder >> 1U);
    }
    table[i] = remainder;
  }
  return table;
}

constexpr auto modbus_table = reflected_table<std::uint16_t>(0xA001);
constexpr auto castagnoli_table = reflected_table<std::uint32_t>(0x82F63B78);

// What a byte does to the remainder when 0 to 3 more bytes come behind it: four bytes are taken at once.
constexpr std::array<std::array<std::uint32_t, 256>, 4> castagnoli_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  tables[0] = castagnoli_table;
  for (std::size_t behind = 1; behind < tables.size(); ++behind) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[behind - 1][i];
      tables[behind][i] = (before >> 8U) ^ castagnoli_table[before & 0xFFU];
    }
  }
  return tables;
}();

}  // namespace

std::uint16_t crc16_modbus(std::span<const std::byte> data) {
  std::uint16_t crc = 0xFFFF;
  for (const std::byte b : data) {
    const auto index = static_cast<std::uint8_t>(crc ^ std::to_integer<std::uint8_t>(b));
    crc = static_cast<std::uint16_t>((crc >> 8U) ^ modbus_table[index]);
  }
  return crc;
}

std::uint32_t crc32c(std::span<const std::byte> data, std::uint32_t seed) {
  std::uint32_t crc = ~seed;
  std::size_t at = 0;
  for (; at + 4 <= data.size(); at += 4) {
    const auto byte_at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(data[at + i]); };
    crc ^= byte_at(0) | byte_at(1) << 8U | byte_at(2) << 16U | byte_at(3) << 24U;
    crc = castagnoli_tables[3][crc & 0xFFU] ^ castagnoli_tables[2][(crc >> 8U) & 0xFFU] ^
          castagnoli_tables[1][(crc >> 16U) & 0xFFU] ^ castagnoli_tables[0][crc >> 24U];
  }
  for (const std::byte b : data.subspan(at)) {
    const auto index = static_cast<std::uint8_t>(crc ^ std::to_integer<std::uint8_t>(b));
    crc = (crc >> 8U) ^ castagnoli_table[index];
  }
  return ~crc;
}

}  // namespace lk::bytes
