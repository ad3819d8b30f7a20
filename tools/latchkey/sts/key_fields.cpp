// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/key_fields.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "bytes/bytes.hpp"

namespace lk::tools {
namespace {

std::uint64_t number_of_hex(std::string_view digits) {
  return std::stoull(std::string{digits}, nullptr, 16);
}

std::array<std::uint32_t, 4> words_of(std::uint64_t upper, std::uint64_t lower) {
  return {static_cast<std::uint32_t>(upper >> 32U), static_cast<std::uint32_t>(upper),
          static_cast<std::uint32_t>(lower >> 32U), static_cast<std::uint32_t>(lower)};
}

sts::EncryptionAlgorithm read_algorithm(const Fields& key) {
  const std::uint64_t algorithm = key.number("ea", 0, 99);
  if (algorithm == 7) return sts::EncryptionAlgorithm::ea07;
  if (algorithm == 11) return sts::EncryptionAlgorithm::ea11;
  throw FieldError{key.name_of("ea"), "must be 7 (EA07) or 11 (EA11)"};
}

std::optional<sts::BaseDate> read_base_date(const Fields& key, bool is_needed) {
  if (!is_needed && !key.has("bdt")) return std::nullopt;
  const auto base = sts::base_date(static_cast<std::uint32_t>(key.number("bdt", 1993, 2035)));
  if (!base) throw FieldError{key.name_of("bdt"), "must be 1993, 2014 or 2035"};
  return base;
}

sts::KeyAttributes read_attributes(const Fields& key) {
  const auto pan = sts::parse_pan(key.text("pan"));
  if (!pan) {
    throw FieldError{key.name_of("pan"),
                     "must be 18 digits, 600727 or 0000 in front, with right check digits"};
  }
  return {.pan = *pan,
          .key_type = static_cast<sts::KeyType>(key.number("kt", 0, 3)),
          .supply_group_code = static_cast<std::uint32_t>(key.number("sgc", 0, 999'999)),
          .tariff_index = static_cast<std::uint8_t>(key.number("ti", 0, 99)),
          .key_revision_number = static_cast<std::uint8_t>(key.number("krn", 1, 9)),
          .base_date = read_base_date(key, false).value_or(sts::BaseDate::y1993)};
}

struct Generation {
  sts::KeyGenerationAlgorithm algorithm;
  std::size_t vending_key_digits;
};

[[noreturn]] void refuse(const Fields& key, sts::KeyGenerationError error) {
  using enum sts::KeyGenerationError;
  switch (error) {
    case encryption_algorithm:
      throw FieldError{key.name_of("dkga"), "DKGA02 and DKGA03 give 64-bit keys: not for EA11, use 4"};
    case vending_key_parity:
      throw FieldError{key.name_of("vk"),
                       "each byte of a DES key has an odd number of ones; this one is mistyped"};
    case dkga01_refused:
      throw FieldError{key.name_of("dkga"),
                       "DKGA01 is not implemented: its published descriptions contradict each other"};
    case dkga03_refused:
      throw FieldError{key.name_of("dkga"), "DKGA03 is legacy: allow it with \"legacy\": true"};
    case pan:
    case supply_group_code:
    case tariff_index:
    case key_revision_number:
    case unknown_algorithm:
    case vending_key_size:
      break;
  }
  throw FieldError{key.name_of("dkga"), "must be 2, 3, 4, or 0 with the decoder key in `dk`"};
}

std::array<std::uint32_t, 4> derive(const Fields& key, const Generation& generation,
                                    sts::EncryptionAlgorithm algorithm,
                                    const sts::KeyAttributes& attributes) {
  const std::string digits = key.hex("vk", generation.vending_key_digits);
  std::vector<std::byte> vending_key;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    vending_key.push_back(static_cast<std::byte>(number_of_hex(std::string_view{digits}.substr(at, 2))));
  }
  const auto derived = sts::derive_key(generation.algorithm, vending_key, algorithm, attributes,
                                       sts::Legacy::allowed);  // `read_key` has asked
  if (!derived) refuse(key, derived.error());
  return derived->words();
}

}  // namespace

sts::DecoderKey KeyFields::decoder_key(const sts::StaTables& tables) const {
  if (algorithm == sts::EncryptionAlgorithm::ea07) {
    return sts::DecoderKey::ea07((std::uint64_t{words[0]} << 32U) | words[1], tables);
  }
  std::array<std::byte, 16> whole;
  bytes::Writer writer{whole};
  for (const std::uint32_t word : words) writer.big(word);
  return sts::DecoderKey::ea11(whole);
}

KeyFields read_key(const Fields& key) {
  KeyFields result;
  result.algorithm = read_algorithm(key);
  const bool is_long = result.algorithm == sts::EncryptionAlgorithm::ea11;
  using enum sts::KeyGenerationAlgorithm;
  const std::uint64_t generation = key.number("dkga", 0, 99);
  if (generation == 0) {
    const std::string given = key.hex("dk", is_long ? 32 : 16);
    result.words =
        words_of(number_of_hex(given.substr(0, 16)), is_long ? number_of_hex(given.substr(16)) : 0);
    result.base_date = read_base_date(key, false);
    return result;
  }
  if (generation == 1) refuse(key, sts::KeyGenerationError::dkga01_refused);
  if (generation > 4) refuse(key, sts::KeyGenerationError::unknown_algorithm);
  if (generation < 4 && is_long) refuse(key, sts::KeyGenerationError::encryption_algorithm);
  const bool allows_legacy = key.has("legacy") && key.required("legacy") == true;
  if (generation == 3 && !allows_legacy) refuse(key, sts::KeyGenerationError::dkga03_refused);
  result.base_date = read_base_date(key, generation == 4);
  result.attributes = read_attributes(key);
  constexpr Generation generations[] = {{dkga02, 16}, {dkga03, 32}, {dkga04, 40}};
  result.words = derive(key, generations[generation - 2], result.algorithm, *result.attributes);
  return result;
}

}  // namespace lk::tools
