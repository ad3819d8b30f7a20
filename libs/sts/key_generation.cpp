// SPDX-License-Identifier: Apache-2.0
#include "sts/key_generation.hpp"

#include <algorithm>
#include <optional>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/des.hpp"
#include "crypto/secret.hpp"

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

// The leftmost `Size` bytes of the digest of the message; the rest is wiped.
template <std::size_t Size>
std::expected<std::array<std::byte, Size>, KeyAttributeError> derive(const crypto::HmacSha256& hmac,
                                                                     EncryptionAlgorithm algorithm,
                                                                     const KeyAttributes& attributes) {
  const auto message = dkga04_message(attributes, algorithm);
  if (!message) return std::unexpected(message.error());
  crypto::Sha256::Digest digest = hmac.of(*message);
  std::array<std::byte, Size> key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  crypto::wipe(digest);
  return key;
}

constexpr KeyGenerationError generation_error_of(KeyAttributeError error) {
  switch (error) {
    case KeyAttributeError::pan:
      return KeyGenerationError::pan;
    case KeyAttributeError::supply_group_code:
      return KeyGenerationError::supply_group_code;
    case KeyAttributeError::tariff_index:
      return KeyGenerationError::tariff_index;
    case KeyAttributeError::key_revision_number:
      break;
  }
  return KeyGenerationError::key_revision_number;
}

// What speaks against a generation before any attribute is looked at.
std::optional<KeyGenerationError> fault_of(KeyGenerationAlgorithm generation,
                                           std::span<const std::byte> vending_key,
                                           EncryptionAlgorithm algorithm, Legacy legacy) {
  std::size_t key_bytes = 0;
  switch (generation) {
    case KeyGenerationAlgorithm::dkga01:
      return KeyGenerationError::dkga01_refused;
    case KeyGenerationAlgorithm::dkga02:
      key_bytes = 8;
      break;
    case KeyGenerationAlgorithm::dkga03:
      if (legacy == Legacy::refused) return KeyGenerationError::dkga03_refused;
      key_bytes = 16;
      break;
    case KeyGenerationAlgorithm::dkga04:
      key_bytes = 20;
      break;
  }
  if (key_bytes == 0) return KeyGenerationError::unknown_algorithm;
  const bool is_des = generation != KeyGenerationAlgorithm::dkga04;
  if (is_des && algorithm != EncryptionAlgorithm::ea07) return KeyGenerationError::encryption_algorithm;
  if (vending_key.size() != key_bytes) return KeyGenerationError::vending_key_size;
  bytes::Reader reader{vending_key};
  while (is_des && reader.left() > 0) {
    if (!crypto::des_key_has_odd_parity(reader.big<std::uint64_t>()))
      return KeyGenerationError::vending_key_parity;
  }
  return std::nullopt;
}

KeyBits key_of(std::uint64_t key) {
  std::array<std::byte, 8> bytes;
  bytes::Writer{bytes}.big(key);
  const KeyBits bits{EncryptionAlgorithm::ea07, bytes};
  crypto::wipe(bytes);
  return bits;
}

}  // namespace

// SP 800-108 in counter-less form: four labels, a zero, four context items, the size wanted.
std::expected<Dkga04Message, KeyAttributeError> dkga04_message(const KeyAttributes& attributes,
                                                               EncryptionAlgorithm algorithm) {
  if (const auto fault = fault_of(attributes)) return std::unexpected(*fault);
  Dkga04Message data;
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
  ensure(writer.ok() && writer.size_bytes() == data.size());
  return data;
}

std::expected<std::array<std::byte, 16>, KeyAttributeError> VendingKey::derive_ea11(
    const KeyAttributes& attributes) const {
  return derive<16>(hmac_, EncryptionAlgorithm::ea11, attributes);
}

std::expected<std::uint64_t, KeyAttributeError> VendingKey::derive_ea07(
    const KeyAttributes& attributes) const {
  auto key = derive<8>(hmac_, EncryptionAlgorithm::ea07, attributes);
  if (!key) return std::unexpected(key.error());
  const auto number = bytes::Reader{*key}.big<std::uint64_t>();
  crypto::wipe(*key);
  return number;
}

std::expected<std::uint64_t, KeyAttributeError> dkga02_block(const KeyAttributes& attributes) {
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
  return pan_block ^ control_block;
}

std::expected<std::uint64_t, KeyAttributeError> derive_dkga02(std::uint64_t vending_key,
                                                              const KeyAttributes& attributes) {
  const auto block = dkga02_block(attributes);
  if (!block) return block;
  return crypto::des_encrypt(vending_key, *block) ^ *block ^ vending_key;
}

std::expected<KeyBits, KeyGenerationError> derive_key(KeyGenerationAlgorithm generation,
                                                      std::span<const std::byte> vending_key,
                                                      EncryptionAlgorithm algorithm,
                                                      const KeyAttributes& attributes, Legacy legacy) {
  if (const auto fault = fault_of(generation, vending_key, algorithm, legacy)) return std::unexpected(*fault);
  const auto block = dkga02_block(attributes);
  if (!block) return std::unexpected(generation_error_of(block.error()));
  bytes::Reader reader{vending_key};
  if (generation == KeyGenerationAlgorithm::dkga02) {
    const auto key = reader.big<std::uint64_t>();
    return key_of(crypto::des_encrypt(key, *block) ^ *block ^ key);
  }
  if (generation == KeyGenerationAlgorithm::dkga03) {
    const auto first = reader.big<std::uint64_t>();
    const auto second = reader.big<std::uint64_t>();
    return key_of(crypto::triple_des_encrypt(first, second, *block) ^ *block);
  }
  const VendingKey vending{vending_key.first<20>()};
  if (algorithm == EncryptionAlgorithm::ea07) return key_of(value_of(vending.derive_ea07(attributes)));
  auto key = value_of(vending.derive_ea11(attributes));
  KeyBits bits{algorithm, key};
  crypto::wipe(key);
  return bits;
}

KeyBits::KeyBits(EncryptionAlgorithm of, std::span<const std::byte> key) : algorithm(of) {
  ensure(key.size() == view().size());
  std::ranges::copy(key, bytes.begin());
}

KeyBits::~KeyBits() {
  crypto::wipe(bytes);
}

std::array<std::uint32_t, 4> KeyBits::words() const {
  std::array<std::uint32_t, 4> result;
  bytes::Reader reader{bytes};
  for (std::uint32_t& word : result) word = reader.big<std::uint32_t>();
  return result;
}

}  // namespace lk::sts
