// SPDX-License-Identifier: Apache-2.0
// The power is cut at every write of a day in the life of a meter. After each cut the meter is as before or
// as after what was under way, what is tried again has no second effect, and the day goes on to the same end.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "meter/core/testing/bench.hpp"
#include "meter/core/testing/witness.hpp"
#include "sts/key_change.hpp"

namespace lk::meter {
namespace {

using dictionary::OrderResult;
using quantity::Money;
using quantity::Price;
using quantity::seconds;
using quantity::units;
using sts::TokenResult;

struct Buy {
  std::uint32_t tid;
};
struct Order {
  std::uint32_t sequence;
  order::Command command;
};
struct Draw {
  std::int32_t amperes;
};
struct Mistype {};
struct Wait {};
struct SetLimit {
  std::uint32_t tid;
};
struct ChangeKey {
  std::uint8_t revision;
};
using Step = std::variant<Buy, Order, Draw, Mistype, Wait, SetLimit, ChangeKey>;

constexpr Money sum =
    Money::of(700'000);  // an amount that a token holds exactly is not needed: see sum_credited

const std::vector<Step>& day() {
  static const std::vector<Step> steps{
      Draw{100'000},
      Draw{100'000},
      Buy{100},
      Order{1, order::Open{}},
      Wait{},
      Order{2, order::Close{}},
      Wait{},
      Mistype{},
      Order{3, order::SetPrice{Price::of(25'000), 1}},
      Draw{300'000},
      Draw{300'000},
      Draw{300'000},
      Wait{},
      SetLimit{95},
      ChangeKey{2},
      Buy{90},
      Wait{},
      Order{4, order::SetLowCredit{units(1)}},
      Draw{10'000},
      Buy{101},
      Buy{102},
      Buy{103},
      Order{5, order::SetParameters{2, {{{0x6146, 7}, {0x6240, 15}}}}},
      Order{6, order::SetDebt{3, units(9)}},
      Order{7, order::Refund{Money::of(12'345)}},
      Order{8, order::KeepPower{true}},
      Order{9, order::TariffChunk{4, 0, 40, {std::byte{1}}}},
  };
  return steps;
}

class Day {
 public:
  explicit Day(std::uint64_t seed) : bench{test_configuration(), seed}, witness{bench.configuration} {}

  // Goes on until the day or the power ends.
  void live() {
    for (; at < day().size(); ++at) {
      std::visit([this](const auto& step) { take(step); }, day()[at]);
      if (!bench.flash.has_power()) return;
    }
  }
  [[nodiscard]] bool is_over() const { return at == day().size(); }

  Bench bench;
  Witness witness;
  std::size_t at = 0;

 private:
  void take(const Buy& buy) {
    const auto digits = bench.token(buy.tid, sum);
    const sts::CurrencyAmount exact = sts::decode_currency(*sts::encode_currency(sum));
    witness.offers(buy.tid, *sts::to_money(exact));
    const TokenAnswer answer = bench.enter(digits);
    if (witness.sold(buy.tid)) {
      EXPECT_TRUE(answer.result == TokenResult::used || !bench.flash.has_power());
    } else if (answer.result == TokenResult::accept) {
      witness.saw_accepted();
      witness.saw_stored(bench.look().priced_energy);
    } else {
      EXPECT_EQ(answer.result, TokenResult::not_ready);
      EXPECT_FALSE(bench.flash.has_power());
    }
  }
  void take(const Order& order) {
    const bool was_done = witness.sequence() == order.sequence;
    if (!was_done) witness.offers(order.sequence, order.command);
    const OrderAnswer answer = bench.send(order.sequence, order.command);
    if (was_done) {
      EXPECT_EQ(answer.result, OrderResult::already_done);
    } else if (answer.result == OrderResult::done) {
      witness.saw_done(answer.value);
      witness.saw_stored(bench.look().priced_energy);
    } else {
      EXPECT_EQ(answer.result, OrderResult::not_ready);
      EXPECT_FALSE(bench.flash.has_power());
    }
  }
  void take(const Draw& draw) { bench.draw(draw.amperes); }
  void take(const Mistype&) {
    auto digits = bench.token(1, sum);
    digits[4] = static_cast<char>(digits[4] == '9' ? '0' : digits[4] + 1);
    EXPECT_NE(bench.enter(digits).result, TokenResult::accept);
  }
  // What the meter's key is decides whether the change was done: before a cut, or not yet.
  void take(const ChangeKey& change) {
    const tokens::KeyRegister& key = bench.meter->state().tokens.key;
    if (key.key_revision_number == change.revision) return;
    const auto old_key = sts::DecoderKey::of(key.key, sts::sample_tables);
    const sts::KeyChangeSet set = sts::sections_of({.algorithm = sts::EncryptionAlgorithm::ea11,
                                                    .key_words = {1, 2, 3, change.revision},
                                                    .key_revision_number = change.revision,
                                                    .supply_group_code = 123'456});
    TokenAnswer last;
    for (const sts::Token& section : set.view()) {
      if (bench.flash.has_power()) last = bench.enter(sts::encode(section, old_key));
    }
    if (bench.flash.has_power()) {
      EXPECT_EQ(last.result, TokenResult::accept);
      EXPECT_EQ(bench.meter->state().tokens.key.key_revision_number, change.revision);
    }
  }
  void take(const SetLimit& limit) {
    witness.offers(limit.tid, Money{});
    const TokenAnswer answer = bench.enter(
        bench.made(sts::Management{0, 5, limit.tid, *sts::encode_units(std::uint64_t{1000} + limit.tid)}));
    if (witness.sold(limit.tid)) {
      EXPECT_TRUE(answer.result == TokenResult::used || !bench.flash.has_power());
    } else if (answer.result == TokenResult::accept) {
      witness.saw_accepted();
      EXPECT_EQ(bench.meter->state().tokens.settings.power_limit_w, 1000 + limit.tid);
    } else {
      EXPECT_EQ(answer.result, TokenResult::not_ready);
    }
  }
  void take(const Wait&) { bench.wait(seconds(2)); }
};

TEST(MeterPowerCut, AtEveryWriteTheStateIsBeforeOrAfter) {
  Day whole{1};
  const std::uint64_t begun = whole.bench.flash.step_count();
  whole.live();
  ASSERT_TRUE(whole.is_over());
  const std::uint64_t write_count = whole.bench.flash.step_count() - begun;
  ASSERT_GT(write_count, 300U);
  const Snapshot end = whole.bench.look();

  for (std::uint64_t cut = 0; cut < write_count; ++cut) {
    const std::string where = "cut at write " + std::to_string(cut);
    Day life{cut + 1};
    life.bench.flash.cut_after(cut);
    life.live();
    ASSERT_FALSE(life.bench.flash.has_power()) << where;
    life.bench.power_cycle();
    ASSERT_EQ(life.bench.look().alarms & dictionary::alarm_memory, 0) << where;
    life.witness.judge(life.bench.meter->state(), where);
    life.witness.judge_events(life.bench, where);
    life.live();
    ASSERT_TRUE(life.is_over()) << where;
    life.witness.judge(life.bench.meter->state(), where + ", at the end");
    EXPECT_EQ(life.bench.look().credited, end.credited) << where;
    EXPECT_EQ(life.bench.look().price, end.price) << where;
    const State& state = life.bench.meter->state();
    EXPECT_EQ(life.bench.meter->settings(), whole.bench.meter->settings()) << where;
    EXPECT_EQ(state.account.debt(credit::purchase_debt), units(9)) << where;
    EXPECT_EQ(state.account.returned(), Money::of(12'345)) << where;
    EXPECT_EQ(state.account.last_refund(), (credit::Refund{Money::of(12'345), 7})) << where;
    EXPECT_TRUE(state.hold.keeps_power) << where;
    EXPECT_EQ(state.tariff.receiving, 4U) << where;
    EXPECT_EQ(life.bench.look().order_sequence, end.order_sequence) << where;
    life.bench.wait(seconds(2));
    EXPECT_EQ(life.bench.relay.contact(), supply::wanted_by(state.reasons, state.hold)) << where;
    if (HasFailure()) return;  // one is enough to read
  }
  RecordProperty("cuts", static_cast<int>(write_count));
}

TEST(MeterPowerCut, AlsoDuringTheFirstStartOfANewMeter) {
  for (std::uint64_t cut = 0;; ++cut) {
    Configuration configuration = test_configuration();
    sim::SimFlash flash{Bench::small_flash, cut + 1};
    TestRelay relay;
    flash.cut_after(cut);
    {
      SinglePhaseMeter meter{configuration, direct_measuring(), flash, relay};
      meter.start(quantity::Instant::of(0));
    }
    const bool was_cut = !flash.has_power();
    flash.restore_power();
    SinglePhaseMeter meter{configuration, direct_measuring(), flash, relay};
    meter.start(quantity::Instant::of(1000));
    EXPECT_EQ(meter.snapshot(quantity::Instant::of(1000)).credited, units(5)) << "cut at write " << cut;
    EXPECT_EQ(meter.snapshot(quantity::Instant::of(1000)).alarms, 0) << "cut at write " << cut;
    if (!was_cut) break;
  }
}

}  // namespace
}  // namespace lk::meter
