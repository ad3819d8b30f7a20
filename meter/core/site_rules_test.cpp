// SPDX-License-Identifier: Apache-2.0
// What a site can set of supply, panel, clock and records, from the order to what it does: each where a
// person, a master or an appliance would notice it.
#include <gtest/gtest.h>

#include <string>

#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using dictionary::OrderResult;
using port::Contact;
using quantity::Instant;
using quantity::minutes;
using quantity::Money;
using quantity::Price;
using quantity::seconds;
using quantity::units;

// The bench begins on a Monday, 2026-09-21, at 14:13:20 UTC.
struct Site : Ordered {
  explicit Site(const Configuration& with = test_configuration(), bool has_records = false)
      : Ordered(with, has_records) {}
  void set_to(Id id, std::int64_t value, std::uint16_t slot = 0) {
    ASSERT_EQ(set(dictionary::row(id).address_of(slot), value).result, OrderResult::done)
        << dictionary::row(id).name;
  }
  void draw_volts(std::int32_t volts) {
    for (int i = 0; i < 20; ++i, now = now + quantity::milliseconds(10)) {
      const std::int32_t sign = i % 2 == 0 ? 1 : -1;
      meter->feed(half_cycle(sign * volts * 1000, 0, 0), now);
    }
    meter->poll(now);
  }
  std::string shown() {
    const panel::Frame frame = meter->panel_frame(now);
    return {frame.characters.begin(), frame.characters.end()};
  }
  // Whether the panel shows this within half a minute.
  bool does_show(std::string_view text) {
    for (int i = 0; i < 300; ++i) {
      if (shown() == text) return true;
      wait(quantity::milliseconds(100));
    }
    return false;
  }
  std::string page(std::string_view code) {
    for (const char c : code) meter->press(static_cast<panel::Key>(c - '0'), now);
    meter->press(panel::Key::enter, now);
    return shown();
  }
};

TEST(SiteRules, TheRelayIsNotPulsedBelow70PercentOfNominalVoltage) {
  Site site;
  site.draw_volts(160);
  ASSERT_EQ(site.order(order::Open{}).result, OrderResult::done);
  for (int i = 0; i < 20; ++i) site.draw_volts(160);
  EXPECT_EQ(site.relay.pulse_count, 0) << "160 V of 230";
  site.draw_volts(162);
  for (int i = 0; i < 6; ++i) site.draw_volts(162);
  EXPECT_EQ(site.relay.contact(), Contact::open);
}

TEST(SiteRules, AfterAPowerReturnItClosesWithinTheDelayThatIsItsOwn) {
  Site site;
  site.set_to(Id::return_delay, 60);
  site.relay.pulse_open();  // by hand, while it is off
  site.power_cycle();
  const auto delay = supply::closing_delay(7'000'000'019, site.look().start_count, seconds(60));
  ASSERT_GT(delay, seconds(1));
  site.wait(delay + quantity::milliseconds(-200));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
}

TEST(SiteRules, ThePowerLimitFollowsTheTimeOfDay) {
  Site site;
  (void)site.buy(1, units(100'000));
  site.set_to(Id::limit_always, 1000);
  site.set_to(Id::limit_delay, 1);
  site.set_to(Id::limit_window, schedule::Window::of(0x7F, 14 * 60, 14 * 60 + 15).bits());
  site.set_to(Id::limit_power, 5000);
  EXPECT_EQ(site.read(Id::limit_now), 5000);
  for (int i = 0; i < 15; ++i) site.draw(10);  // 2.3 kW
  EXPECT_EQ(site.relay.contact(), Contact::closed);
  site.wait(minutes(2));
  EXPECT_EQ(site.read(Id::limit_now), 1000);
  for (int i = 0; i < 15; ++i) site.draw(10);
  EXPECT_EQ(site.relay.contact(), Contact::open);
}

TEST(SiteRules, ReasonsThatAParameterNamesEndWithAKey) {
  Site site;
  site.set_to(Id::close_by_hand, dictionary::hold_schedule);
  site.set_to(Id::switch_window, schedule::Window::of(0x01, 14 * 60 + 13, 14 * 60 + 15).bits());
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::open);
  EXPECT_TRUE(site.does_show("OFF   6 "));
  site.wait(minutes(2));
  EXPECT_EQ(site.relay.contact(), Contact::open) << "nobody's stove comes on by itself";
  EXPECT_TRUE(site.does_show("OFF   9 "));
  EXPECT_NE(site.meter->panel_frame(site.now).symbols & panel::symbol_by_hand, 0);
  site.meter->press(panel::Key::enter, site.now);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed);
}

TEST(SiteRules, FriendlyHoursOfAHolidayLetRunAndTheEnergyIsOwed) {
  Site site;
  tariff::TariffSet set = tariff::flat_set(Price::of(12'000), 5);
  set.special_days[0] = {2026, 9, 21, 0};
  set.special_day_count = 1;
  site.price_by(set);
  site.set_to(Id::friendly_window, schedule::Window::of(0x80, 0, 14 * 60 + 30).bits());
  while (site.look().balance > Money{}) site.draw(30'000);
  site.wait(seconds(2));
  EXPECT_EQ(site.relay.contact(), Contact::closed) << "a holiday";
  site.draw(30'000);
  EXPECT_LT(site.look().balance, Money{});
  site.wait(minutes(20));
  EXPECT_EQ(site.relay.contact(), Contact::open) << "the friendly hours are over";
  EXPECT_EQ(site.look().hold_reasons, dictionary::hold_credit);
}

TEST(SiteRules, ThePanelShowsThePagesThatAnOrderLists) {
  Site site;
  for (std::uint16_t slot = 0; slot < 16; ++slot) site.set_to(Id::panel_page, slot == 0 ? 13 : 0, slot);
  site.set_to(Id::panel_page_time, 20);
  for (int i = 0; i < 5; ++i, site.wait(seconds(20))) {
    EXPECT_EQ(site.meter->panel_frame(site.now).code, 13);
    EXPECT_EQ(site.shown(), "   12000");
  }
  const auto refused = site.set(dictionary::row(Id::panel_page).address, 12);
  EXPECT_EQ(refused.result, OrderResult::refused) << "no page has this code";
  EXPECT_EQ(site.read(Id::order_value), dictionary::row(Id::panel_page).address);
  site.power_cycle();
  EXPECT_EQ(site.meter->panel_frame(site.now).code, 13);
}

TEST(SiteRules, EachShortCodeShowsItsPage) {
  Site site;
  for (const panel::Page& each : panel::pages()) {
    if (each.least_phases > 1) continue;  // of a meter with three
    const std::string code{static_cast<char>('0' + each.code / 10), static_cast<char>('0' + each.code % 10)};
    const std::string text = site.page(code);
    EXPECT_EQ(site.meter->panel_frame(site.now).code, each.code);
    EXPECT_NE(text, std::string(panel::character_count, '-')) << code << " is too long to be shown";
  }
}

TEST(SiteRules, ThePanelTellsTimeInTheZoneOfTheTariffSet) {
  Site site;
  tariff::TariffSet set = tariff::flat_set(Price::of(12'000), 5);
  set.zone.offset_minutes = 60;
  site.price_by(set);
  EXPECT_EQ(site.page("1"), "21-09-26");
  EXPECT_EQ(site.page("2").substr(0, 5), "15-14");
}

TEST(SiteRules, AnOperatorsAlarmIsSeenAndHeardUntilItEnds) {
  Site site;
  const auto lamps = [&site] {
    unsigned lit = 0;
    for (int i = 0; i < 650; ++i, site.wait(quantity::milliseconds(100)))
      lit |= site.meter->panel_frame(site.now).lamps;
    return lit & (panel::lamp_alarm | panel::lamp_buzzer);
  };
  EXPECT_EQ(lamps(), 0U);
  ASSERT_EQ(site.order(order::Alarm{true}).result, OrderResult::done);
  EXPECT_EQ(lamps(), panel::lamp_alarm | panel::lamp_buzzer);
  ASSERT_EQ(site.order(order::Alarm{false}).result, OrderResult::done);
  EXPECT_EQ(lamps(), 0U);
}

TEST(SiteRules, TheRateInForceIsTheDefaultWhileTheClockIsWrong) {
  Site site;
  tariff::TariffSet set = tariff::flat_set(Price::of(30'000), 5);
  set.rate_count = 2;
  set.default_rate = 1;
  set.prices[0][1] = Price::of(60'000);
  site.price_by(set);
  EXPECT_EQ(site.read(Id::rate_in_force), 1);
  EXPECT_EQ(site.look().price, Price::of(30'000));
  const Instant good = site.now;
  site.now = Instant::of(0);  // the battery was empty
  site.power_cycle();
  EXPECT_EQ(site.read(Id::rate_in_force), 2);
  EXPECT_EQ(site.look().price, Price::of(60'000));
  EXPECT_TRUE(site.does_show("FAUL-22 "));
  const Snapshot before = site.look();
  site.draw(10'000);
  const Snapshot after = site.look();
  const auto counts = (after.priced_energy - before.priced_energy).count() / 6'000;  // 6 units for 1 kWh
  EXPECT_NEAR(static_cast<int>((after.deducted - before.deducted).count()), static_cast<int>(counts), 1);
  ASSERT_EQ(site.order(order::SetClock{good + minutes(5)}).result, OrderResult::done);
  EXPECT_EQ(site.read(Id::rate_in_force), 1);
}

TEST(SiteRules, TheDriftOfTheCrystalIsCorrected) {
  Site site;
  ASSERT_EQ(site.order(order::SetClock{site.now}).result, OrderResult::done);
  site.set_to(Id::clock_drift, 20'000);  // 20 ppm too slow
  const Instant before = site.look().clock;
  site.now = site.now + minutes(60 * 24 * 10);
  const auto passed = site.look().clock - before;
  EXPECT_EQ(passed, minutes(60 * 24 * 10) + quantity::milliseconds(17'280));
  site.power_cycle();
  EXPECT_EQ(site.look().clock - before - passed, seconds(3)) << "goes on over a power cut";
}

TEST(SiteRules, ABillingPeriodEndsOnItsDayAndHourWithItsDemandAndVoltage) {
  Site site(test_configuration(), true);
  site.set_to(Id::billing_day, 22);
  site.set_to(Id::billing_hour, 6);
  site.set_to(Id::demand_minutes, 5);
  site.set_to(Id::zone_offset, 60);
  const auto monthly = [&site] { return site.meter->archive().ring(records::Log::monthly).next(); };
  const auto before = monthly();
  for (int s = 0; s < 700; ++s) {  // one window of 0.2 s in each second
    site.draw(100);
    site.now = site.now + quantity::milliseconds(800);
    site.meter->poll(site.now);
  }
  const std::int64_t demand = site.read(Id::max_demand);
  EXPECT_GT(demand, 0);
  EXPECT_GT(site.read(Id::voltage_inside), 300);
  // Another day of billing moves the end of the running period: from the first of October to the 22nd.
  const Instant end = Instant::of(1'792'645'200'000);  // 2026-10-22, 05:00 UTC, 06:00 local
  site.now = end + minutes(-1);
  site.meter->poll(site.now);
  EXPECT_EQ(monthly(), before) << "a minute before";
  site.now = end + seconds(1);
  site.meter->poll(site.now);
  ASSERT_EQ(monthly(), before + 1);
  records::StoredFreeze bytes{};
  ASSERT_TRUE(site.meter->archive().ring(records::Log::monthly).read(before, bytes));
  const records::Freeze freeze = records::decode_freeze(bytes);
  EXPECT_EQ(freeze.quality.demand_dw, demand);
  EXPECT_GT(freeze.quality.inside_s, 300U);
  EXPECT_EQ(site.read(Id::max_demand), 0) << "the next period begins";
}

}  // namespace
}  // namespace lk::meter
