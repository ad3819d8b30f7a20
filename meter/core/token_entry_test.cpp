// SPDX-License-Identifier: Apache-2.0
// Tokens at the meter: each result, what it credits, and that nothing is credited twice.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "meter/core/testing/bench.hpp"
#include "sts/key_change.hpp"

namespace lk::meter {
namespace {

using quantity::Money;
using quantity::units;
using sts::TokenResult;

sts::Digits digits_of(std::string_view text) {
  sts::Digits digits{};
  std::ranges::copy(text, digits.begin());
  return digits;
}

TEST(TokenEntry, CreditIsAddedOnce) {
  Bench bench;
  const auto token = bench.token(1000, units(100));
  const TokenAnswer first = bench.enter(token);
  EXPECT_EQ(first.result, TokenResult::accept);
  EXPECT_EQ(first.amount.count(), 10'000'624) << "STS rounds up in the customer's favour";
  EXPECT_EQ(first.token_identifier, 1000U);
  EXPECT_EQ(bench.look().balance, units(5) + first.amount);

  const TokenAnswer second = bench.enter(token);
  EXPECT_EQ(second.result, TokenResult::used);
  EXPECT_EQ(second.amount, Money{});
  EXPECT_EQ(bench.look().balance, units(5) + first.amount);
  EXPECT_EQ(bench.look().token_count, 1U);
}

// A token's check has 16 bits: whoever may try for ever, gets in.
TEST(TokenEntry, AfterTenWrongTokensOneAMinuteIsJudged) {
  Bench bench;
  const auto good = bench.token(1000, units(10));
  const auto wrong = sts::encode(sts::CurrencyCredit{4, 1000, *sts::encode_currency(units(10))},
                                 sts::DecoderKey::ea11(key_from<0x70>()));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(bench.enter(wrong).result, TokenResult::crc);
  EXPECT_EQ(bench.enter(wrong).result, TokenResult::locked_out);
  EXPECT_EQ(bench.enter(good).result, TokenResult::locked_out);
  EXPECT_EQ(bench.look().balance, units(5));
  const auto test = sts::encode(sts::Test{0, 1, 0}, sts::DecoderKey::ea11(bench.configuration.decoder_key));
  EXPECT_EQ(bench.enter(test).result, TokenResult::accept) << "a test token carries no value";

  bench.wait(quantity::minutes(1));
  EXPECT_EQ(bench.enter(good).result, TokenResult::accept) << "what was locked out was not used up";
  EXPECT_EQ(bench.enter(wrong).result, TokenResult::crc) << "a good token ends the lock-out";
}

// Somebody with a switch before the meter must not get new guesses with each start.
TEST(TokenEntry, ThePowerTakenAwayGivesNoNewGuesses) {
  Bench bench;
  const auto good = bench.token(1000, units(10));
  const auto wrong = sts::encode(sts::CurrencyCredit{4, 1000, *sts::encode_currency(units(10))},
                                 sts::DecoderKey::ea11(key_from<0x70>()));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(bench.enter(wrong).result, TokenResult::crc) << i;
    bench.power_cycle();
  }
  EXPECT_EQ(bench.enter(wrong).result, TokenResult::locked_out);
  bench.power_cycle();
  EXPECT_EQ(bench.enter(good).result, TokenResult::locked_out);
  bench.wait(quantity::minutes(1));
  EXPECT_EQ(bench.enter(good).result, TokenResult::accept);
  bench.power_cycle();
  EXPECT_EQ(bench.enter(wrong).result, TokenResult::crc) << "a good token ends the lock-out for good";
}

TEST(TokenEntry, AGuessThatCannotBeCountedIsNotJudged) {
  Bench bench;
  const auto wrong = sts::encode(sts::CurrencyCredit{4, 1000, *sts::encode_currency(units(10))},
                                 sts::DecoderKey::ea11(key_from<0x70>()));
  bench.flash.cut_after(0);
  EXPECT_EQ(bench.enter(wrong).result, TokenResult::not_ready);
}

TEST(TokenEntry, CreditThatATokenClearsIsToldWithItsAmount) {
  Bench bench;
  const auto own = sts::DecoderKey::ea11(bench.configuration.decoder_key);
  EXPECT_EQ(bench.enter(sts::encode(sts::Management{1, 5, 10, 0xFFFF}, own)).result, TokenResult::accept);
  EXPECT_EQ(bench.look().balance, Money{});
  std::uint32_t number = bench.look().event_count;
  while (number > 1 && bench.event(number).code != dictionary::EventCode::credit_returned) --number;
  const auto event = bench.event(number);
  EXPECT_EQ(event.code, dictionary::EventCode::credit_returned);
  EXPECT_EQ(event.detail, 2);
  EXPECT_EQ(event.value, units(5).count());
}

struct ResultRow {
  const char* name;
  sts::Digits digits;
  TokenResult result;
};

TEST(TokenEntry, EachRefusalHasItsResult) {
  Bench bench;
  Configuration foreign = bench.configuration;
  foreign.decoder_key = key_from<0x70>();
  const sts::DecoderKey own = sts::DecoderKey::ea11(bench.configuration.decoder_key);
  const sts::DecoderKey other = sts::DecoderKey::ea11(foreign.decoder_key);
  const sts::CurrencyField one_unit = *sts::encode_currency(units(1));
  auto damaged = bench.token(2000, units(1));
  damaged[7] = static_cast<char>(damaged[7] == '9' ? '0' : damaged[7] + 1);

  const ResultRow rows[] = {
      {"not digits", digits_of("1234567890123456789x"), TokenResult::format},
      {"blank", digits_of("                    "), TokenResult::format},
      {"beyond 66 bits", digits_of("99999999999999999999"), TokenResult::format},
      {"another meter's", sts::encode(sts::CurrencyCredit{4, 2000, one_unit}, other), TokenResult::crc},
      {"mistyped", damaged, TokenResult::crc},
      {"kWh in money mode", sts::encode(sts::UnitCredit{0, 5, 2000, 10}, own), TokenResult::function},
      {"water", sts::encode(sts::CurrencyCredit{5, 2000, one_unit}, own), TokenResult::function},
      {"negative", sts::encode(sts::CurrencyCredit{4, 2000, *sts::encode_currency(units(-1))}, own),
       TokenResult::range},
      {"more than Money holds", sts::encode(sts::CurrencyCredit{4, 2000, {7, 0xFFFF}}, own),
       TokenResult::overflow},
      {"no power at all", sts::encode(sts::Management{0, 5, 2000, 0}, own), TokenResult::range},
      {"half of a key change", sts::encode(sts::SecondKeySection{15, 1, 0x12345678}, own),
       TokenResult::second_key_change},
      {"a sub-class for later", sts::encode(sts::UnknownToken{sts::TokenClass::credit, 8, 0}, own),
       TokenResult::function},
      {"display test", sts::encode(sts::Test{0, 0xFFFFFFFFF, 0}), TokenResult::accept},
      {"our maker's test", sts::encode(sts::Test{0, 1, 7}), TokenResult::accept},
      {"another maker's test", sts::encode(sts::Test{0, 1, 9}), TokenResult::manufacturer_code},
  };
  for (const ResultRow& row : rows) {
    EXPECT_EQ(bench.enter(row.digits).result, row.result) << row.name;
    EXPECT_EQ(bench.read(dictionary::Id::token_result), static_cast<std::int64_t>(row.result)) << row.name;
    EXPECT_EQ(bench.look().balance, units(5)) << row.name;
    EXPECT_EQ(bench.look().token_count, 0U) << row.name;
  }
  EXPECT_EQ(bench.buy(2000, units(1)).result, TokenResult::accept) << "none of them used the identifier up";
}

TEST(TokenEntry, TokenOfAnExpiredKeyIsRefused) {
  Configuration configuration = test_configuration();
  configuration.key_expiry_number = 3;
  Bench bench{configuration};
  EXPECT_EQ(bench.buy(0x040000, units(1)).result, TokenResult::key_expired);
  EXPECT_EQ(bench.buy(0x03FFFF, units(1)).result, TokenResult::accept);
}

TEST(TokenEntry, OldOnceTheStoreIsFullAndUsedWithinIt) {
  Bench bench;
  for (std::uint32_t tid = 100; tid < 150; ++tid) {
    ASSERT_EQ(bench.buy(tid, Money::of(1)).result, TokenResult::accept) << tid;
  }
  EXPECT_EQ(bench.buy(99, units(1)).result, TokenResult::old);
  EXPECT_EQ(bench.buy(120, units(1)).result, TokenResult::used);
  EXPECT_EQ(bench.buy(150, units(1)).result, TokenResult::accept);
  EXPECT_EQ(bench.buy(100, units(1)).result, TokenResult::old) << "it was pushed out";
  bench.power_cycle();
  EXPECT_EQ(bench.buy(120, units(1)).result, TokenResult::used) << "also after a power cut";
}

TEST(TokenEntry, ALaterTokenMayComeFirst) {
  Bench bench;
  EXPECT_EQ(bench.buy(500, units(1)).result, TokenResult::accept);
  EXPECT_EQ(bench.buy(400, units(1)).result, TokenResult::accept);
  EXPECT_EQ(bench.buy(400, units(1)).result, TokenResult::used);
}

TEST(TokenEntry, WithoutStorageNothingIsCredited) {
  Bench bench;
  const auto token = bench.token(1000, units(10));
  bench.flash.cut_after(0);
  EXPECT_EQ(bench.enter(token).result, TokenResult::not_ready);
  EXPECT_EQ(bench.look().balance, units(5));
  EXPECT_EQ(bench.look().token_count, 0U);
  EXPECT_NE(bench.look().alarms & dictionary::alarm_memory, 0);

  bench.flash.restore_power();
  const TokenAnswer again = bench.enter(token);
  EXPECT_EQ(again.result, TokenResult::accept) << "entered again";
  EXPECT_EQ(bench.look().balance, units(5) + again.amount);
  EXPECT_EQ(bench.look().alarms & dictionary::alarm_memory, 0);
  bool has_fault = false;
  for (std::uint32_t n = 1; n <= bench.look().event_count; ++n) {
    has_fault = has_fault || bench.event(n).code == dictionary::EventCode::storage_fault;
  }
  EXPECT_TRUE(has_fault) << "the fault is told once it can be written";
}

TEST(TokenEntry, AnswerCanBeReadBackAlsoAfterAPowerCut) {
  Bench bench;
  const auto token = bench.token(1234, units(10));
  EXPECT_EQ(bench.write(0x5100, std::as_bytes(std::span{token})), modbus::Exception::none);
  for (int start = 0; start < 2; ++start) {
    const auto reply = bench.exchange(
        modbus::read_request(bench.request, 1, modbus::Function::read_holding_registers, 0x5100, 17));
    const std::string_view entry{reinterpret_cast<const char*>(reply.data.data()), 20};
    EXPECT_EQ(entry, (std::string_view{token.data(), token.size()}));
    EXPECT_EQ(bench.read(dictionary::Id::token_result), 1);
    EXPECT_EQ(bench.read(dictionary::Id::token_amount), 1'000'024);
    EXPECT_EQ(bench.read(dictionary::Id::token_identifier), 1234);
    bench.power_cycle();
  }
}

TEST(TokenEntry, AFloodOfWrongTokensLeavesTheLogAndTheMemoryInPeace) {
  Bench bench;
  auto token = bench.token(1000, units(1));
  token[3] = static_cast<char>(token[3] == '9' ? '0' : token[3] + 1);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_NE(bench.enter(token).result, TokenResult::accept);
    bench.now = bench.now + quantity::milliseconds(100);
  }
  constexpr std::uint32_t power_returned = 1;
  constexpr std::uint32_t at_once = 4;
  constexpr std::uint32_t minutes = 4;
  EXPECT_LE(bench.look().event_count, power_returned + at_once + minutes);
  bench.now = bench.now + quantity::minutes(1);
  EXPECT_EQ(bench.buy(1000, units(1)).result, TokenResult::accept);
}

sts::KeyChange next_key(bool roll_over) {
  return {.algorithm = sts::EncryptionAlgorithm::ea11,
          .key_words = {0x11111111, 0x22222222, 0x33333333, 0x44444444},
          .key_revision_number = 2,
          .key_expiry_number = 254,
          .tariff_index = 7,
          .roll_over = roll_over,
          .supply_group_code = 123'456};
}

TEST(TokenEntry, AKeyChangeLastsAndItsSectionsDoNot) {
  Bench bench;
  const auto own = sts::DecoderKey::ea11(bench.configuration.decoder_key);
  const auto old_token = bench.token(2000, units(1));
  ASSERT_EQ(bench.buy(1000, units(1)).result, TokenResult::accept);
  const sts::KeyChangeSet set = sts::sections_of(next_key(true));
  ASSERT_EQ(bench.enter(sts::encode(set.tokens[0], own)).result, TokenResult::first_key_change);
  bench.power_cycle();
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_NE(bench.enter(sts::encode(set.tokens[i], own)).result, TokenResult::accept)
        << "the first section went with the power";
  }
  EXPECT_EQ(bench.enter(sts::encode(set.tokens[0], own)).result, TokenResult::accept);
  EXPECT_EQ(bench.read(dictionary::Id::key_revision), 2);
  EXPECT_EQ(bench.read(dictionary::Id::key_expiry), 254);
  EXPECT_EQ(bench.read(dictionary::Id::tariff_index), 7);
  EXPECT_EQ(bench.read(dictionary::Id::supply_group), 123'456);
  EXPECT_EQ(bench.read(dictionary::Id::encryption_algorithm), 11);
  bench.power_cycle();
  EXPECT_EQ(bench.read(dictionary::Id::key_revision), 2);
  EXPECT_EQ(bench.enter(old_token).result, TokenResult::crc);
  const auto changed = sts::DecoderKey::of(bench.meter->state().tokens.key.key, sts::sample_tables);
  const sts::CurrencyCredit credit{4, 1000, *sts::encode_currency(units(1))};
  EXPECT_EQ(bench.enter(sts::encode(credit, changed)).result, TokenResult::accept)
      << "after the roll-over identifiers begin anew";
}

TEST(TokenEntry, WithoutStorageAKeyChangeWaitsForItsLastSection) {
  Bench bench;
  const auto own = sts::DecoderKey::ea11(bench.configuration.decoder_key);
  const sts::KeyChangeSet set = sts::sections_of(next_key(false));
  for (std::size_t i = 0; i < 3; ++i) (void)bench.enter(sts::encode(set.tokens[i], own));
  bench.flash.cut_after(0);
  EXPECT_EQ(bench.enter(sts::encode(set.tokens[3], own)).result, TokenResult::not_ready);
  EXPECT_EQ(bench.read(dictionary::Id::key_revision), 1);
  bench.flash.restore_power();
  EXPECT_EQ(bench.enter(sts::encode(set.tokens[3], own)).result, TokenResult::accept);
  EXPECT_EQ(bench.read(dictionary::Id::key_revision), 2);
}

TEST(TokenEntry, LimitsSetByTokensLast) {
  Bench bench;
  const auto own = sts::DecoderKey::ea11(bench.configuration.decoder_key);
  EXPECT_EQ(bench.enter(sts::encode(sts::Management{0, 5, 10, *sts::encode_units(5000)}, own)).result,
            TokenResult::accept);
  EXPECT_EQ(bench.enter(sts::encode(sts::Management{2, 5, 12, 1}, own)).result, TokenResult::accept);
  bench.power_cycle();
  EXPECT_EQ(bench.read(dictionary::Id::token_power_limit), 5000);
  EXPECT_EQ(bench.read(dictionary::Id::token_tariff_rate), 1);
  EXPECT_EQ(bench.event(bench.look().event_count - 2).detail, 0x202) << "class 2, sub-class 2";
}

TEST(TokenEntry, TestTokenTellsWhatToTestUntilTheNextEntry) {
  Bench bench;
  EXPECT_EQ(bench.enter(sts::encode(sts::Test{0, 0b101, 0})).result, TokenResult::accept);
  EXPECT_EQ(bench.read(dictionary::Id::test_request), 0b101);
  (void)bench.buy(1000, units(1));
  EXPECT_EQ(bench.read(dictionary::Id::test_request), 0);
}

// Entry `number` of the token log as a master reads it, with the token's text.
std::string log_line(Bench& bench, std::uint32_t number) {
  using dictionary::Id;
  const auto slot = static_cast<std::uint16_t>(number % dictionary::token_log_slot_count);
  const auto address = static_cast<std::uint16_t>(0x5500 + slot * 24 + 4);
  const auto reply = bench.exchange(
      modbus::read_request(bench.request, 1, modbus::Function::read_holding_registers, address, 10));
  // The reply lies in the bench's buffer, which the next reading overwrites.
  const std::string token{reinterpret_cast<const char*>(reply.data.data()), 20};
  return std::to_string(bench.read(Id::token_log_number, slot)) + " " + token + " " +
         std::to_string(bench.read(Id::token_log_result, slot)) + " " +
         std::to_string(bench.read(Id::token_log_identifier, slot)) + " " +
         std::to_string(bench.read(Id::token_log_amount, slot));
}

TEST(TokenEntry, TheLastFiftyEntriesCanBeReadAlsoAfterAPowerCut) {
  Bench bench;
  std::vector<std::string> wanted;
  for (std::uint32_t i = 1; i <= 60; ++i) {
    const auto token = bench.token(1000 + i, Money::of(100'000));
    ASSERT_EQ(bench.enter(token).result, TokenResult::accept) << i;
    wanted.push_back(std::to_string(i) + " " + std::string{token.begin(), token.end()} + " 1 " +
                     std::to_string(1000 + i) + " 100004");
  }
  const auto used = bench.token(1060, Money::of(100'000));
  EXPECT_EQ(bench.enter(used).result, TokenResult::used);
  wanted.push_back("61 " + std::string{used.begin(), used.end()} + " 10 1060 0");
  for (int start = 0; start < 2; ++start) {
    EXPECT_EQ(bench.read(dictionary::Id::token_log_count), 61);
    for (std::uint32_t number = 12; number <= 61; ++number) {
      EXPECT_EQ(log_line(bench, number), wanted[number - 1]);
    }
    bench.power_cycle();
  }
}

TEST(TokenEntry, AMeterOfEa07TakesItsTokens) {
  Configuration configuration = test_configuration();
  configuration.encryption_algorithm = sts::EncryptionAlgorithm::ea07;
  configuration.tokens.sta_tables = &sts::sample_tables;
  Bench bench{configuration};
  const auto key = sts::DecoderKey::ea07(0x1011121314151617, sts::sample_tables);
  const sts::CurrencyCredit credit{4, 1000, *sts::encode_currency(units(1))};
  EXPECT_EQ(bench.enter(sts::encode(credit, key)).result, TokenResult::accept);
  EXPECT_EQ(bench.read(dictionary::Id::encryption_algorithm), 7);
}

}  // namespace
}  // namespace lk::meter
