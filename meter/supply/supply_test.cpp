// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/supply.hpp"

#include <gtest/gtest.h>

namespace lk::supply {
namespace {

using port::Contact;
using quantity::Duration;
using quantity::Instant;
using quantity::milliseconds;

// A relay whose contact can be stuck.
struct Bench {
  Switch supply;
  Contact contact = Contact::closed;
  Contact wanted = Contact::closed;
  bool stuck = false;
  int pulses = 0;
  int alarms = 0;
  Instant now = Instant::of(1'000'000);

  void run(Duration duration) {
    const Instant end = now + duration;
    for (; now < end; now = now + milliseconds(10)) {
      const Step step = supply.step(wanted, contact, now);
      if (step.has_failed) ++alarms;
      if (step.pulse == Pulse::none) continue;
      ++pulses;
      if (!stuck) contact = step.pulse == Pulse::open ? Contact::open : Contact::closed;
    }
  }
};

TEST(Supply, OnePulseAndNoMoreWhenTheContactFollows) {
  Bench bench;
  bench.run(milliseconds(3000));
  EXPECT_EQ(bench.pulses, 0) << "nothing to do";
  bench.wanted = Contact::open;
  bench.run(milliseconds(10'000));
  EXPECT_EQ(bench.pulses, 1);
  EXPECT_EQ(bench.contact, Contact::open);
  EXPECT_FALSE(bench.supply.does_not_follow());
}

TEST(Supply, RestsBetweenOperations) {
  Bench bench;
  for (int i = 0; i < 100; ++i) {
    bench.wanted = i % 2 == 0 ? Contact::open : Contact::closed;
    bench.run(milliseconds(50));
  }
  EXPECT_LE(bench.pulses, 5) << "5 s of toggling, one pulse a second at most";
  bench.run(milliseconds(2000));
  EXPECT_EQ(bench.contact, bench.wanted) << "ends where it is wanted";
}

TEST(Supply, StuckContactIsTriedThreeTimesAndThenTold) {
  Bench bench;
  bench.stuck = true;
  bench.wanted = Contact::open;
  bench.run(milliseconds(60'000));
  EXPECT_EQ(bench.pulses, 3);
  EXPECT_EQ(bench.alarms, 1);
  EXPECT_TRUE(bench.supply.does_not_follow());
}

TEST(Supply, AlarmEndsWhenTheContactFollowsAfterAll) {
  Bench bench;
  bench.stuck = true;
  bench.wanted = Contact::open;
  bench.run(milliseconds(10'000));
  bench.contact = Contact::open;
  bench.run(milliseconds(100));
  EXPECT_FALSE(bench.supply.does_not_follow());
  EXPECT_EQ(bench.pulses, 3);
}

TEST(Supply, AnotherWishIsTriedAfterAFailure) {
  Bench bench;
  bench.stuck = true;
  bench.wanted = Contact::open;
  bench.run(milliseconds(10'000));
  bench.wanted = Contact::closed;
  bench.run(milliseconds(1000));
  EXPECT_FALSE(bench.supply.does_not_follow()) << "it is closed already";
  bench.stuck = false;
  bench.wanted = Contact::open;
  bench.run(milliseconds(3000));
  EXPECT_EQ(bench.contact, Contact::open);
}

TEST(Supply, AfterPowerReturnsItGoesWhereItShould) {
  Bench bench;
  bench.wanted = Contact::open;
  bench.supply.start(bench.now);
  bench.run(milliseconds(150));
  EXPECT_EQ(bench.pulses, 0) << "the feedback settles first";
  bench.run(milliseconds(150));
  EXPECT_EQ(bench.pulses, 1);
  EXPECT_EQ(bench.contact, Contact::open);
}

TEST(Supply, ContactThatMovesByItselfIsBroughtBack) {
  Bench bench;
  bench.run(milliseconds(100));
  bench.contact = Contact::open;
  bench.run(milliseconds(2000));
  EXPECT_EQ(bench.contact, Contact::closed);
  EXPECT_EQ(bench.pulses, 1);
}

TEST(Supply, ReasonsAreKeptApart) {
  Reasons reasons;
  EXPECT_EQ(wanted_by(reasons), Contact::closed);
  reasons.set(Reason::credit, true);
  reasons.set(Reason::order, true);
  EXPECT_EQ(reasons.bits(), 3);
  reasons.set(Reason::credit, false);
  EXPECT_EQ(wanted_by(reasons), Contact::open);
  EXPECT_TRUE(reasons.has(Reason::order));
  reasons.set(Reason::order, false);
  EXPECT_EQ(wanted_by(reasons), Contact::closed);
}

}  // namespace
}  // namespace lk::supply
