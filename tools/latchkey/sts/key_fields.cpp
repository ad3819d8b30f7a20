// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sts/key_fields.hpp"

#include "bytes/bytes.hpp"
#include "crypto/des.hpp"

namespace lk::tools {
namespace {

std::uint64_t number_of_hex(std::string_view digits) {
  return std::stoull(std::string{digits}, nullptr, 16);
}

template <std::size_t Size>
std::array<std::byte, Size> bytes_of_hex(const std::string& digits) {
  std::array<std::byte, Size> bytes;
  for (std::size_t i = 0; i < Size; ++i) {
    bytes[i] = static_cast<std::byte>(number_of_hex(std::string_view{digits}.substr(2 * i, 2)));
  }
  return bytes;
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

std::array<std::uint32_t, 4> derive_dkga02(const Fields& key, const sts::KeyAttributes& attributes) {
  const std::uint64_t vending_key = number_of_hex(key.hex("vk", 16));
  if (!crypto::des_key_has_odd_parity(vending_key)) {
    throw FieldError{key.name_of("vk"),
                     "each byte of a DES key has an odd number of ones; this one is mistyped"};
  }
  return words_of(sts::derive_dkga02(vending_key, attributes).value(), 0);
}

std::array<std::uint32_t, 4> derive_dkga04(const Fields& key, sts::EncryptionAlgorithm algorithm,
                                           const sts::KeyAttributes& attributes) {
  const sts::VendingKey vending_key{bytes_of_hex<20>(key.hex("vk", 40))};
  if (algorithm == sts::EncryptionAlgorithm::ea07) {
    return words_of(vending_key.derive_ea07(attributes).value(), 0);
  }
  const auto derived = vending_key.derive_ea11(attributes).value();
  bytes::Reader reader{derived};
  const auto upper = reader.big<std::uint64_t>();
  return words_of(upper, reader.big<std::uint64_t>());
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
  switch (key.number("dkga", 0, 99)) {
    case 0: {
      const std::string given = key.hex("dk", is_long ? 32 : 16);
      result.words =
          words_of(number_of_hex(given.substr(0, 16)), is_long ? number_of_hex(given.substr(16)) : 0);
      result.base_date = read_base_date(key, false);
      return result;
    }
    case 2:
      if (is_long) throw FieldError{key.name_of("dkga"), "DKGA02 gives 64-bit keys: not for EA11, use 4"};
      result.base_date = read_base_date(key, false);
      result.attributes = read_attributes(key);
      result.words = derive_dkga02(key, *result.attributes);
      return result;
    case 4:
      result.base_date = read_base_date(key, true);
      result.attributes = read_attributes(key);
      result.words = derive_dkga04(key, result.algorithm, *result.attributes);
      return result;
    default:
      throw FieldError{key.name_of("dkga"), "must be 2, 4, or 0 with the decoder key in `dk`"};
  }
}

}  // namespace lk::tools
