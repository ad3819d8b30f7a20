// SPDX-License-Identifier: Apache-2.0
// Each result of the token organ, in the order of checks, and what each accepted token does.
#include "meter/tokens/entry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "meter/tokens/testing.hpp"
#include "sts/amount.hpp"

namespace lk::tokens {
namespace {

using quantity::Money;
using sts::EncryptionAlgorithm;
using sts::KeyType;
using sts::TokenResult;
using test::Organ;

sts::CurrencyField money(std::int64_t units) {
  return *sts::encode_currency(quantity::units(units));
}
sts::Token credit(std::uint32_t tid) {
  return sts::CurrencyCredit{4, tid, money(1)};
}
sts::Digits digits_of(std::string_view text) {
  sts::Digits digits{};
  std::ranges::copy(text, digits.begin());
  return digits;
}

// ---- credit

struct KindRow {
  MeterKind kind;
  std::uint8_t units;
  std::uint8_t currency;
};

TEST(TokenOrgan, AMeterOfEachKindTakesItsOwnCreditAndNoOther) {
  const KindRow rows[] = {{MeterKind::electricity, 0, 4},
                          {MeterKind::water, 1, 5},
                          {MeterKind::gas, 2, 6},
                          {MeterKind::time, 3, 7}};
  for (const KindRow& row : rows) {
    Organ organ;
    organ.rules.kind = row.kind;
    std::uint32_t tid = 100;
    for (std::uint8_t sub_class = 0; sub_class < 4; ++sub_class, ++tid) {
      const Outcome outcome = organ.enter(sts::UnitCredit{sub_class, 5, tid, *sts::encode_units(256)});
      EXPECT_EQ(outcome.result, sub_class == row.units ? TokenResult::accept : TokenResult::function);
      EXPECT_EQ(outcome.kind, Kind::credit);
    }
    for (std::uint8_t sub_class = 4; sub_class < 8; ++sub_class, ++tid) {
      const Outcome outcome = organ.enter(sts::CurrencyCredit{sub_class, tid, money(1)});
      EXPECT_EQ(outcome.result, sub_class == row.currency ? TokenResult::accept : TokenResult::function);
    }
    EXPECT_EQ(organ.effects.units, 256U);
    EXPECT_EQ(organ.effects.credited, *sts::to_money(sts::decode_currency(money(1))));
    EXPECT_EQ(organ.state.used.entries().size(), 2U) << "what was refused is not used up";
  }
}

TEST(TokenOrgan, WhatTheAccountRefusesIsNotUsedUp) {
  Organ organ;
  organ.effects.answer = TokenResult::overflow;
  EXPECT_EQ(organ.enter(credit(100)).result, TokenResult::overflow) << "above the ceiling";
  EXPECT_TRUE(organ.state.used.entries().empty());
  organ.effects.answer = TokenResult::accept;
  EXPECT_EQ(organ.enter(credit(100)).result, TokenResult::accept);
  EXPECT_EQ(organ.enter(credit(100)).result, TokenResult::used);
}

TEST(TokenOrgan, AmountsThatMakeNoSenseAreRefused) {
  Organ organ;
  EXPECT_EQ(organ.enter(sts::CurrencyCredit{4, 1, money(-1)}).result, TokenResult::range);
  EXPECT_EQ(organ.enter(sts::CurrencyCredit{4, 1, {7, 0xFFFF}}).result, TokenResult::overflow);
}

// ---- the order of checks

struct FormatRow {
  const char* name;
  std::string_view digits;
  TokenResult result;
};

TEST(TokenOrgan, WhatIsNoTokenSaysSo) {
  Organ organ;
  const FormatRow rows[] = {{"a letter", "1234567890123456789x", TokenResult::format},
                            {"blanks", "                    ", TokenResult::format},
                            {"above 66 bits", "73786976294838206464", TokenResult::format},
                            {"class 3", "73786976294838206463", TokenResult::function},
                            {"random digits", "51043465443420856213", TokenResult::crc}};
  for (const FormatRow& row : rows) {
    const Outcome outcome = organ.enter(digits_of(row.digits));
    EXPECT_EQ(outcome.result, row.result) << row.name;
    EXPECT_EQ(outcome.kind, Kind::none) << row.name;
    EXPECT_FALSE(outcome.changes_state()) << row.name;
  }
}

// A store that is full from 100 to 149, a key that expires with TID 65535, and is a default key: so each
// check has something against some token.
Organ strict() {
  Organ organ;
  for (std::uint32_t tid = 100; tid < 150; ++tid) organ.state.used.accept(tid);
  organ.state.key.key_expiry_number = 0;
  return organ;
}

TEST(TokenOrgan, ChecksComeInTheOrderOfTheRules) {
  Organ organ = strict();
  EXPECT_EQ(organ.enter(credit(0x1'0000)).result, TokenResult::key_expired);
  EXPECT_EQ(organ.enter(credit(120)).result, TokenResult::used);
  EXPECT_EQ(organ.enter(credit(99)).result, TokenResult::old);
  EXPECT_EQ(organ.enter(credit(0xFFFF)).result, TokenResult::accept);

  organ = strict();
  organ.state.key.key_type = KeyType::default_key;
  EXPECT_EQ(organ.enter(credit(0x1'0000)).result, TokenResult::default_key) << "before expired";
  EXPECT_EQ(organ.enter(credit(120)).result, TokenResult::default_key) << "before used";
  EXPECT_EQ(organ.enter(sts::Management{5, 5, 0xFFFF, 0}).result, TokenResult::accept)
      << "management goes under a default key";

  organ.rules.check_order = {Check::old, Check::used, Check::key_expired, Check::default_key};
  EXPECT_EQ(organ.enter(credit(99)).result, TokenResult::old) << "as the standard lists them";
  EXPECT_EQ(organ.enter(credit(120)).result, TokenResult::used);
  EXPECT_EQ(organ.enter(credit(0x1'0000)).result, TokenResult::key_expired);
  EXPECT_EQ(organ.enter(credit(0xFFFE)).result, TokenResult::default_key);
}

TEST(TokenOrgan, AnIdentifierIsNeverTakenTwiceWhateverTheOrder) {
  Organ organ = strict();
  organ.rules.check_order.fill(Check::key_expired);
  EXPECT_EQ(organ.enter(credit(120)).result, TokenResult::used);
  EXPECT_EQ(organ.enter(credit(99)).result, TokenResult::used);
}

TEST(TokenOrgan, AMeterWithoutKeyExpiryIgnoresIt) {
  Organ organ = strict();
  organ.rules.checks_key_expiry = false;
  EXPECT_EQ(organ.enter(credit(0x1'0000)).result, TokenResult::accept);
}

TEST(TokenOrgan, CreditAndManagementShareTheStoreOfIdentifiers) {
  Organ organ;
  EXPECT_EQ(organ.enter(sts::Management{5, 5, 500, 0}).result, TokenResult::accept);
  EXPECT_EQ(organ.enter(credit(500)).result, TokenResult::used);
}

// ---- class 1

struct TestRow {
  const char* name;
  sts::Test token;
  TokenResult result;
  std::uint64_t tests;
};

TEST(TokenOrgan, TestTokensAreForAllOrForThisMaker) {
  Organ organ;
  const TestRow rows[] = {
      {"all", {0, 0xF'FFFF'FFFF, 0}, TokenResult::accept, usual_tests},
      {"one", {0, 1, 0}, TokenResult::accept, 1},
      {"our maker's", {0, 1, 7}, TokenResult::accept, 1},
      {"our maker's with four digits", {1, 2, 7}, TokenResult::accept, 2},
      {"another maker's", {0, 1, 9}, TokenResult::manufacturer_code, 0},
      {"another maker's with four digits", {1, 1, 0x107}, TokenResult::manufacturer_code, 0},
      {"a test that we do not have", {0, 1U << 11U, 0}, TokenResult::function, 0},
      {"no test at all", {0, 0, 0}, TokenResult::function, 0},
      {"extended read", {2, 0xF'C000'0000, 0}, TokenResult::function, 0},
  };
  for (const TestRow& row : rows) {
    for (int time = 0; time < 2; ++time) {
      const Outcome outcome = organ.enter(sts::encode(row.token));
      EXPECT_EQ(outcome.result, row.result) << row.name;
      EXPECT_EQ(outcome.tests, row.tests) << row.name;
      EXPECT_FALSE(outcome.changes_state()) << row.name;
    }
  }
  organ.rules.functions |= extended;
  EXPECT_EQ(organ.enter(sts::encode(sts::Test{2, 0, 0})).result, TokenResult::accept);
}

// ---- management

struct ManagementRow {
  const char* name;
  std::uint8_t sub_class;
  std::uint16_t value;
  TokenResult result;
};

TEST(TokenOrgan, ManagementTokensSetWhatTheySay) {
  Organ organ;
  organ.rules.functions |= extended | water_factor;
  organ.rules.power_limit_max_w = 20'000;
  organ.rules.unbalance_limit_max_w = 10'000;
  organ.rules.tariff_rate_max = 8;
  const ManagementRow rows[] = {
      {"power limit", 0, *sts::encode_units(5000), TokenResult::accept},
      {"no power at all", 0, 0, TokenResult::range},
      {"more than the meter carries", 0, *sts::encode_units(20'001), TokenResult::range},
      {"unbalance limit", 6, *sts::encode_units(3000), TokenResult::accept},
      {"too much unbalance", 6, *sts::encode_units(10'001), TokenResult::range},
      {"tariff rate", 2, 8, TokenResult::accept},
      {"no such tariff rate", 2, 9, TokenResult::range},
      {"clear tamper", 5, 0, TokenResult::accept},
      {"clear tamper with a wrong filling", 5, 1, TokenResult::format},
      {"clear own units", 1, 0, TokenResult::accept},
      {"clear own currency", 1, 4, TokenResult::accept},
      {"clear all", 1, 0xFFFF, TokenResult::accept},
      {"clear water's", 1, 1, TokenResult::range},
      {"clear what is not", 1, 8, TokenResult::range},
      {"water factor of an electricity meter", 7, 3, TokenResult::function},
      {"flag", 10, (63U << 10U) | 1U, TokenResult::accept},
      {"no such flag value", 10, (63U << 10U) | 2U, TokenResult::range},
      {"control", 10, 123, TokenResult::accept},
      {"no such index", 10, 1U << 10U, TokenResult::range},
  };
  std::uint32_t tid = 1000;
  for (const ManagementRow& row : rows) {
    const Outcome outcome = organ.enter(sts::Management{row.sub_class, 5, ++tid, row.value});
    EXPECT_EQ(outcome.result, row.result) << row.name;
    EXPECT_EQ(outcome.kind, Kind::management) << row.name;
    const bool is_used = organ.state.used.judge(tid) == sts::TidStore::Standing::used;
    EXPECT_EQ(is_used, row.result == TokenResult::accept) << row.name;
  }
  const Settings wanted{.power_limit_w = 5000,
                        .unbalance_limit_w = 3000,
                        .tariff_rate = 8,
                        .water_factor = 0,
                        .extended_flags = 1,
                        .extended_control = 123};
  EXPECT_EQ(organ.state.settings, wanted);
  EXPECT_EQ(organ.effects.clear_count, 3);
  EXPECT_EQ(organ.effects.tamper_count, 1);
}

TEST(TokenOrgan, AFunctionThatTheProductDoesNotHaveIsRefused) {
  Organ organ;
  organ.rules.functions = 0;
  for (const std::uint8_t sub_class : std::array<std::uint8_t, 7>{0, 1, 2, 5, 6, 7, 10}) {
    EXPECT_EQ(organ.enter(sts::Management{sub_class, 5, 1, 0}).result, TokenResult::function);
  }
  EXPECT_EQ(organ.enter(sts::UnknownToken{sts::TokenClass::credit, 8, 1}).result, TokenResult::function);
  EXPECT_EQ(organ.enter(sts::UnknownToken{sts::TokenClass::meter_management, 15, 1}).result,
            TokenResult::function);
  EXPECT_EQ(organ.state.settings, Settings{});
  EXPECT_TRUE(organ.state.used.entries().empty());
}

TEST(TokenOrgan, AWaterMeterTakesItsFactor) {
  Organ organ;
  organ.rules.kind = MeterKind::water;
  organ.rules.functions = water_factor;
  EXPECT_EQ(organ.enter(sts::Management{7, 5, 1, 777}).result, TokenResult::accept);
  EXPECT_EQ(organ.state.settings.water_factor, 777);
}

// ---- key change

sts::KeyChange change_for(EncryptionAlgorithm algorithm, KeyType to = KeyType::unique) {
  const bool is_long = algorithm == EncryptionAlgorithm::ea11;
  return {.algorithm = algorithm,
          .key_words = {0xA1A2A3A4, 0xB1B2B3B4, is_long ? 0xC1C2C3C4 : 0, is_long ? 0xD1D2D3D4 : 0},
          .key_type = to,
          .key_revision_number = 3,
          .key_expiry_number = 0xA5,
          .tariff_index = 42,
          .roll_over = false,
          .supply_group_code = 123'456};
}

// Enters the set under the meter's old key; the result of the last section.
TokenResult enter_set(Organ& organ, const sts::KeyChange& change) {
  const sts::KeyChangeSet set = sts::sections_of(change);
  const sts::DecoderKey old_key = organ.key();
  TokenResult last = TokenResult::none;
  for (const sts::Token& section : set.view()) last = organ.enter(sts::encode(section, old_key)).result;
  return last;
}

TEST(TokenOrgan, AKeyChangeReplacesKeyAndAllThatGoesWithIt) {
  for (const EncryptionAlgorithm algorithm : {EncryptionAlgorithm::ea07, EncryptionAlgorithm::ea11}) {
    Organ organ{algorithm};
    const sts::Digits under_old_key = organ.made(credit(600));
    ASSERT_EQ(organ.enter(credit(500)).result, TokenResult::accept);
    const sts::KeyChange change = change_for(algorithm);
    ASSERT_EQ(enter_set(organ, change), TokenResult::accept);
    EXPECT_EQ(organ.state.key.key.words(), change.key_words);
    EXPECT_EQ(organ.state.key.key_revision_number, 3);
    EXPECT_EQ(organ.state.key.key_expiry_number, 0xA5);
    EXPECT_EQ(organ.state.key.tariff_index, 42);
    EXPECT_EQ(organ.state.key.supply_group_code, 123'456U);
    EXPECT_EQ(organ.enter(under_old_key).result, TokenResult::crc);
    EXPECT_EQ(organ.enter(credit(500)).result, TokenResult::used) << "without roll-over the store stays";
    EXPECT_EQ(organ.enter(credit(600)).result, TokenResult::accept);
    EXPECT_EQ(organ.assembly.count(), 0U);
  }
}

TEST(TokenOrgan, RollOverBeginsTheIdentifiersAnew) {
  Organ organ = strict();
  sts::KeyChange change = change_for(EncryptionAlgorithm::ea11);
  change.roll_over = true;
  ASSERT_EQ(enter_set(organ, change), TokenResult::accept);
  EXPECT_EQ(organ.enter(credit(1)).result, TokenResult::accept);
  EXPECT_EQ(organ.enter(credit(120)).result, TokenResult::accept);
}

TEST(TokenOrgan, SectionsNeitherExpireNorUseAnIdentifier) {
  Organ organ = strict();
  organ.state.key.key_type = KeyType::default_key;
  EXPECT_EQ(enter_set(organ, change_for(EncryptionAlgorithm::ea11)), TokenResult::accept)
      << "out of an expired default key";
}

struct TypeRow {
  KeyType from;
  KeyType to;
  bool is_permitted;
};

TEST(TokenOrgan, KeyTypesChangeOnlyAsPermitted) {
  using enum KeyType;
  const TypeRow rows[] = {
      {initialisation, initialisation, true},
      {initialisation, default_key, true},
      {initialisation, unique, true},
      {initialisation, common, true},
      {default_key, initialisation, false},
      {default_key, default_key, true},
      {default_key, unique, true},
      {default_key, common, true},
      {unique, initialisation, false},
      {unique, default_key, true},
      {unique, unique, true},
      {unique, common, false},
      {common, initialisation, false},
      {common, default_key, true},
      {common, unique, false},
      {common, common, true},
  };
  for (const bool takes_common : {true, false}) {
    for (const TypeRow& row : rows) {
      Organ organ;
      organ.rules.takes_common_key = takes_common;
      organ.state.key.key_type = row.from;
      const KeyRegister before = organ.state.key;
      const bool wanted = row.is_permitted && (takes_common || row.to != common);
      const TokenResult result = enter_set(organ, change_for(EncryptionAlgorithm::ea11, row.to));
      const std::string name =
          std::to_string(static_cast<int>(row.from)) + " to " + std::to_string(static_cast<int>(row.to));
      EXPECT_EQ(result, wanted ? TokenResult::accept : TokenResult::key_type) << name;
      EXPECT_EQ(organ.state.key == before, !wanted) << name;
      EXPECT_EQ(organ.assembly.count(), 0U) << name << ": the set is discarded";
    }
  }
}

TEST(TokenOrgan, SectionsOutOfRangeAreRefused) {
  Organ organ;
  EXPECT_EQ(organ.enter(sts::SecondKeySection{1, 100, 1}).result, TokenResult::range) << "tariff index";
  sts::FirstKeySection first{.key_expiry_high = 1, .key_revision_number = 0};
  EXPECT_EQ(organ.enter(first).result, TokenResult::range) << "no key revision";
  first.key_revision_number = 10;
  EXPECT_EQ(organ.enter(first).result, TokenResult::range);
  first.key_type = KeyType::initialisation;
  EXPECT_EQ(organ.enter(first).result, TokenResult::first_key_change) << "a DITK has no revision";
  sts::KeyChange change = change_for(EncryptionAlgorithm::ea11);
  change.supply_group_code = 1'000'000;
  EXPECT_EQ(enter_set(organ, change), TokenResult::range);
}

// ---- at random

// Whatever is entered, in whatever order: no identifier is credited twice, and what is refused changes
// nothing.
TEST(TokenOrgan, AtRandomNothingIsCreditedTwice) {
  const char* const given = std::getenv("LK_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  const auto below = [&random](std::uint64_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  Organ organ;
  std::array<bool, 400> is_credited{};
  int accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const State before = organ.state;
    const Money credited = organ.effects.credited;
    const std::uint32_t tid = below(is_credited.size());
    sts::Digits digits = organ.made(credit(tid));
    const bool is_damaged = below(4) == 0;
    if (is_damaged) digits[below(20)] = static_cast<char>('0' + below(10));
    const Outcome outcome = organ.enter(digits);
    if (outcome.result == TokenResult::accept && outcome.kind == Kind::credit) {
      ++accepted;
      ASSERT_FALSE(is_credited[outcome.token_identifier]) << "token " << outcome.token_identifier;
      is_credited[outcome.token_identifier] = true;
      continue;
    }
    ASSERT_EQ(organ.effects.credited, credited);
    ASSERT_TRUE(std::ranges::equal(organ.state.used.entries(), before.used.entries()));
    ASSERT_EQ(organ.state.key, before.key);
  }
  EXPECT_GT(accepted, 50);
}

}  // namespace
}  // namespace lk::tokens
