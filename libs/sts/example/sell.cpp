// SPDX-License-Identifier: Apache-2.0
// Sells 25.6 kWh to a meter, and reads the token as the meter does.
#include <cstdio>
#include <variant>

#include "sts/codec.hpp"
#include "sts/key_generation.hpp"

namespace sts = lk::sts;

int main() {
  // The vending key of the association's test suites; a real one is a secret of a security module.
  constexpr unsigned char vending_key[20] = {0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0x94, 0x94,
                                             0x94, 0x94, 0x94, 0x94, 0x94, 0x94, 0x01, 0x23, 0x45, 0x67};
  const auto pan = sts::pan_of("00000000000");
  if (!pan) return 1;
  const auto key = sts::derive_key(
      sts::KeyGenerationAlgorithm::dkga04, std::as_bytes(std::span{vending_key}),
      sts::EncryptionAlgorithm::ea11,
      {.pan = *pan, .supply_group_code = 201'457, .tariff_index = 1, .base_date = sts::BaseDate::y2014});
  const auto tid = sts::tid_at(sts::BaseDate::y2014, lk::quantity::Instant::of(1'795'267'500'000));
  const auto amount = sts::encode_units(256);
  if (!key || !tid || !amount) return 1;

  const auto decoder_key = sts::DecoderKey::of(*key, sts::sample_tables);
  const sts::Digits digits =
      sts::encode(sts::UnitCredit{.sub_class = 0, .random = 5, .tid = *tid, .amount = *amount}, decoder_key);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    std::printf("%c%s", digits[i], i + 1 == digits.size() ? "\n" : i % 4 == 3 ? " " : "");
  }

  const auto token = sts::decode({digits.data(), digits.size()}, decoder_key);
  if (!token) return 1;
  const auto& credit = std::get<sts::UnitCredit>(*token);
  const unsigned tenths = sts::decode_units(credit.amount);
  std::printf("%u.%u kWh, identifier %u\n", tenths / 10, tenths % 10, static_cast<unsigned>(credit.tid));
  return 0;
}
