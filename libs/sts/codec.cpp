// SPDX-License-Identifier: Apache-2.0
#include "sts/codec.hpp"

#include <bit>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::sts {
namespace {

// The bits `width` wide that begin at bit `at` (0 the least significant).
constexpr std::uint64_t place(std::uint64_t value, unsigned at, unsigned width) {
  ensure(value >> width == 0);
  return value << at;
}
constexpr std::uint64_t bits(std::uint64_t block, unsigned at, unsigned width) {
  return (block >> at) & ((std::uint64_t{1} << width) - 1U);
}

constexpr bool is_currency(TokenClass token_class, std::uint8_t sub_class) {
  return token_class == TokenClass::credit && sub_class >= 4 && sub_class <= 7;
}

// One byte more into a CRC-16/MODBUS. As bytes::crc16_modbus, but without its table: the data of a key change
// is secret. Only the parity of the byte matters above bit 7: the polynomial is (x + 1) times a trinomial.
constexpr std::uint16_t crc_with(std::uint16_t crc, std::uint8_t byte) {
  std::uint32_t mixed = (crc ^ byte) & 0xFFU;
  std::uint32_t parity = mixed ^ (mixed >> 4U);
  parity ^= parity >> 2U;
  parity ^= parity >> 1U;
  const std::uint32_t odd = (0U - (parity & 1U)) & 0xC001U;
  return static_cast<std::uint16_t>((crc >> 8U) ^ (mixed << 6U) ^ (mixed << 7U) ^ odd);
}

// IEC 62055-41, 6.3.7: over the class and the 48 data bits, 6 zeros in front; currency tokens (CRC_C) add a
// byte 01h. The two bytes of the register change places.
std::uint16_t check_of(TokenClass token_class, std::uint64_t block) {
  std::uint16_t crc = crc_with(0xFFFF, static_cast<std::uint8_t>(token_class));
  for (unsigned at = 64; at > 16;) crc = crc_with(crc, static_cast<std::uint8_t>(block >> (at -= 8U)));
  if (is_currency(token_class, static_cast<std::uint8_t>(block >> 60U))) crc = crc_with(crc, 1);
  return std::byteswap(crc);
}

constexpr bool is_sixteen_bit_management(std::uint8_t sub_class) {
  return sub_class <= 2 || (sub_class >= 5 && sub_class <= 7) || sub_class == 10;
}

std::uint64_t layout(const Test& token) {
  ensure(token.sub_class <= 2);
  const unsigned code_bits = token.sub_class == 1 ? 16 : 8;
  return place(token.sub_class, 60, 4) | place(token.control, 16 + code_bits, 44 - code_bits) |
         place(token.manufacturer_code, 16, code_bits);
}

// The 48 data bits of each kind of token, in place.
struct Layout {
  EncryptionAlgorithm algorithm;

  std::uint64_t operator()(const UnitCredit& token) const {
    ensure(token.sub_class <= 3);
    return place(token.sub_class, 60, 4) | place(token.random, 56, 4) | place(token.tid, 32, 24) |
           place(token.amount, 16, 16);
  }
  std::uint64_t operator()(const CurrencyCredit& token) const {
    ensure(is_currency(TokenClass::credit, token.sub_class));
    return place(token.sub_class, 60, 4) | place(token.amount.sign_and_exponent, 56, 4) |
           place(token.tid, 32, 24) | place(token.amount.amount, 16, 16);
  }
  std::uint64_t operator()(const Management& token) const {
    ensure(is_sixteen_bit_management(token.sub_class));
    return place(token.sub_class, 60, 4) | place(token.random, 56, 4) | place(token.tid, 32, 24) |
           place(token.value, 16, 16);
  }
  std::uint64_t operator()(const Test& token) const { return layout(token); }
  std::uint64_t operator()(const FirstKeySection& token) const {
    return place(3, 60, 4) | place(token.key_expiry_high, 56, 4) | place(token.key_revision_number, 52, 4) |
           place(token.roll_over ? 1 : 0, 51, 1) | place(token.third_follows ? 1 : 0, 50, 1) |
           place(static_cast<std::uint64_t>(token.key_type), 48, 2) | place(token.key_bits, 16, 32);
  }
  std::uint64_t operator()(const SecondKeySection& token) const {
    return place(4, 60, 4) | place(token.key_expiry_low, 56, 4) | place(token.tariff_index, 48, 8) |
           place(token.key_bits, 16, 32);
  }
  std::uint64_t operator()(const SupplyGroupSection& token) const {
    ensure(algorithm == EncryptionAlgorithm::ea07);
    return place(8, 60, 4) | place(token.supply_group_code, 36, 24);
  }
  std::uint64_t operator()(const ThirdKeySection& token) const {
    ensure(algorithm == EncryptionAlgorithm::ea11);
    return place(8, 60, 4) | place(token.supply_group_low, 48, 12) | place(token.key_bits, 16, 32);
  }
  std::uint64_t operator()(const FourthKeySection& token) const {
    ensure(algorithm == EncryptionAlgorithm::ea11);
    return place(9, 60, 4) | place(token.supply_group_high, 48, 12) | place(token.key_bits, 16, 32);
  }
  std::uint64_t operator()(const UnknownToken& token) const {
    ensure(is_unknown(token.token_class, token.sub_class, algorithm));
    return place(token.sub_class, 60, 4) | place(token.content, 16, 44);
  }
};

constexpr TokenClass class_of(const Token& token) {
  if (const auto* const unknown = std::get_if<UnknownToken>(&token)) return unknown->token_class;
  if (std::holds_alternative<UnitCredit>(token) || std::holds_alternative<CurrencyCredit>(token)) {
    return TokenClass::credit;
  }
  return std::holds_alternative<Test>(token) ? TokenClass::general_management : TokenClass::meter_management;
}

constexpr std::uint8_t random_of(std::uint64_t block) {
  return static_cast<std::uint8_t>(bits(block, 56, 4));
}
constexpr std::uint32_t tid_of(std::uint64_t block) {
  return static_cast<std::uint32_t>(bits(block, 32, 24));
}
constexpr std::uint16_t value_of(std::uint64_t block) {
  return static_cast<std::uint16_t>(bits(block, 16, 16));
}
constexpr UnknownToken unknown(TokenClass token_class, std::uint64_t block) {
  return {token_class, static_cast<std::uint8_t>(block >> 60U), bits(block, 16, 44)};
}
constexpr std::uint32_t key_bits_of(std::uint64_t block) {
  return static_cast<std::uint32_t>(bits(block, 16, 32));
}

Token parse_credit(std::uint8_t sub_class, std::uint64_t block) {
  if (sub_class <= 3) return UnitCredit{sub_class, random_of(block), tid_of(block), value_of(block)};
  if (is_currency(TokenClass::credit, sub_class)) {
    return CurrencyCredit{sub_class, tid_of(block), {random_of(block), value_of(block)}};
  }
  return unknown(TokenClass::credit, block);
}

Token parse_test(std::uint8_t sub_class, std::uint64_t block) {
  if (sub_class > 2) return unknown(TokenClass::general_management, block);
  const unsigned code_bits = sub_class == 1 ? 16 : 8;
  return Test{sub_class, bits(block, 16 + code_bits, 44 - code_bits),
              static_cast<std::uint16_t>(bits(block, 16, code_bits))};
}

Token parse_management(std::uint8_t sub_class, std::uint64_t block, EncryptionAlgorithm algorithm) {
  const auto twelve_bits = static_cast<std::uint16_t>(bits(block, 48, 12));
  switch (sub_class) {
    case 3:
      return FirstKeySection{.key_expiry_high = random_of(block),
                             .key_revision_number = static_cast<std::uint8_t>(bits(block, 52, 4)),
                             .roll_over = bits(block, 51, 1) != 0,
                             .third_follows = bits(block, 50, 1) != 0,
                             .key_type = static_cast<KeyType>(bits(block, 48, 2)),
                             .key_bits = key_bits_of(block)};
    case 4:
      return SecondKeySection{random_of(block), static_cast<std::uint8_t>(bits(block, 48, 8)),
                              key_bits_of(block)};
    case 8:
      if (algorithm == EncryptionAlgorithm::ea11) return ThirdKeySection{twelve_bits, key_bits_of(block)};
      return SupplyGroupSection{static_cast<std::uint32_t>(bits(block, 36, 24))};
    case 9:
      if (algorithm == EncryptionAlgorithm::ea11) return FourthKeySection{twelve_bits, key_bits_of(block)};
      break;
    default:
      if (!is_sixteen_bit_management(sub_class)) break;
      return Management{sub_class, random_of(block), tid_of(block), value_of(block)};
  }
  return unknown(TokenClass::meter_management, block);
}

std::uint64_t with_check(TokenClass token_class, std::uint64_t data) {
  return data | check_of(token_class, data);
}

}  // namespace

bool is_unknown(TokenClass token_class, std::uint8_t sub_class, EncryptionAlgorithm algorithm) {
  if (sub_class > 15) return false;
  switch (token_class) {
    case TokenClass::credit:
      return sub_class > 7;
    case TokenClass::general_management:
      return sub_class > 2;
    case TokenClass::meter_management:
      return sub_class > 10 || (sub_class == 9 && algorithm == EncryptionAlgorithm::ea07);
    case TokenClass::reserved:
      break;
  }
  return false;
}

Digits encode(const Test& token) {
  constexpr auto token_class = TokenClass::general_management;
  return to_digits({token_class, with_check(token_class, layout(token))});
}

Digits encode(const Token& token, const DecoderKey& key) {
  if (const auto* const test = std::get_if<Test>(&token)) return encode(*test);
  const TokenClass token_class = class_of(token);
  const std::uint64_t clear = with_check(token_class, std::visit(Layout{key.algorithm()}, token));
  const bool in_clear = token_class == TokenClass::general_management;
  return to_digits({token_class, in_clear ? clear : key.encrypt(clear)});
}

std::expected<Token, AuthenticationError> decode(std::string_view digits, const DecoderKey& key) {
  const auto outside = from_digits(digits);
  if (!outside) return std::unexpected(AuthenticationError::format);
  if (outside->token_class == TokenClass::reserved)
    return std::unexpected(AuthenticationError::reserved_class);
  const bool in_clear = outside->token_class == TokenClass::general_management;
  const std::uint64_t block = in_clear ? outside->block : key.decrypt(outside->block);
  if (check_of(outside->token_class, block) != static_cast<std::uint16_t>(block)) {
    return std::unexpected(AuthenticationError::crc);
  }
  const auto sub_class = static_cast<std::uint8_t>(block >> 60U);
  switch (outside->token_class) {
    case TokenClass::credit:
      return parse_credit(sub_class, block);
    case TokenClass::general_management:
      return parse_test(sub_class, block);
    case TokenClass::meter_management:
    case TokenClass::reserved:
      break;
  }
  return parse_management(sub_class, block, key.algorithm());
}

}  // namespace lk::sts
