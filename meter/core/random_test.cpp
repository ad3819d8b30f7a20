// SPDX-License-Identifier: Apache-2.0
// A meter's life at random, with power cuts at random writes. The seed is printed with each failure; LK_SEED
// runs it again on a PC.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "meter/core/testing/bench.hpp"
#include "meter/core/testing/witness.hpp"

namespace lk::meter {
namespace {

using quantity::Money;
using quantity::Price;

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : where_("seed " + std::to_string(seed)),
        random_(seed),
        bench_(test_configuration(), seed),
        witness_(bench_.configuration) {}

  void run(int step_count) {
    for (int i = 0; i < step_count && !::testing::Test::HasFailure(); ++i) {
      if (below(12) == 0) bench_.flash.cut_after(below(120));
      step();
      const bool is_cut = !bench_.flash.has_power();
      if (is_cut || below(25) == 0) restart(is_cut);
      const Snapshot seen = bench_.look();
      ASSERT_EQ(seen.balance, seen.credited - seen.deducted) << where_;
    }
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  void step() {
    switch (below(8)) {
      case 0:
        return buy(next_tid_ += 1 + static_cast<std::uint32_t>(below(3)));
      case 1:
        return buy(1 + static_cast<std::uint32_t>(below(next_tid_)));
      case 2:
        return order(witness_.sequence() + 1 + static_cast<std::uint32_t>(below(2)));
      case 3: {
        EXPECT_NE(bench_
                      .send(bench_.sealed(static_cast<std::uint32_t>(below(1 + witness_.sequence())),
                                          order::Open{}))
                      .result,
                  dictionary::OrderResult::done)
            << where_;
        return;
      }
      case 4:
        return bench_.wait(quantity::seconds(static_cast<std::int64_t>(below(90))));
      default:
        return bench_.draw(static_cast<std::int32_t>(below(100'000)));
    }
  }

  void buy(std::uint32_t tid) {
    if (bench_.look().token_count == sts::TidStore::capacity - 1)
      return;  // so that every identifier stays known
    const bool was_sold = witness_.sold(tid);
    const Money asked = Money::of(static_cast<std::int64_t>(1 + below(2'000'000)));
    const Money exact = *sts::to_money(sts::decode_currency(*sts::encode_currency(asked)));
    if (!was_sold) witness_.offers(tid, exact);
    const TokenAnswer answer = bench_.buy(tid, asked);
    if (answer.result == sts::TokenResult::accept) {
      EXPECT_FALSE(was_sold) << where_ << ": token " << tid << " was accepted twice";
      witness_.saw_accepted();
      witness_.saw_stored(bench_.look().priced_energy);
    } else if (bench_.flash.has_power()) {
      EXPECT_EQ(answer.result, sts::TokenResult::used) << where_;
      EXPECT_TRUE(was_sold) << where_;
    }
  }

  void order(std::uint32_t sequence) {
    const order::Command commands[] = {
        order::Open{}, order::Close{}, order::Close{},
        order::SetPrice{Price::of(static_cast<std::int64_t>(below(30'000))), sequence},
        order::SetLowCredit{Money::of(static_cast<std::int64_t>(below(500'000)))}};
    const order::Command command = commands[below(5)];
    witness_.offers(sequence, command);
    const auto sealed = bench_.sealed(sequence, command);
    const OrderAnswer answer = bench_.send(sealed);
    if (answer.result != dictionary::OrderResult::done) {
      EXPECT_FALSE(bench_.flash.has_power()) << where_;
      return;
    }
    witness_.saw_done(answer.value);
    witness_.saw_stored(bench_.look().priced_energy);
    const OrderAnswer again = bench_.send(sealed);
    EXPECT_EQ(again.result, dictionary::OrderResult::already_done) << where_;
    EXPECT_EQ(again.value, answer.value) << where_;
  }

  void restart(bool is_cut) {
    if (!is_cut) bench_.meter->power_failing(bench_.now);
    bench_.power_cycle();
    witness_.judge(bench_.meter->state(), where_);
    Witness::judge_events(bench_, where_);
    bench_.wait(quantity::seconds(3));
    EXPECT_EQ(bench_.relay.contact(), supply::wanted_by(bench_.meter->state().reasons)) << where_;
  }

  std::string where_;
  std::mt19937_64 random_;
  Bench bench_;
  Witness witness_;
  std::uint32_t next_tid_ = 1000;
};

TEST(MeterRandom, NothingIsLostOrCountedTwice) {
  const char* given = std::getenv("LK_SEED");
  if (given != nullptr) {
    Life{std::strtoull(given, nullptr, 10)}.run(400);
    return;
  }
  for (std::uint64_t seed = 1; seed <= 20 && !HasFailure(); ++seed) Life{seed}.run(400);
}

}  // namespace
}  // namespace lk::meter
