// SPDX-License-Identifier: Apache-2.0
// The rules of credit, supply and tariff as a site meets them: set by sealed orders, read over Modbus, worked
// by the user's key.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "meter/core/testing/ordered.hpp"
#include "order/refund.hpp"
#include "tariff/codec.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dictionary::OrderResult;
using port::Contact;
using quantity::Instant;
using quantity::minutes;
using quantity::Money;
using quantity::Price;
using quantity::seconds;
using quantity::units;

order::SetParameters parameter(Id id, std::int64_t value, std::size_t slot = 0) {
  const dictionary::Row& row = dictionary::row(id);
  return {1, {{{static_cast<std::uint16_t>(row.address + slot * row.slot_stride), value}}}};
}

// A bench whose orders number themselves.
struct Site : Bench {
  explicit Site(const Configuration& with = test_configuration()) : Bench(with) { wait(seconds(1)); }
  OrderAnswer order(const order::Command& command) { return send(++sequence, command); }
  void set(Id id, std::int64_t value, std::size_t slot = 0) {
    ASSERT_EQ(order(parameter(id, value, slot)).result, OrderResult::done) << dictionary::row(id).name;
  }
  void use_up() {
    while (look().balance > Money{}) draw(30'000);
    wait(seconds(1));
  }
  std::uint32_t sequence = 0;
};

TEST(MeterRules, AParameterIsSetByOrderReadBackAndKept) {
  Site site;
  site.set(Id::overdraft_credit, 12'345);
  site.set(Id::limit_power, 800, 7);
  EXPECT_EQ(site.read(Id::overdraft_credit), 12'345);
  EXPECT_EQ(site.read(Id::limit_power, 7), 800);
  const auto event = site.event(site.look().event_count);
  EXPECT_EQ(event.code, EventCode::parameter_set);
  EXPECT_EQ(event.value, 800);
  site.power_cycle();
  EXPECT_EQ(site.read(Id::overdraft_credit), 12'345);
  EXPECT_EQ(site.read(Id::limit_power, 7), 800);
}

TEST(MeterRules, ARefusedParameterIsNamedAndNothingIsSet) {
  Site site;
  struct Row {
    const char* name;
    order::SetParameters set;
    std::uint16_t address;
  };
  const Row rows[] = {
      {"out of range", parameter(Id::billing_day, 29), dictionary::row(Id::billing_day).address},
      {"below its range", parameter(Id::overdraft_credit, -1), dictionary::row(Id::overdraft_credit).address},
      {"not a parameter", {1, {{{0x5000, 1}}}}, 0x5000},
      {"inside a parameter", {1, {{{0x6041, 1}}}}, 0x6041},
      {"no row at all", {1, {{{0x9000, 1}}}}, 0x9000},
      {"a window over midnight", parameter(Id::friendly_window, schedule::Window::of(1, 1320, 360).bits()),
       dictionary::row(Id::friendly_window).address},
      {"the second of two", {2, {{{0x6040, 5}, {0x6240, 0}}}}, 0x6240},
      {"limits that cross", parameter(Id::voltage_low, 300'000), dictionary::row(Id::voltage_low).address},
  };
  for (const Row& row : rows) {
    const Settings before = site.meter->settings();
    const OrderAnswer answer = site.order(row.set);
    EXPECT_EQ(answer.result, OrderResult::refused) << row.name;
    EXPECT_EQ(site.read(Id::order_value), row.address) << row.name;
    EXPECT_EQ(site.meter->settings(), before) << row.name;
    --site.sequence;  // a refusal uses no sequence up
  }
}

TEST(MeterRules, AForgedOrderDoesNotHideTheAnswerOfTheRealOne) {
  Site site;
  EXPECT_EQ(site.order(order::SetPrice{Price::of(20'000), 2}).result, OrderResult::done);
  auto forged = site.sealed(1, order::Open{});
  forged.bytes[forged.size_bytes - 1U] ^= std::byte{1};
  EXPECT_EQ(site.send(forged).result, OrderResult::refused);
  EXPECT_EQ(site.read(Id::order_result), static_cast<int>(OrderResult::done));
  EXPECT_EQ(site.read(Id::order_answered), 1);
}

TEST(MeterRules, EmergencyCreditIsTakenByTheUser) {
  Site site;
  site.set(Id::emergency_credit, units(3).count());
  site.set(Id::emergency_offer, units(1).count());
  EXPECT_EQ(site.meter->take_emergency(site.now), KeyResult::nothing);
  site.use_up();
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_EQ(site.read(Id::emergency_state), 1);
  EXPECT_EQ(site.read(Id::display_code), 7);
  EXPECT_EQ(site.meter->take_emergency(site.now), KeyResult::emergency);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
  EXPECT_EQ(site.read(Id::credit_floor), -units(3).count());
  site.power_cycle();
  site.wait(seconds(2));
  EXPECT_EQ(site.read(Id::emergency_state), 2);
  EXPECT_EQ(site.relay.contact(), Contact::closed);
}

TEST(MeterRules, TheReminderOpensForTwoMinutesOrUntilTheKey) {
  Site site;
  site.set(Id::reminder_credit, units(2).count());
  while (site.look().balance > units(2)) site.draw(3'000);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_EQ(site.look().hold_reasons, dictionary::hold_reminder);
  EXPECT_NE(site.look().alarms & dictionary::alarm_reminder, 0);
  site.wait(seconds(100));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  site.wait(seconds(20));
  EXPECT_EQ(site.relay.contact(), Contact::closed);

  (void)site.buy(1, units(5));
  while (site.look().balance > units(2)) site.draw(3'000);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_EQ(site.meter->press_key(site.now), KeyResult::reminder_ended);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
}

TEST(MeterRules, ATokenAboveTheCeilingIsRefusedAndStaysUsable) {
  Site site;
  site.set(Id::credit_ceiling, units(10).count());
  const auto token = site.token(7, units(6));
  EXPECT_EQ(site.enter(token).result, sts::TokenResult::overflow);
  EXPECT_EQ(site.enter(token).result, sts::TokenResult::overflow);
  site.draw(300'000);
  EXPECT_EQ(site.enter(token).result, sts::TokenResult::accept);
}

TEST(MeterRules, ARefundHasAProofThatThePlatformCanCheck) {
  Site site;
  (void)site.buy(1, units(20));
  const Money balance = site.look().balance;
  const OrderAnswer answer = site.order(order::Refund{units(1000)});
  EXPECT_EQ(answer.value, balance.count());
  site.wait(seconds(1));
  EXPECT_EQ(site.relay.contact(), Contact::open) << "nothing is left";
  EXPECT_EQ(site.read(Id::refund_amount), balance.count());
  EXPECT_EQ(site.read(Id::refund_sequence), answer.sequence);
  const auto proof =
      order::refund_proof(site.configuration.order_key, 7'000'000'019, answer.sequence, balance);
  std::string expected;
  for (const std::byte b : proof) {
    constexpr std::string_view digits = "0123456789abcdef";
    expected += digits[std::to_integer<unsigned>(b) >> 4U];
    expected += digits[std::to_integer<unsigned>(b) & 0xFU];
  }
  EXPECT_EQ(site.read_text(Id::refund_proof), expected);
}

TEST(MeterRules, PresetCreditIsTakenBackAndAModeIsSettled) {
  Site site;
  EXPECT_EQ(site.order(order::OpenAccount{}).value, units(5).count());
  EXPECT_EQ(site.read(Id::preset_outstanding), 0);
  EXPECT_EQ(site.order(order::SetMode{1, 0, 0, {}}).result, OrderResult::refused)
      << "carried into another unit";
  --site.sequence;
  EXPECT_EQ(site.order(order::SetMode{1, 0, 1, units(7)}).result, OrderResult::done);
  EXPECT_EQ(site.read(Id::account_unit), 1);
  EXPECT_EQ(site.look().balance, units(7));
  EXPECT_EQ(site.order(order::SetMode{1, 1, 0, {}}).result, OrderResult::done);
  while (site.look().balance > -units(3)) site.draw(100'000);
  site.wait(seconds(1));
  EXPECT_EQ(site.relay.contact(), Contact::closed) << "postpaid";
}

TEST(MeterRules, PermitWaitsForTheHandAndKeepPowerForNothing) {
  Site site;
  (void)site.order(order::Open{});
  site.wait(seconds(2));
  (void)site.order(order::Permit{});
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_EQ(site.look().hold_reasons, 0);
  EXPECT_EQ(site.read(Id::display_code), supply::ready_display_code);
  EXPECT_EQ(site.meter->press_key(site.now), KeyResult::closed);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);

  (void)site.order(order::KeepPower{true});
  (void)site.order(order::Open{});
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
  (void)site.order(order::KeepPower{false});
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  (void)site.order(order::Alarm{true});
  EXPECT_NE(site.look().alarms & dictionary::alarm_operator, 0);
}

TEST(MeterRules, ThePowerLimitTripsClosesAgainAndLocks) {
  Site site;
  (void)site.buy(1, units(100'000));
  site.set(Id::limit_always, 1000);
  site.set(Id::limit_delay, 1);
  site.set(Id::limit_pause, 5);
  site.set(Id::limit_tries, 1);
  for (int i = 0; i < 8; ++i) site.draw(10);  // 2.3 kW for 1.6 s
  site.wait(seconds(1));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_EQ(site.look().hold_reasons, dictionary::hold_power_limit);
  site.wait(seconds(6));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
  for (int i = 0; i < 8; ++i) site.draw(10);
  site.wait(seconds(10));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_NE(site.look().alarms & dictionary::alarm_limit_locked, 0);
  site.power_cycle();
  site.wait(seconds(10));
  EXPECT_EQ(site.relay.contact(), Contact::open) << "pulling the fuse gives nothing back";
  (void)site.order(order::ReleaseLimit{});
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
}

TEST(MeterRules, AScheduleIsInLocalTime) {
  Site site;
  // The bench begins on a Monday, 2026-09-21, at 14:13:20 UTC.
  site.set(Id::switch_window, schedule::Window::of(0x01, 15 * 60 + 14, 15 * 60 + 16).bits());
  site.wait(seconds(70));
  EXPECT_EQ(site.relay.contact(), Contact::closed) << "in UTC it is an hour too early";
  site.set(Id::zone_offset, 60);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_EQ(site.look().hold_reasons, dictionary::hold_schedule);
  site.wait(minutes(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
}

TEST(MeterRules, AWrongClockIsKnownAndEndsWhenItIsSet) {
  Site site;
  site.wait(minutes(2));
  site.buy(1, units(1));
  const Instant good = site.now;
  site.now = Instant::of(0);  // the battery was empty
  site.power_cycle();
  EXPECT_EQ(site.read(Id::clock_state), 1);
  EXPECT_NE(site.look().alarms & dictionary::alarm_clock, 0);
  const Money before = site.look().deducted;
  site.draw(100'000);
  EXPECT_GT(site.look().deducted, before) << "the default rate";
  EXPECT_EQ(site.order(order::SetClock{good + minutes(5)}).result, OrderResult::done);
  EXPECT_EQ(site.read(Id::clock_state), 0);
  site.power_cycle();
  EXPECT_EQ(site.read(Id::clock_state), 0);
}

TEST(MeterRules, ATariffSetArrivesInChunksAndTakesOverAtItsTime) {
  Site site;
  tariff::TariffSet set = tariff::flat_set(Price::of(30'000), 5);
  set.rate_count = 2;
  set.prices[0][1] = Price::of(60'000);
  set.day_tables[0] = {2, {{{0, 0}, {14 * 60 + 20, 1}}}};
  std::array<std::byte, tariff::set_max_bytes> room{};
  const auto bytes = tariff::encode(set, room);
  for (std::size_t i = 0; i * tariff::chunk_bytes < bytes.size(); ++i) {
    const auto part = tariff::chunk_of(bytes, i);
    order::TariffChunk chunk{5, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(part.size()), {}};
    std::ranges::copy(part, chunk.bytes.begin());
    ASSERT_EQ(site.order(chunk).result, OrderResult::done);
    if (i == 0) site.power_cycle();
  }
  crypto::Sha256 hash;
  hash.update(bytes);
  const auto activation = Instant::of((site.now.unix_ms() / 60'000 + 2) * 60'000);
  order::TariffActivate activate{5, static_cast<std::uint16_t>(bytes.size()), activation, {}};
  std::ranges::copy(hash.finish(), activate.sha256.begin());
  order::TariffActivate wrong = activate;
  wrong.sha256[0] ^= std::byte{1};
  EXPECT_EQ(site.order(wrong).result, OrderResult::refused);
  --site.sequence;
  ASSERT_EQ(site.order(activate).result, OrderResult::done);
  site.power_cycle();
  EXPECT_EQ(site.look().price, Price::of(12'000)) << "not yet";
  site.wait(minutes(3));
  EXPECT_EQ(site.look().price, Price::of(30'000));
  EXPECT_EQ(site.look().tariff_version, 5U);
  site.power_cycle();
  EXPECT_EQ(site.look().price, Price::of(30'000)) << "read back from its own place";
  site.wait(minutes(6));
  EXPECT_EQ(site.look().price, Price::of(60'000)) << "the second rate";
  const std::int64_t before = site.read(Id::rate_energy, 1);
  site.draw(10'000);
  EXPECT_GT(site.read(Id::rate_energy, 1), before);
}

// A flat price may come with the number that the set in force has: found by the campaign, where the rate that
// the old set's calendar had said went on, and priced at nothing.
TEST(MeterRules, AFlatPriceWithTheNumberOfTheSetInForcePricesAtOnce) {
  Ordered bench;
  tariff::TariffSet set = tariff::flat_set(Price::of(30'000), 5);
  set.rate_count = 2;
  set.default_rate = 1;
  set.prices[0][1] = Price::of(60'000);
  set.day_tables[0] = {1, {{{0, 1}}}};
  bench.price_by(set);
  bench.draw(1'000);
  ASSERT_EQ(bench.look().price, Price::of(60'000));
  ASSERT_EQ(bench.order(order::SetPrice{Price::of(10'000), 5}).result, OrderResult::done);
  const Snapshot before = bench.look();
  bench.draw(10'000);
  const Snapshot after = bench.look();
  const std::int64_t counts = (after.priced_energy - before.priced_energy).count() / 36'000;
  EXPECT_NEAR(static_cast<int>((after.deducted - before.deducted).count()), static_cast<int>(counts), 1);
}

TEST(MeterRules, ASizeThatFitsASmallController) {
  EXPECT_LE(sizeof(SinglePhaseMeter), std::size_t{26} * 1024);
  EXPECT_LE(sizeof(ThreePhaseMeter), std::size_t{40} * 1024);
}

}  // namespace
}  // namespace lk::meter
