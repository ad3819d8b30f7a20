// SPDX-License-Identifier: Apache-2.0
#include "sts/key_generation.hpp"

#include <algorithm>
#include <optional>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/des.hpp"
#include "sts/decoder_key.hpp"

namespace lk::sts {
namespace {

constexpr std::string_view common_key_pan = "600727000000000000";  // in place of the meter's own, key type 3

std::optional<KeyAttributeError> fault_of(const KeyAttributes& attributes) {
  if (!parse_pan(text(attributes.pan))) return KeyAttributeError::pan;
  if (attributes.supply_group_code > 999'999) return KeyAttributeError::supply_group_code;
  if (attributes.tariff_index > 99) return KeyAttributeError::tariff_index;
  if (attributes.key_revision_number < 1 || attributes.key_revision_number > 9) {
    return KeyAttributeError::key_revision_number;
  }
  return std::nullopt;
}

// A length byte, then the decimal digits in ASCII with leading zeros.
void write_digits(bytes::Writer& writer, std::uint32_t value, std::uint8_t count) {
  writer.byte(count);
  std::uint32_t scale = 1;
  for (std::uint8_t i = 1; i < count; ++i) scale *= 10;
  for (; scale > 0; scale /= 10) writer.byte(static_cast<std::uint8_t>('0' + value / scale % 10));
}

// The decimal digits of a number as nibbles.
constexpr std::uint64_t to_bcd(std::uint32_t value) {
  std::uint64_t result = 0;
  for (unsigned shift = 0; value > 0; shift += 4, value /= 10) result |= std::uint64_t{value % 10} << shift;
  return result;
}
static_assert(to_bcd(123456) == 0x123456);

// SP 800-108 in counter-less form: four labels, a zero, four context items, the size wanted.
crypto::Sha256::Digest derive(const crypto::HmacSha256& hmac, EncryptionAlgorithm algorithm,
                              const KeyAttributes& attributes) {
  constexpr std::size_t data_bytes = 49;
  std::array<std::byte, data_bytes> data;
  bytes::Writer writer{data};
  writer.byte(4);
  write_digits(writer, 4, 2);  // this algorithm's number
  write_digits(writer, year_of(attributes.base_date) % 100, 2);
  write_digits(writer, static_cast<std::uint32_t>(algorithm), 2);
  write_digits(writer, attributes.tariff_index, 2);
  writer.byte(0);
  writer.byte(4);
  write_digits(writer, attributes.supply_group_code, 6);
  write_digits(writer, static_cast<std::uint32_t>(attributes.key_type), 1);
  write_digits(writer, attributes.key_revision_number, 1);
  writer.byte(pan_digits);
  const std::string_view pan = attributes.key_type == KeyType::common ? common_key_pan : text(attributes.pan);
  for (const char digit : pan) writer.byte(static_cast<std::uint8_t>(digit));
  writer.big<std::uint32_t>(algorithm == EncryptionAlgorithm::ea11 ? 128 : 64);
  ensure(writer.ok() && writer.size_bytes() == data_bytes);
  return hmac.of(data);
}

}  // namespace

std::expected<std::array<std::byte, 16>, KeyAttributeError> VendingKey::derive_ea11(
    const KeyAttributes& attributes) const {
  if (const auto fault = fault_of(attributes)) return std::unexpected(*fault);
  const auto digest = derive(hmac_, EncryptionAlgorithm::ea11, attributes);
  std::array<std::byte, 16> key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

std::expected<std::uint64_t, KeyAttributeError> VendingKey::derive_ea07(
    const KeyAttributes& attributes) const {
  if (const auto fault = fault_of(attributes)) return std::unexpected(*fault);
  const auto digest = derive(hmac_, EncryptionAlgorithm::ea07, attributes);
  return bytes::Reader{digest}.big<std::uint64_t>();
}

std::expected<std::uint64_t, KeyAttributeError> derive_dkga02(std::uint64_t vending_key,
                                                              const KeyAttributes& attributes) {
  if (const auto fault = fault_of(attributes)) return std::unexpected(*fault);
  // The 16 digits before the PAN's check digit; under a common key the meter's own digits (all but the
  // issuer's 5, or 3 of a 4-digit manufacturer code's) are zeros.
  std::uint64_t pan_block = 0;
  for (const char digit : std::span{attributes.pan}.subspan<1, 16>()) {
    pan_block = (pan_block << 4U) | static_cast<std::uint64_t>(digit - '0');
  }
  if (attributes.key_type == KeyType::common) {
    const bool is_short = attributes.pan.front() == '0';  // issuer 0000, not 600727
    pan_block &= is_short ? 0xFFF0'0000'0000'0000U : 0xFFFF'F000'0000'0000U;
  }
  const std::uint64_t control_block = (static_cast<std::uint64_t>(attributes.key_type) << 60U) |
                                      (to_bcd(attributes.supply_group_code) << 36U) |
                                      (to_bcd(attributes.tariff_index) << 28U) |
                                      (std::uint64_t{attributes.key_revision_number} << 24U) | 0xFF'FFFFU;
  const std::uint64_t data = pan_block ^ control_block;
  return crypto::des_encrypt(vending_key, data) ^ data ^ vending_key;
}

}  // namespace lk::sts
