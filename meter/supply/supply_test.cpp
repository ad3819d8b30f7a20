// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/supply.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace lk::supply {
namespace {

using port::Contact;
using quantity::Duration;
using quantity::Instant;
using quantity::milliseconds;
using quantity::seconds;

// A relay whose contact can be stuck.
struct Bench {
  Switch supply;
  Contact contact = Contact::closed;
  Contact wanted = Contact::closed;
  bool stuck = false;
  Conditions conditions;
  int pulses = 0;
  int alarms = 0;
  Instant now = Instant::of(1'000'000);
  Duration tick = milliseconds(10);

  void run(Duration duration) {
    const Instant end = now + duration;
    for (; now < end; now = now + tick) {
      const Step step = supply.step(wanted, contact, now, conditions);
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

TEST(Supply, AFailedRelayIsTriedAgainAfterRestsThatGrow) {
  Bench bench;
  bench.tick = milliseconds(100);
  bench.stuck = true;
  bench.wanted = Contact::open;
  bench.run(seconds(30));
  std::vector<std::int64_t> rests_s;
  for (Instant last = bench.now; rests_s.size() < 12;) {
    const int before = bench.pulses;
    while (bench.pulses == before) bench.run(milliseconds(500));
    rests_s.push_back((bench.now - last).count() / 1000);
    last = bench.now;
  }
  const std::vector<std::int64_t> expected{60,   120,  240,    480,    960,    1920,
                                           3840, 7680, 15'360, 21'600, 21'600, 21'600};
  EXPECT_LE(rests_s[0], expected[0]) << "counted from the last pulse";
  for (std::size_t i = 1; i < expected.size(); ++i) EXPECT_LE(std::abs(rests_s[i] - expected[i]), 2) << i;
  EXPECT_EQ(bench.alarms, 1) << "the fault stands all the while, and is told once";
  EXPECT_TRUE(bench.supply.does_not_follow());
  bench.stuck = false;
  bench.run(seconds(21'601));
  EXPECT_EQ(bench.contact, Contact::open);
  EXPECT_FALSE(bench.supply.does_not_follow());
  bench.wanted = Contact::closed;
  bench.run(seconds(3));
  EXPECT_EQ(bench.contact, Contact::closed) << "a relay that obeyed rests no longer than usual";
}

TEST(Supply, ARelayThatDoesNotCloseIsTriedAgainToo) {
  Bench bench;
  bench.contact = bench.wanted = Contact::open;
  bench.run(milliseconds(100));
  bench.stuck = true;
  bench.wanted = Contact::closed;
  bench.run(seconds(30));
  EXPECT_EQ(bench.supply.fault(), Fault::does_not_close);
  bench.stuck = false;
  bench.run(seconds(40));
  EXPECT_EQ(bench.contact, Contact::closed);
  EXPECT_EQ(bench.pulses, 4);
  EXPECT_FALSE(bench.supply.does_not_follow());
}

TEST(Supply, WishesThatComeAndGoDoNotHammerAWeldedContact) {
  Bench bench;
  bench.tick = milliseconds(100);
  bench.stuck = true;
  for (int minute = 0; minute < 600; ++minute) {
    bench.wanted = Contact::open;
    bench.run(seconds(30));
    EXPECT_EQ(bench.supply.fault(), Fault::welded) << minute;
    bench.wanted = Contact::closed;
    bench.run(seconds(30));
    EXPECT_FALSE(bench.supply.does_not_follow()) << "it is where it is wanted";
  }
  EXPECT_LE(bench.pulses, 3 + 600) << "one a minute at most";
}

TEST(Supply, LowVoltageMakesARetryWaitAndDoesNotUseItUp) {
  Bench bench;
  bench.stuck = true;
  bench.wanted = Contact::open;
  bench.run(seconds(30));
  bench.conditions.is_voltage_sound = false;
  bench.run(seconds(300));
  EXPECT_EQ(bench.pulses, 3);
  bench.stuck = false;
  bench.conditions.is_voltage_sound = true;
  bench.run(seconds(2));
  EXPECT_EQ(bench.contact, Contact::open);
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
  bench.run(milliseconds(60'000));
  EXPECT_EQ(bench.contact, Contact::open) << "no later than a minute after the last vain pulse";
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

TEST(Supply, FaultsAreToldApart) {
  Bench welded;
  welded.stuck = true;
  welded.wanted = Contact::open;
  welded.run(milliseconds(10'000));
  EXPECT_EQ(welded.supply.fault(), Fault::welded);
  Bench dead;
  dead.contact = dead.wanted = Contact::open;
  dead.run(milliseconds(100));
  dead.stuck = true;
  dead.wanted = Contact::closed;
  dead.run(milliseconds(10'000));
  EXPECT_EQ(dead.supply.fault(), Fault::does_not_close);
}

TEST(Supply, ACurrentThroughAnOpenContactIsAFault) {
  Bench bench;
  bench.wanted = Contact::open;
  bench.run(milliseconds(2000));
  bench.conditions.does_current_flow = true;
  bench.run(milliseconds(1900));
  EXPECT_EQ(bench.alarms, 0) << "a window measured across the opening";
  bench.run(milliseconds(300));
  EXPECT_EQ(bench.alarms, 1);
  EXPECT_EQ(bench.supply.fault(), Fault::current_while_open);
  EXPECT_EQ(bench.pulses, 2) << "its feedback may be dead: it is pulsed again";
  bench.run(seconds(30));
  EXPECT_EQ(bench.pulses, 4) << "three in vain, and then with the rests of any fault";
  bench.run(seconds(30));
  EXPECT_EQ(bench.pulses, 4);
  bench.run(seconds(60));
  EXPECT_EQ(bench.pulses, 5);
  bench.conditions.does_current_flow = false;
  bench.run(milliseconds(5000));
  EXPECT_TRUE(bench.supply.does_not_follow()) << "a load that ends does not unweld it";
  bench.wanted = Contact::closed;
  bench.run(milliseconds(2000));
  EXPECT_FALSE(bench.supply.does_not_follow());
  EXPECT_EQ(bench.alarms, 1);
}

TEST(Supply, LowVoltageMakesThePulseWait) {
  Bench bench;
  bench.conditions.is_voltage_sound = false;
  bench.wanted = Contact::open;
  bench.run(milliseconds(10'000));
  EXPECT_EQ(bench.pulses, 0);
  EXPECT_FALSE(bench.supply.does_not_follow()) << "waiting is no fault";
  bench.conditions.is_voltage_sound = true;
  bench.run(milliseconds(100));
  EXPECT_EQ(bench.pulses, 1);
}

TEST(Supply, ClosesOnlyAfterTheDelayButOpensAtOnce) {
  Bench bench;
  bench.contact = Contact::open;
  bench.supply.start(bench.now, seconds(7));
  bench.run(milliseconds(6900));
  EXPECT_EQ(bench.pulses, 0);
  bench.run(milliseconds(200));
  EXPECT_EQ(bench.pulses, 1);
  bench.supply.start(bench.now, seconds(7));
  bench.wanted = Contact::open;
  bench.run(milliseconds(300));
  EXPECT_EQ(bench.contact, Contact::open);
}

TEST(Supply, DelaysAreSpreadOverMetersAndStarts) {
  int buckets[10] = {};
  for (std::uint64_t meter = 0; meter < 1000; ++meter) {
    const auto delay = closing_delay(7'000'000'000 + meter, 3, seconds(10));
    ASSERT_GE(delay, quantity::Duration{});
    ASSERT_LE(delay, seconds(10));
    ++buckets[std::min<std::int64_t>(9, delay.count() / 1000)];
    EXPECT_EQ(delay, closing_delay(7'000'000'000 + meter, 3, seconds(10)));
  }
  for (const int count : buckets) EXPECT_NEAR(count, 100, 45);
  EXPECT_NE(closing_delay(1, 1, seconds(10)), closing_delay(1, 2, seconds(10)));
  EXPECT_EQ(closing_delay(1, 1, {}), quantity::Duration{});
}

TEST(Supply, KeepPowerOverridesAllThatDoesNotEndangerTheWires) {
  Reasons reasons;
  for (const Reason reason : {Reason::credit, Reason::order, Reason::schedule, Reason::power_limit})
    reasons.set(reason, true);
  const Hold kept{.keeps_power = true};
  EXPECT_EQ(wanted_by(reasons), Contact::open);
  EXPECT_EQ(wanted_by(reasons, kept), Contact::closed);
  reasons.set(Reason::overload, true);
  EXPECT_EQ(wanted_by(reasons, kept), Contact::open);
}

TEST(Supply, ReadyToCloseByHandAfterTheReasonsThatAskForIt) {
  Reasons before;
  before.set(Reason::power_limit, true);
  before.set(Reason::credit, true);
  Reasons by_hand;
  by_hand.set(Reason::power_limit, true);
  Reasons between = before;
  between.set(Reason::power_limit, false);
  EXPECT_FALSE(after_change({}, before, between, by_hand).waits_for_hand) << "credit still holds";
  EXPECT_FALSE(after_change({}, between, {}, by_hand).waits_for_hand) << "credit ends by itself";
  Reasons alone;
  alone.set(Reason::power_limit, true);
  const Hold ready = after_change({}, alone, {}, by_hand);
  EXPECT_TRUE(ready.waits_for_hand);
  EXPECT_EQ(wanted_by({}, ready), Contact::open);
  EXPECT_EQ(display_code({}, ready), ready_display_code);
}

TEST(Supply, TheDisplayShowsTheReasonOfTheHighestPriority) {
  Reasons reasons;
  EXPECT_EQ(display_code(reasons, {}), std::nullopt);
  reasons.set(Reason::credit, true);
  EXPECT_EQ(display_code(reasons, {}), 7);
  reasons.set(Reason::order, true);
  EXPECT_EQ(display_code(reasons, {}), 2);
  reasons.set(Reason::overload, true);
  EXPECT_EQ(display_code(reasons, {}), 1);
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
