// SPDX-License-Identifier: Apache-2.0
// Encoder and decoder against each other over random fields of every kind of token and every size of key
// change. The seed is printed with each failure; LK_SEED runs it again on a PC.
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "sts/codec.hpp"
#include "sts/key_change.hpp"

namespace lk::sts {
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // A number of `bits` bits.
  std::uint64_t bits(unsigned bits) { return engine_() >> (64U - bits); }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

  KeyBits key(EncryptionAlgorithm algorithm) {
    std::array<std::byte, 16> bytes;
    for (std::byte& b : bytes) b = static_cast<std::byte>(bits(8));
    return {algorithm, std::span{bytes}.first(algorithm == EncryptionAlgorithm::ea11 ? 16 : 8)};
  }

  Token token(EncryptionAlgorithm algorithm) {
    const auto random = static_cast<std::uint8_t>(bits(4));
    const auto tid = static_cast<std::uint32_t>(bits(24));
    const auto value = static_cast<std::uint16_t>(bits(16));
    const auto word = static_cast<std::uint32_t>(bits(32));
    switch (below(7)) {
      case 0:
        return UnitCredit{static_cast<std::uint8_t>(bits(2)), random, tid, value};
      case 1:
        return CurrencyCredit{static_cast<std::uint8_t>(4 + bits(2)), tid, {random, value}};
      case 2: {
        constexpr std::uint8_t sub_classes[] = {0, 1, 2, 5, 6, 7, 10};
        return Management{sub_classes[below(7)], random, tid, value};
      }
      case 3: {
        const auto sub_class = static_cast<std::uint8_t>(below(3));
        const unsigned code_bits = sub_class == 1 ? 16 : 8;
        return Test{sub_class, bits(44 - code_bits), static_cast<std::uint16_t>(bits(code_bits))};
      }
      case 4:
        if (one_in(2)) return SecondKeySection{random, static_cast<std::uint8_t>(bits(8)), word};
        return FirstKeySection{random,    static_cast<std::uint8_t>(bits(4)), one_in(2),
                               one_in(2), static_cast<KeyType>(bits(2)),      word};
      case 5: {
        if (algorithm == EncryptionAlgorithm::ea07) return SupplyGroupSection{tid};
        const auto group = static_cast<std::uint16_t>(bits(12));
        if (one_in(2)) return ThirdKeySection{group, word};
        return FourthKeySection{group, word};
      }
      default:
        return unknown(algorithm);
    }
  }

  KeyChange change(EncryptionAlgorithm algorithm) {
    KeyChange result{.algorithm = algorithm,
                     .key_words = key(algorithm).words(),
                     .key_type = static_cast<KeyType>(bits(2)),
                     .key_revision_number = static_cast<std::uint8_t>(1 + below(9)),
                     .key_expiry_number = static_cast<std::uint8_t>(bits(8)),
                     .tariff_index = static_cast<std::uint8_t>(below(100)),
                     .roll_over = one_in(2),
                     .supply_group_code = std::nullopt};
    if (algorithm == EncryptionAlgorithm::ea11 || one_in(2)) result.supply_group_code = below(1'000'000);
    return result;
  }

 private:
  Token unknown(EncryptionAlgorithm algorithm) {
    for (;;) {
      const auto token_class = static_cast<TokenClass>(below(3));
      const auto sub_class = static_cast<std::uint8_t>(bits(4));
      if (is_unknown(token_class, sub_class, algorithm))
        return UnknownToken{token_class, sub_class, bits(44)};
    }
  }

  std::mt19937_64 engine_;
};

std::uint64_t seed() {
  const char* const given = std::getenv("LK_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 62'055;
}

std::string_view view(const Digits& digits) {
  return {digits.data(), digits.size()};
}

constexpr EncryptionAlgorithm algorithms[] = {EncryptionAlgorithm::ea07, EncryptionAlgorithm::ea11};

TEST(RandomTokens, WhatIsEncodedIsDecodedAndAWrongDigitIsFound) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  Random random{seed()};
  int undetected = 0;
  constexpr int count = 3000;
  for (int i = 0; i < count; ++i) {
    const EncryptionAlgorithm algorithm = algorithms[i % 2];
    const DecoderKey key = DecoderKey::of(random.key(algorithm), sample_tables);
    const Token token = random.token(algorithm);
    Digits digits = encode(token, key);
    const auto back = decode(view(digits), key);
    ASSERT_TRUE(back.has_value()) << "token " << i;
    ASSERT_TRUE(*back == token) << "token " << i;
    const DecoderKey other = DecoderKey::of(random.key(algorithm), sample_tables);
    const bool is_clear = decode(view(digits), other).has_value();
    char& digit = digits[random.below(20)];
    digit = static_cast<char>('0' + (digit - '0' + 1 + static_cast<int>(random.below(9))) % 10);
    if (decode(view(digits), key).has_value() && !is_clear) ++undetected;
  }
  EXPECT_LE(undetected, 3) << "the check has 16 bits";
}

TEST(RandomTokens, KeyChangesComeBackFromTheirDigitsInAnyOrder) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  Random random{seed()};
  for (int i = 0; i < 500; ++i) {
    const EncryptionAlgorithm algorithm = algorithms[i % 2];
    const DecoderKey key = DecoderKey::of(random.key(algorithm), sample_tables);
    const KeyChange change = random.change(algorithm);
    const KeyChangeSet set = sections_of(change);
    std::array<Token, 4> sections;
    const std::uint32_t turned = random.below(static_cast<std::uint32_t>(set.count));
    for (std::size_t n = 0; n < set.count; ++n) {
      const auto back = decode(view(encode(set.tokens[(n + turned) % set.count], key)), key);
      ASSERT_TRUE(back.has_value()) << "change " << i;
      sections[n] = *back;
    }
    const auto combined = combine(std::span{sections}.first(set.count), algorithm);
    ASSERT_TRUE(combined.has_value()) << "change " << i;
    ASSERT_TRUE(*combined == change) << "change " << i;
  }
}

TEST(RandomTokens, AmountsAreTheSmallestThatAreNotBelow) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  Random random{seed()};
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t tenths = random.below(largest_units + 1);
    const std::uint16_t field = *encode_units(tenths);
    ASSERT_GE(decode_units(field), tenths);
    if (field > 0) {
      ASSERT_LT(decode_units(static_cast<std::uint16_t>(field - 1)), tenths);
    }
    const auto money = quantity::Money::of(static_cast<std::int64_t>(random.bits(62 - random.below(60))) *
                                           (random.one_in(2) ? -1 : 1));
    const auto credited = to_money(decode_currency(*encode_currency(money)));
    ASSERT_TRUE(credited.has_value() || money.count() > std::numeric_limits<std::int64_t>::max() / 2);
    if (credited) {
      ASSERT_GE(*credited, money) << money.count();
    }
  }
}

// The constant-time check of the codec is CRC-16/MODBUS: a class 1 token is in clear, so its check can be
// seen.
TEST(RandomTokens, BlocksThatAreNotEncodedAreRefusedAtTheRateOfTheirCheck) {
  Random random{seed()};
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const ClassedBlock block{TokenClass::general_management, random.bits(64)};
    if (decode(view(to_digits(block)), DecoderKey::ea11(std::array<std::byte, 16>{})).has_value()) ++taken;
  }
  EXPECT_LE(taken, 6);
}

}  // namespace
}  // namespace lk::sts
