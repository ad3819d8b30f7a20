// SPDX-License-Identifier: Apache-2.0
#include "meter/links/dlt645_events.hpp"

#include <gtest/gtest.h>

#include "meter/links/testing/dlt645_bench.hpp"
#include "order/command.hpp"

namespace lk::links {
namespace {

using dictionary::EventCode;
using Id = dictionary::Id;

constexpr std::uint16_t over_voltage = 3;
constexpr std::uint16_t under_voltage = 4;
constexpr std::uint16_t over_current = 5;
constexpr std::uint16_t current_unbalance = 9;
constexpr std::uint16_t magnetic_field = 14;
constexpr std::uint16_t meter_cover = 15;

std::string filled(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += " FF";
  return text;
}

class Dlt645EventsTest : public Dlt645Bench {
 protected:
  void add_spell(std::uint16_t condition, std::int64_t first, std::int64_t extreme, std::uint32_t from_s,
                 std::uint32_t to_s) {
    meter_.add_event(EventCode::condition_began, condition, first, from_s);
    meter_.add_event(EventCode::condition_ended, condition, extreme, to_s);
  }
};

TEST_F(Dlt645EventsTest, TellsWhatTheGuardFindsInStatusWordsAndEvents) {
  meter_.numbers[{Id::guard_alarms, 0}] = 1 << under_voltage | 1 << meter_cover;
  EXPECT_EQ(ask(0x11, "07 05 00 04"), "91 07 05 00 04 00 02") << "cover open";
  const std::string all = ask(0x11, "FF 05 00 04");
  EXPECT_EQ(all.size(), 3 * (1 + 4 + 14) - 1U) << all;
  EXPECT_TRUE(all.ends_with(" 00 02")) << all;
  meter_.add_event(EventCode::condition_began, under_voltage, 0, end_of_july);
  meter_.add_event(EventCode::condition_ended, under_voltage, 0, august_10_00);
  meter_.add_event(EventCode::condition_began, meter_cover, 0, august_10_00);
  EXPECT_EQ(ask(0x11, "01 00 01 11"), "91 01 00 01 11 01 00 00") << "one under-voltage";
  EXPECT_EQ(ask(0x11, "01 01 01 11"), "91 01 01 01 11 00 00 12 31 07 26");
  EXPECT_EQ(ask(0x11, "01 25 01 11"), "91 01 25 01 11 00 00 10 01 08 26");
  EXPECT_EQ(ask(0x11, "01 01 01 12"), "D1 02") << "no over-voltage";
  EXPECT_EQ(ask(0x11, "00 0D 30 03"), "91 00 0D 30 03 01 00 00");
  EXPECT_TRUE(ask(0x11, "01 0D 30 03").starts_with("91 01 0D 30 03 00 00 10 01 08 26 FF FF"));
}

TEST_F(Dlt645EventsTest, ReadsEventsBackwards) {
  meter_.add_event(EventCode::supply_opened, 1, 0, end_of_july);
  meter_.add_event(EventCode::supply_closed, 0, 0, august_10_00);
  meter_.add_event(EventCode::supply_opened, 1, 0, august_10_00 + 61);
  meter_.add_event(EventCode::programmed, 4, (0x11223344LL << 32) | 0x0400'0101, august_10_00);
  meter_.add_event(EventCode::clock_set, 0, 60'000, august_10_00);
  EXPECT_EQ(ask(0x11, "01 00 00 1D"), "91 01 00 00 1D 02 00 00");
  EXPECT_EQ(ask(0x11, "01 01 00 1D"), "91 01 01 00 1D 01 01 10 01 08 26");
  EXPECT_EQ(ask(0x11, "02 01 00 1D"), "91 02 01 00 1D 00 00 12 31 07 26");
  EXPECT_EQ(ask(0x11, "03 01 00 1D"), "D1 02");
  EXPECT_EQ(ask(0x11, "01 00 30 03").substr(0, 62),
            "91 01 00 30 03 00 00 10 01 08 26 44 33 22 11 01 01 00 04 FF FF");
  EXPECT_EQ(ask(0x11, "01 04 30 03"), "91 01 04 30 03 FF FF FF FF 00 59 09 01 08 26 00 00 10 01 08 26");
  permit_all();
  EXPECT_EQ(ask(0x1B, "02 00 00 00 00 00 00 00 FF 01 00 1D"), "9B");
  EXPECT_EQ(ask(0x11, "01 01 00 1D"), "D1 02");
  EXPECT_EQ(ask(0x11, "01 04 30 03").substr(0, 2), "91") << "the others are still shown";
}

TEST_F(Dlt645EventsTest, RecordsOfConditionsHaveTheirBeginAndTheirEnd) {
  meter_.numbers[{Id::nominal_voltage, 0}] = 230'000;
  add_spell(under_voltage, 8'000, 7'000, end_of_july, end_of_july + 600);
  add_spell(over_voltage, 11'700, 12'000, end_of_july + 700, end_of_july + 759);
  add_spell(under_voltage, 7'500, 7'400, august_10_00, august_10_00 + 90);
  add_spell(over_current, 71'250'000, 80'000'000, end_of_july, end_of_july + 60);
  meter_.add_event(EventCode::condition_began, current_unbalance, 3'300, august_10_00);
  const std::string july = " 00 00 12 31 07 26";
  const std::string august = " 00 00 10 01 08 26";
  EXPECT_EQ(ask(0x11, "01 01 02 03"),
            "91 01 01 02 03" + august + " 30 01 10 01 08 26" + filled(32) + " 25 17" + filled(85));
  EXPECT_EQ(ask(0x11, "02 01 02 03"),
            "91 02 01 02 03" + july + " 00 10 12 31 07 26" + filled(32) + " 40 18" + filled(85));
  EXPECT_EQ(ask(0x11, "03 01 02 03"), "D1 02");
  EXPECT_EQ(ask(0x11, "01 02 02 03"), "D1 02") << "phase B";
  EXPECT_EQ(ask(0x11, "01 01 0C 03"),
            "91 01 01 0C 03" + july + " 00 01 12 31 07 26" + filled(34) + " 50 12 07" + filled(66));
  EXPECT_EQ(ask(0x11, "01 00 0A 03"), "91 01 00 0A 03" + august + filled(6) + " 00 33" + filled(64))
      << "it lasts";
  EXPECT_EQ(ask(0x11, "00 00 02 03"), "91 00 00 02 03 02 00 00 11 00 00" + filled(12)) << "690 s";
  EXPECT_EQ(ask(0x11, "00 00 0A 03"), "91 00 00 0A 03 01 00 00 00 00 00");
  EXPECT_EQ(ask(0x11, "00 00 01 03"), "91 00 00 01 03 00 00 00 00 00 00" + filled(12)) << "never";
  EXPECT_EQ(ask(0x11, "02 00 01 11"), "91 02 00 01 11 11 00 00");
  EXPECT_EQ(ask(0x11, "01 00 04 03"), "D1 02") << "no phase can be cut off alone";
}

TEST_F(Dlt645EventsTest, AConditionThatAPowerCutEndedHasNoEndAndNoMinutes) {
  meter_.add_event(EventCode::condition_began, magnetic_field, 1, end_of_july);
  add_spell(magnetic_field, 1, 1, august_10_00, august_10_00 + 120);
  meter_.add_event(EventCode::opened_while_off, meter_cover, 1, august_10_00);
  EXPECT_EQ(ask(0x11, "01 00 35 03"), "91 01 00 35 03 00 00 10 01 08 26 00 02 10 01 08 26" + filled(16));
  EXPECT_EQ(ask(0x11, "02 00 35 03"), "91 02 00 35 03 00 00 12 31 07 26" + filled(22));
  EXPECT_EQ(ask(0x11, "00 00 35 03"), "91 00 00 35 03 02 00 00");
  EXPECT_EQ(ask(0x11, "01 0D 30 03"), "91 01 0D 30 03 00 00 10 01 08 26" + filled(54));
  EXPECT_EQ(ask(0x11, "00 0D 30 03"), "91 00 0D 30 03 01 00 00") << "also while the meter was off";
}

TEST_F(Dlt645EventsTest, TellsTheVoltageOfBillingPeriods) {
  meter_.numbers[{Id::voltage_inside, 0}] = 59'940;
  meter_.numbers[{Id::voltage_under, 0}] = 60;
  meter_.numbers[{Id::voltage_over, 0}] = 0;
  meter_.numbers[{Id::voltage_lowest, 0}] = 183'449;
  meter_.numbers[{Id::voltage_highest, 0}] = 241'200;
  const std::string now =
      " 00 10 00 90 99 00 10 00 00 00 00 00 01 00 00 12 24" + filled(4) + " 34 18" + filled(4);
  EXPECT_EQ(ask(0x11, "00 00 10 03"), "91 00 00 10 03" + now);
  EXPECT_EQ(ask(0x11, "00 01 10 03"), "91 00 01 10 03" + now) << "the one phase is all";
  EXPECT_EQ(ask(0x11, "00 FF 10 03"), "91 00 FF 10 03" + now + now + filled(54));
  EXPECT_EQ(ask(0x11, "01 00 10 03"), "D1 02") << "no settlement yet";
  records::Freeze past;
  past.quality.inside_s = 120;
  const auto stored = records::encode(past);
  meter_.logs[records::Log::monthly].emplace_back(stored.begin(), stored.end());
  EXPECT_EQ(ask(0x11, "01 00 10 03"), "91 01 00 10 03 02 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00" +
                                          filled(4) + " 00 00" + filled(4));
}

TEST_F(Dlt645EventsTest, RecordsWhatPasswordsDid) {
  permit_all();
  EXPECT_EQ(ask(0x11, "00 01 30 03"), "91 00 01 30 03 00 00 00") << "registers never run back";
  EXPECT_EQ(ask(0x11, "01 02 30 03"), "D1 02");
  EXPECT_EQ(ask(0x18, "05 0C 00 04 02 00 00 00 04 56 34 12"), "98 04 56 34 12");
  EXPECT_EQ(ask(0x11, "01 00 30 03"),
            "91 01 00 30 03 00 20 11 01 08 26 00 00 00 00 05 0C 00 04" + filled(36));
  EXPECT_EQ(ask(0x1B, "02 00 00 00 44 33 22 11 FF 01 01 11"), "9B");
  EXPECT_EQ(ask(0x11, "01 03 30 03"), "91 01 03 30 03 00 20 11 01 08 26 44 33 22 11 FF 01 01 11");
  EXPECT_EQ(ask(0x1B, "02 00 00 00 44 33 22 11 FF FF FF FF"), "9B");
  EXPECT_EQ(ask(0x11, "00 03 30 03"), "91 00 03 30 03 01 00 00") << "all are hidden, but not who hid them";
  EXPECT_EQ(ask(0x11, "01 03 30 03"), "91 01 03 30 03 00 20 11 01 08 26 44 33 22 11 FF FF FF FF");
  meter_.is_storing = false;
  EXPECT_EQ(ask(0x18, "05 0C 00 04 02 00 00 00 04 00 00 00"), "D8 01");
  EXPECT_EQ(ask(0x11, "00 00 30 03"), "91 00 00 30 03 01 00 00") << "nothing was done, nothing is recorded";
}

TEST_F(Dlt645EventsTest, RecordsResetsOfTheDemandInTwoFrames) {
  meter_.add_event(EventCode::programmed, 2, (0x11223344LL << 32) | 0x19, end_of_july);
  meter_.add_event(EventCode::order_done, static_cast<std::uint16_t>(order::Verb::reset_demand), 7,
                   august_10_00);
  meter_.add_event(EventCode::order_done, static_cast<std::uint16_t>(order::Verb::open), 8, august_10_00);
  EXPECT_EQ(ask(0x11, "00 02 30 03"), "91 00 02 30 03 02 00 00");
  EXPECT_EQ(ask(0x11, "01 02 30 03"), "B1 01 02 30 03 00 00 10 01 08 26" + filled(190))
      << "202 bytes do not fit";
  EXPECT_EQ(ask(0x12, "01 02 30 03 01"), "92 01 02 30 03" + filled(6) + " 01");
  EXPECT_TRUE(ask(0x11, "02 02 30 03").starts_with("B1 02 02 30 03 00 00 12 31 07 26 44 33 22 11 FF"));
  EXPECT_EQ(ask(0x01, "11 B2"), "81 11 B2 00 10 01 08") << "and by the edition of 1997";
  EXPECT_EQ(ask(0x01, "13 B2"), "81 13 B2 02 00");
}

TEST_F(Dlt645EventsTest, RecordsCardsRefundsAndTheLoadSwitch) {
  meter_.add_event(EventCode::card_refused, 11, 0x0102'0304'0506'0708, end_of_july);
  meter_.add_event(EventCode::credit_returned, 1, 100, end_of_july);
  meter_.add_event(EventCode::credit_returned, 0, 1'234'000, august_10_00);
  meter_.add_event(EventCode::relay_does_not_follow, 1, 0, august_10_00);
  meter_.add_event(EventCode::supply_opened, 1, 0, august_10_00);
  EXPECT_EQ(ask(0x11, "01 13 30 03"),
            "91 01 13 30 03 00 00 12 31 07 26 08 07 06 05 04 03 02 01 11" + filled(21));
  EXPECT_EQ(ask(0x11, "00 00 34 03"), "91 00 00 34 03 01 00 00") << "a preset taken back is no refund";
  EXPECT_EQ(ask(0x11, "01 00 34 03"), "91 01 00 34 03 00 10 01 08 26 FF FF 34 12 00 00" + filled(8));
  EXPECT_EQ(ask(0x11, "01 00 36 03"), "91 01 00 36 03 00 00 10 01 08 26" + filled(6) + " 00" + filled(16));
  EXPECT_EQ(ask(0x11, "01 FF 00 1D"), "91 01 FF 00 1D 00 00 10 01 08 26" + filled(28));
  EXPECT_EQ(ask(0x11, "01 FF 00 1E"), "D1 02");
}

}  // namespace
}  // namespace lk::links
