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
  for (const std::byte b : data) {
    const auto index = static_cast<std::uint8_t>(crc ^ std::to_integer<std::uint8_t>(b));
    crc = (crc >> 8U) ^ castagnoli_table[index];
  }
  return ~crc;
}

}  // namespace lk::bytes
