// SPDX-License-Identifier: Apache-2.0
// A slice of the campaign for every day; `./lk simulate` runs the long ones.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/campaign/life.hpp"

namespace lk::sim {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Money;

std::uint64_t seed_for(std::uint64_t part) {
  const char* given = std::getenv("LK_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : seed_of(7, part);
}

TEST(Campaign, LivesHoldEveryRule) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    Life life({.seed = seed_for(i), .days = 2, .cuts = 150});
    try {
      life.run();
    } catch (const Broken& rule) {
      FAIL() << "LK_SEED=" << seed_for(i) << ", step " << life.step() << ": " << rule.what();
    }
    const LifeFigures seen = life.figures();
    EXPECT_GE(seen.cuts, 150U);
    EXPECT_GT(seen.cuts_in_write, 0U);
    EXPECT_GT(seen.tokens, 0U);
    EXPECT_GT(seen.orders, 0U);
  }
}

TEST(Campaign, OneSeedIsOneLife) {
  const LifePlan plan{.seed = 11, .days = 1, .cuts = 30};
  Life one(plan);
  Life other(plan);
  one.run();
  other.run();
  EXPECT_EQ(one.figures().programmed_bytes, other.figures().programmed_bytes);
  EXPECT_EQ(one.figures().steps, other.figures().steps);
}

// The book would notice: each kind of wrong that the campaign looks for.
struct BookTest : testing::Test {
  BookTest() : book(quantity::units(5), quantity::Price::of(10'000)) {
    book.fed(quantity::kwh(1), {}, Instant::of(1000));
    right.credited = quantity::units(5);
    right.deducted = quantity::units(1);
    right.balance = quantity::units(4);
    right.import_energy = right.priced_energy = quantity::kwh(1);
  }
  Book book;
  meter::Snapshot right;
};

TEST_F(BookTest, NoticesEachWrong) {
  EXPECT_NO_THROW(book.judge_running(right));
  const auto wrong = [&](auto&& change) {
    meter::Snapshot seen = right;
    change(seen);
    EXPECT_THROW(book.judge_running(seen), Broken);
  };
  wrong([](meter::Snapshot& s) { s.credited += Money::of(1); });
  wrong([](meter::Snapshot& s) { s.deducted += Money::of(1); });
  wrong([](meter::Snapshot& s) { s.balance += Money::of(1); });
  wrong([](meter::Snapshot& s) { s.import_energy += Energy::of(1); });
  wrong([](meter::Snapshot& s) { s.import_energy -= Energy::of(1); });
  wrong([](meter::Snapshot& s) { s.export_energy += Energy::of(1); });
  wrong([](meter::Snapshot& s) { s.priced_energy -= Energy::of(360'000); });
  wrong([](meter::Snapshot& s) { s.order_sequence = 1; });
  wrong([](meter::Snapshot& s) { s.hold_reasons = dictionary::hold_order; });
}

TEST_F(BookTest, TakesEitherOutcomeOfWhatTheCutInterrupted) {
  book.offer({.digits = {}, .token_identifier = 1, .amount = quantity::units(2)});
  meter::Snapshot with = right;
  with.credited += quantity::units(2);
  with.balance += quantity::units(2);
  Book other = book;
  EXPECT_NO_THROW(book.judge_started(with, quantity::seconds(60), Instant::of(2000)));
  EXPECT_EQ(book.sold().size(), 1U);
  EXPECT_NO_THROW(other.judge_started(right, quantity::seconds(60), Instant::of(2000)));
  EXPECT_TRUE(other.sold().empty());
  with.credited += Money::of(1);
  EXPECT_THROW(other.judge_started(with, quantity::seconds(60), Instant::of(2000)), Broken);
}

TEST_F(BookTest, DurableEnergyMustStand) {
  meter::Snapshot less = right;
  less.import_energy = less.priced_energy = {};
  less.deducted = {};
  less.balance = less.credited;
  Book unstored = book;
  EXPECT_NO_THROW(unstored.judge_started(less, quantity::seconds(60), Instant::of(2000)));
  Book late = book;
  late.fed({}, {}, Instant::of(70'000));
  EXPECT_THROW(late.judge_started(less, quantity::seconds(60), Instant::of(70'000)), Broken);
  book.offer({.digits = {}, .token_identifier = 1, .amount = Money::of(0)});
  book.accepted();
  EXPECT_THROW(book.judge_started(less, quantity::seconds(60), Instant::of(2000)), Broken);
}

}  // namespace
}  // namespace lk::sim
