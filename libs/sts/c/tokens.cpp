// SPDX-License-Identifier: Apache-2.0
// The C interface on the C++ one: tokens and key changes.
#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <variant>

#include "sts/c/inside.hpp"
#include "sts/codec.hpp"
#include "sts/key_change.hpp"

namespace {

using namespace lk;
using namespace lk::sts::c;

constexpr std::uint8_t four_bits = 0xF;

const sts::StaTables& tables_of(const latchkey_sts_key& key) {
  if (key.tables == nullptr) return sts::sample_tables;  // EA11 uses none
  return *std::launder(reinterpret_cast<const sts::StaTables*>(key.tables->opaque));
}

sts::KeyBits bits_of(const latchkey_sts_key& key) {
  const auto algorithm = static_cast<sts::EncryptionAlgorithm>(key.algorithm);
  const std::size_t size = algorithm == sts::EncryptionAlgorithm::ea11 ? 16 : 8;
  return {algorithm, std::as_bytes(std::span{key.bytes}.first(size))};
}

latchkey_sts_status fault_of(const latchkey_sts_key* key) {
  if (key == nullptr || !is_algorithm(key->algorithm)) return LATCHKEY_STS_ALGORITHM;
  const bool needs_tables = key->algorithm == static_cast<std::uint8_t>(sts::EncryptionAlgorithm::ea07);
  return needs_tables && key->tables == nullptr ? LATCHKEY_STS_TABLES : LATCHKEY_STS_OK;
}

// The token of the fields, or nothing where one does not fit.
std::optional<sts::Token> token_of(const latchkey_sts_token& from, sts::EncryptionAlgorithm algorithm) {
  const bool has_sound_identifier = from.random <= four_bits && from.tid <= sts::tid_max;
  switch (from.kind) {
    case LATCHKEY_STS_UNIT_CREDIT:
      if (from.sub_class > 3 || !has_sound_identifier) return std::nullopt;
      return sts::UnitCredit{from.sub_class, from.random, from.tid, from.value};
    case LATCHKEY_STS_CURRENCY_CREDIT:
      if (from.sub_class < 4 || from.sub_class > 7 || !has_sound_identifier ||
          from.sign_and_exponent > four_bits) {
        return std::nullopt;
      }
      return sts::CurrencyCredit{from.sub_class, from.tid, {from.sign_and_exponent, from.value}};
    case LATCHKEY_STS_MANAGEMENT: {
      constexpr std::uint32_t known = 0b100'1110'0111;
      if (from.sub_class > 10 || ((known >> from.sub_class) & 1U) == 0 || !has_sound_identifier)
        return std::nullopt;
      return sts::Management{from.sub_class, from.random, from.tid, from.value};
    }
    case LATCHKEY_STS_TEST: {
      const unsigned code_bits = from.sub_class == 1 ? 16 : 8;
      if (from.sub_class > 2 || (from.control >> (44U - code_bits)) != 0 ||
          (std::uint32_t{from.manufacturer_code} >> code_bits) != 0) {
        return std::nullopt;
      }
      return sts::Test{from.sub_class, from.control, from.manufacturer_code};
    }
    case LATCHKEY_STS_MAKER: {
      const auto token_class = static_cast<sts::TokenClass>(from.token_class & 3U);
      if (from.token_class > 3 || (from.control >> 44U) != 0 ||
          !sts::is_unknown(token_class, from.sub_class, algorithm)) {
        return std::nullopt;
      }
      return sts::UnknownToken{token_class, from.sub_class, from.control};
    }
    default:
      return std::nullopt;
  }
}

struct Filler {
  latchkey_sts_token& to;

  void operator()(const sts::UnitCredit& token) const {
    to.kind = LATCHKEY_STS_UNIT_CREDIT;
    to.token_class = 0;
    to.sub_class = token.sub_class;
    to.random = token.random;
    to.tid = token.tid;
    to.value = token.amount;
  }
  void operator()(const sts::CurrencyCredit& token) const {
    to.kind = LATCHKEY_STS_CURRENCY_CREDIT;
    to.token_class = 0;
    to.sub_class = token.sub_class;
    to.tid = token.tid;
    to.sign_and_exponent = token.amount.sign_and_exponent;
    to.value = token.amount.amount;
  }
  void operator()(const sts::Management& token) const {
    to.kind = LATCHKEY_STS_MANAGEMENT;
    to.token_class = 2;
    to.sub_class = token.sub_class;
    to.random = token.random;
    to.tid = token.tid;
    to.value = token.value;
  }
  void operator()(const sts::Test& token) const {
    to.kind = LATCHKEY_STS_TEST;
    to.token_class = 1;
    to.sub_class = token.sub_class;
    to.control = token.control;
    to.manufacturer_code = token.manufacturer_code;
  }
  void operator()(const sts::UnknownToken& token) const {
    to.kind = LATCHKEY_STS_MAKER;
    to.token_class = static_cast<std::uint8_t>(token.token_class);
    to.sub_class = token.sub_class;
    to.control = token.content;
  }
  void operator()(const sts::FirstKeySection& /*token*/) const { fill_section(3); }
  void operator()(const sts::SecondKeySection& /*token*/) const { fill_section(4); }
  void operator()(const sts::SupplyGroupSection& /*token*/) const { fill_section(8); }
  void operator()(const sts::ThirdKeySection& /*token*/) const { fill_section(8); }
  void operator()(const sts::FourthKeySection& /*token*/) const { fill_section(9); }

 private:
  void fill_section(std::uint8_t sub_class) const {
    to.kind = LATCHKEY_STS_KEY_SECTION;
    to.token_class = 2;
    to.sub_class = sub_class;
  }
};

latchkey_sts_status status_of(sts::AuthenticationError error) {
  switch (error) {
    case sts::AuthenticationError::format:
      return LATCHKEY_STS_FORMAT;
    case sts::AuthenticationError::reserved_class:
      return LATCHKEY_STS_RESERVED_CLASS;
    case sts::AuthenticationError::crc:
      break;
  }
  return LATCHKEY_STS_CRC;
}

std::string_view digits_of(const char* text) {
  std::size_t size = 0;
  while (size <= LATCHKEY_STS_DIGITS && text[size] != '\0') ++size;
  return {text, size};
}

void copy_digits(const sts::Digits& digits, char* to) {
  *std::ranges::copy(digits, to).out = '\0';
}

bool is_in_clear(std::string_view digits) {
  const auto outside = sts::from_digits(digits);
  return outside && outside->token_class == sts::TokenClass::general_management;
}

// The change as the C++ side has it, or why not.
latchkey_sts_status change_of(const latchkey_sts_key_change& from, const latchkey_sts_key& old_key,
                              sts::KeyChange& to) {
  const bool is_long = from.new_key.algorithm == static_cast<std::uint8_t>(sts::EncryptionAlgorithm::ea11);
  if (from.new_key.algorithm != old_key.algorithm) return LATCHKEY_STS_ALGORITHM;
  if (from.key_type > 3) return LATCHKEY_STS_KEY_TYPE;
  const bool has_revision = from.key_type != static_cast<std::uint8_t>(sts::KeyType::initialisation);
  if (from.key_revision_number > (has_revision ? 9 : 15) || (has_revision && from.key_revision_number == 0))
    return LATCHKEY_STS_KEY_REVISION;
  if (from.tariff_index > 99) return LATCHKEY_STS_TARIFF_INDEX;
  const bool has_group = is_long || from.has_supply_group != 0;
  if (has_group && from.supply_group_code > 999'999) return LATCHKEY_STS_SUPPLY_GROUP;
  to = {.algorithm = static_cast<sts::EncryptionAlgorithm>(from.new_key.algorithm),
        .key_words = bits_of(from.new_key).words(),
        .key_type = static_cast<sts::KeyType>(from.key_type),
        .key_revision_number = from.key_revision_number,
        .key_expiry_number = from.key_expiry_number,
        .tariff_index = from.tariff_index,
        .roll_over = from.roll_over != 0,
        .supply_group_code = std::nullopt};
  if (has_group) to.supply_group_code = from.supply_group_code;
  return LATCHKEY_STS_OK;
}

void fill(const sts::KeyChange& change, const latchkey_sts_key& old_key, latchkey_sts_key_change* to) {
  *to = {};
  to->new_key.algorithm = old_key.algorithm;
  to->new_key.tables = old_key.tables;
  for (std::size_t i = 0; i < LATCHKEY_STS_KEY_BYTES_MAX; ++i) {
    to->new_key.bytes[i] = static_cast<std::uint8_t>(change.key_words[i / 4] >> (8U * (3 - i % 4)));
  }
  to->key_type = static_cast<std::uint8_t>(change.key_type);
  to->key_revision_number = change.key_revision_number;
  to->key_expiry_number = change.key_expiry_number;
  to->tariff_index = change.tariff_index;
  to->roll_over = change.roll_over ? 1 : 0;
  to->has_supply_group = change.supply_group_code ? 1 : 0;
  to->supply_group_code = change.supply_group_code.value_or(0);
}

}  // namespace

latchkey_sts_status latchkey_sts_encode(const latchkey_sts_token* token, const latchkey_sts_key* key,
                                        char digits[LATCHKEY_STS_DIGITS + 1]) {
  const bool needs_key = token->kind != LATCHKEY_STS_TEST;
  if (needs_key && fault_of(key) != LATCHKEY_STS_OK) return fault_of(key);
  const auto algorithm =
      needs_key ? static_cast<sts::EncryptionAlgorithm>(key->algorithm) : sts::EncryptionAlgorithm::ea11;
  const auto made = token_of(*token, algorithm);
  if (!made) return LATCHKEY_STS_FIELD;
  if (const auto* const test = std::get_if<sts::Test>(&*made)) {
    copy_digits(sts::encode(*test), digits);
    return LATCHKEY_STS_OK;
  }
  copy_digits(sts::encode(*made, sts::DecoderKey::of(bits_of(*key), tables_of(*key))), digits);
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_decode(const char* digits, const latchkey_sts_key* key,
                                        latchkey_sts_token* token) {
  const std::string_view text = digits_of(digits);
  const bool needs_key = !is_in_clear(text);
  if (needs_key && fault_of(key) != LATCHKEY_STS_OK) return fault_of(key);
  const latchkey_sts_key none{static_cast<std::uint8_t>(sts::EncryptionAlgorithm::ea11), {}, nullptr};
  const latchkey_sts_key& used = needs_key ? *key : none;
  const auto decoded = sts::decode(text, sts::DecoderKey::of(bits_of(used), tables_of(used)));
  if (!decoded) return status_of(decoded.error());
  *token = {};
  std::visit(Filler{*token}, *decoded);
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_encode_key_change(const latchkey_sts_key_change* change,
                                                   const latchkey_sts_key* old_key,
                                                   char digits[4][LATCHKEY_STS_DIGITS + 1], size_t* count) {
  if (fault_of(old_key) != LATCHKEY_STS_OK) return fault_of(old_key);
  sts::KeyChange wanted;
  const latchkey_sts_status fault = change_of(*change, *old_key, wanted);
  if (fault != LATCHKEY_STS_OK) return fault;
  const sts::KeyChangeSet set = sts::sections_of(wanted);
  const auto key = sts::DecoderKey::of(bits_of(*old_key), tables_of(*old_key));
  for (std::size_t i = 0; i < set.count; ++i) copy_digits(sts::encode(set.tokens[i], key), digits[i]);
  *count = set.count;
  return LATCHKEY_STS_OK;
}

latchkey_sts_status latchkey_sts_decode_key_change(const char* const* digits, size_t count,
                                                   const latchkey_sts_key* old_key,
                                                   latchkey_sts_key_change* change) {
  if (fault_of(old_key) != LATCHKEY_STS_OK) return fault_of(old_key);
  std::array<sts::Token, 4> sections;
  if (count > sections.size()) return LATCHKEY_STS_INCOMPLETE;
  const auto key = sts::DecoderKey::of(bits_of(*old_key), tables_of(*old_key));
  for (std::size_t i = 0; i < count; ++i) {
    const auto token = sts::decode(digits_of(digits[i]), key);
    if (!token) return status_of(token.error());
    sections[i] = *token;
  }
  const auto combined = sts::combine(std::span{sections}.first(count), key.algorithm());
  if (!combined) return LATCHKEY_STS_INCOMPLETE;
  fill(*combined, *old_key, change);
  return LATCHKEY_STS_OK;
}
