// SPDX-License-Identifier: Apache-2.0
#include "meter/links/dlt645_slave.hpp"

#include <gtest/gtest.h>

#include "bytes/testing/hex.hpp"
#include "dlt645/vectors.hpp"
#include "meter/links/testing/bench_meter.hpp"

namespace lk::links {
namespace {

using bytes::hex;

using dictionary::EventCode;
using Id = dictionary::Id;

constexpr std::uint32_t end_of_july = 1'785'499'200;  // 2026-07-31 12:00:00
constexpr std::uint32_t august_10_00 = 1'785'578'400;

std::vector<std::byte> bytes_of(std::string_view name) {
  for (const dlt645::Vector& vector : dlt645::vectors) {
    if (vector.name != name) continue;
    auto bytes = hex(vector.bytes);
    bytes.erase(bytes.begin(), std::ranges::find(bytes, dlt645::frame_start));
    return bytes;
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

class Dlt645SlaveTest : public ::testing::Test {
 protected:
  Dlt645SlaveTest() {
    auto& numbers = meter_.numbers;
    numbers[{Id::import_energy, 0}] = 120'642LL * 36'000'000 + 35'999'999;
    numbers[{Id::balance, 0}] = 12'345'678;
    numbers[{Id::hold_reasons, 0}] = 1;
    numbers[{Id::active_power, 0}] = numbers[{Id::phase_active_power, 0}] = -12'345;
    numbers[{Id::phase_voltage, 0}] = 220'000;
    numbers[{Id::phase_current, 0}] = 5'123;
    numbers[{Id::max_demand, 0}] = 123'456;
    numbers[{Id::max_demand_time, 0}] = end_of_july;
    meter_.add_event(EventCode::token_accepted, 0, 5'000'999, end_of_july);
  }

  std::string send(std::vector<std::byte> bytes) {
    const auto frame = dlt645::parse(bytes);
    if (!frame) return "no frame";
    std::array<std::byte, 256> room{};
    const std::size_t size_bytes = slave_.serve(*frame, room, {meter_, meter_, meter_.access});
    return hex(std::span{room}.first(size_bytes));
  }
  // Sends function and data to this meter; the answer's control byte and data, without the 33H.
  std::string ask(std::uint8_t control, std::string_view data, const dlt645::Address* to = nullptr) {
    const dlt645::Address own = own_address(meter_);
    std::vector<std::byte> frame(dlt645::frame_max_bytes);
    frame.resize(dlt645::build(frame, to == nullptr ? own : *to, control, hex(data)));
    auto answer = hex(send(frame));
    if (answer.empty()) return "";
    const auto parsed = dlt645::parse(answer);
    if (!parsed) return "no frame";
    const std::byte controls[] = {std::byte{parsed->control}};
    return hex(controls) + (parsed->data.empty() ? "" : " " + hex(parsed->data));
  }
  void permit_all() { meter_.numbers[{Id::dlt_permissions, 0}] = 0x7F; }
  std::string last_told() const { return meter_.told.empty() ? "" : meter_.told.back(); }

  BenchMeter meter_;
  Dlt645Slave slave_;
};

struct PairRow {
  const char* request;
  const char* answer;  // a vector, or bytes; empty: silence
};

TEST_F(Dlt645SlaveTest, AnswersReadsAsTheVectorsSay) {
  const PairRow rows[] = {{"C01", "C02"}, {"C03", "C04"}, {"C32", "C33"}, {"C35", "C36"}, {"C50", "C51"},
                          {"C59", "C60"}, {"C42", "C43"}, {"P12", ""},    {"P06", ""},    {"C13", ""}};
  for (const PairRow& row : rows) {
    const std::string expected = *row.answer == 0 ? "" : hex(bytes_of(row.answer));
    EXPECT_EQ(send(bytes_of(row.request)), expected) << row.request;
  }
  EXPECT_EQ(ask(0x11, "00 00 03 02"), "91 00 00 03 02 45 23 81") << "C34";
  EXPECT_EQ(ask(0x11, "E1 01 00 04"), "D1 02") << "C05";
  EXPECT_EQ(ask(0x01, "FF FF"), "C1 02") << "C52";
  // P08 and P09 to a meter whose address they do not know; C40 to a shortened one, C41 behind a wake-up.
  EXPECT_EQ(send(bytes_of("P08")), "68 02 00 11 11 24 20 68 93 06 35 33 44 44 57 53 6B 16");
  for (const char* const name : {"P09", "C40", "C41"})
    EXPECT_EQ(send(bytes_of(name)), "68 02 00 11 11 24 20 68 91 08 33 33 34 33 75 39 45 33 C4 16") << name;
}

TEST_F(Dlt645SlaveTest, ShowsThreePhasesWhereThereAreThree) {
  EXPECT_EQ(ask(0x11, "00 02 01 02"), "D1 02") << "one phase";
  EXPECT_EQ(ask(0x11, "00 FF 01 02"), "91 00 FF 01 02 00 22 FF FF FF FF") << "one phase, a block";
  EXPECT_EQ(ask(0x11, "00 00 29 00"), "D1 02") << "energy of phase B";
  auto& numbers = meter_.numbers;
  numbers[{Id::phase_count, 0}] = 3;
  numbers[{Id::phase_voltage, 1}] = 231'000;
  numbers[{Id::phase_voltage, 2}] = 229'000;
  numbers[{Id::phase_active_power, 2}] = 54'321;
  numbers[{Id::phase_current_angle, 1}] = 60'000;
  numbers[{Id::phase_import_energy, 0}] = 36'000'000;
  numbers[{Id::phase_export_energy, 1}] = 72'000'000;
  numbers[{Id::phase_apparent_export_energy, 2}] = 108'000'000;
  numbers[{Id::phase_voltage_harmonic, 41}] = 345;
  const PairRow rows[] = {{"00 FF 01 02", "91 00 FF 01 02 00 22 10 23 90 22"},
                          {"00 03 03 02", "91 00 03 03 02 21 43 05"},
                          {"00 00 03 02", "91 00 00 03 02 45 23 81"},
                          {"00 02 07 02", "91 00 02 07 02 00 06"},
                          {"00 00 15 00", "91 00 00 15 00 01 00 00 00"},
                          {"00 00 2A 00", "91 00 00 2A 00 02 00 00 00"},
                          {"00 00 46 00", "91 00 00 46 00 03 00 00 00"},
                          {"03 03 0A 02", "91 03 03 0A 02 45 03"},
                          {"00 04 01 02", "D1 02"}};
  for (const PairRow& row : rows) EXPECT_EQ(ask(0x11, row.request), row.answer) << row.request;
}

TEST_F(Dlt645SlaveTest, ShowsReactiveEnergyTheNeutralAndHarmonics) {
  meter_.numbers[{Id::reactive_import_energy, 0}] = 444'420'000'000;  // 123.45 kvarh
  meter_.numbers[{Id::reactive_energy_q4, 0}] = 3'600'000'000;
  meter_.numbers[{Id::apparent_import_energy, 0}] =
      3'600'000'000 * 1'234'567;  // eight digits go through zero
  meter_.numbers[{Id::max_export_demand, 0}] = 12'345;
  meter_.numbers[{Id::demand_minutes, 0}] = 15;
  meter_.numbers[{Id::neutral_current, 0}] = 1'234;
  meter_.numbers[{Id::phase_current_angle, 0}] = -30'060;
  meter_.numbers[{Id::phase_voltage_thd, 0}] = 234;
  meter_.numbers[{Id::phase_current_harmonic, 1}] = 1'500;
  meter_.numbers[{Id::phase_current_harmonic, 19}] = 65'535;
  meter_.numbers[{Id::rising_demand, 0}] = 6'543;
  const PairRow rows[] = {{"00 00 03 00", "91 00 00 03 00 45 23 01 00"},
                          {"00 00 08 00", "91 00 00 08 00 00 01 00 00"},
                          {"00 00 09 00", "91 00 00 09 00 00 67 45 23"},
                          {"00 00 02 01", "91 00 00 02 01 45 23 01 00 00 00 00 00"},
                          {"04 01 00 04", "91 04 01 00 04 15"},
                          {"01 00 80 02", "91 01 00 80 02 34 12 00"},
                          {"00 01 07 02", "91 00 01 07 02 99 32"},
                          {"00 01 08 02", "91 00 01 08 02 34 02"},
                          {"00 FF 08 02", "91 00 FF 08 02 34 02 FF FF FF FF"},
                          {"01 01 0B 02", "91 01 01 0B 02 99 99"},
                          {"03 01 0B 02", "91 03 01 0B 02 00 15"},
                          {"15 01 0B 02", "91 15 01 0B 02 99 99"},
                          {"04 00 80 02", "91 04 00 80 02 43 65 00"},
                          {"16 01 0B 02", "D1 02"},
                          {"01 02 0B 02", "D1 02"},
                          {"01 00 03 00", "D1 02"}};
  for (const PairRow& row : rows) EXPECT_EQ(ask(0x11, row.request), row.answer) << row.request;
  EXPECT_EQ(ask(0x11, "FF 01 0B 02").size(), 3U * (5 + 21 * 2) - 1) << "a block: all orders of one phase";
  EXPECT_EQ(ask(0x01, "10 91"), "81 10 91 45 23 01 00");
  EXPECT_EQ(ask(0x01, "40 91"), "81 40 91 00 01 00 00") << "quadrant 4";
  EXPECT_EQ(ask(0x01, "20 A0"), "81 20 A0 45 23 01");
}

TEST_F(Dlt645SlaveTest, ChangesAsTheVectorsSayWhereTheSiteAllowsIt) {
  permit_all();
  const PairRow rows[] = {{"C09", "C10"}, {"C12", "C10"}, {"C14", "C15"}, {"C53", "C54"}, {"C55", "C56"},
                          {"C20", "C21"}, {"C22", "C23"}, {"C26", "C27"}, {"C16", "C17"}};
  for (const PairRow& row : rows)
    EXPECT_EQ(send(bytes_of(row.request)), hex(bytes_of(row.answer))) << row.request;
  meter_.meter_number = "999999";
  EXPECT_EQ(send(bytes_of("C18")), hex(bytes_of("C19"))) << "answered from the new address";
  EXPECT_EQ(meter_.numbers[std::make_pair(Id::dlt_address, std::uint16_t{0})], 202'411'110'002);
  EXPECT_EQ(send(bytes_of("C57")), hex(bytes_of("C58"))) << "and by the edition of 1997";
}

TEST_F(Dlt645SlaveTest, PasswordsOpenNothingInANewMeter) {
  const PairRow rows[] = {{"C06", "C08"}, {"C09", "C11"}, {"C12", "C11"}};
  for (const PairRow& row : rows)
    EXPECT_EQ(send(bytes_of(row.request)), hex(bytes_of(row.answer))) << row.request;
  EXPECT_EQ(send(bytes_of("C18")), "");
  EXPECT_EQ(ask(0x16, "99 99 99 99"), "96") << "a freeze is for everybody";
  EXPECT_EQ(ask(0x17, "20"), "D7 08");
  EXPECT_EQ(ask(0x18, "05 0C 00 04 04 00 00 00 04 56 34 12"), "D8 04");
  EXPECT_EQ(ask(0x19, "02 00 00 00 00 00 00 00"), "D9 04");
  EXPECT_EQ(ask(0x1B, "02 00 00 00 00 00 00 00 FF FF FF FF"), "DB 04");
  EXPECT_EQ(ask(0x08, "30 20 11 01 08 26"), "");
  EXPECT_EQ(ask(0x04, "10 C0 00 00 00 00 06 01 08 26"), "C4 04");
  EXPECT_EQ(ask(0x0C, "20"), "CC 08");
  EXPECT_EQ(meter_.told, std::vector<std::string>{"verb 18"}) << "the freeze, and nothing else";
}

TEST_F(Dlt645SlaveTest, NeverClearsNeverRechargesWhateverIsAllowed) {
  permit_all();
  EXPECT_EQ(send(bytes_of("C24")).substr(0, 26), "68 02 00 11 11 24 20 68 DA") << "clear meter is refused";
  EXPECT_EQ(ask(0x1A, "02 00 00 00 00 00 00 00"), "DA 04");
  EXPECT_EQ(ask(0x14, "00 00 90 04 02 00 00 00 00 00 00 00 00 50 00 00 08 00 00 00"), "D4 02") << "C37";
  EXPECT_EQ(ask(0x14, "01 10 00 04 04 00 00 00 00 00 00 00 00 20 00 00"), "D4 04")
      << "C06: an alarm by order only";
  EXPECT_EQ(ask(0x1D, "00"), "DD 01");
  EXPECT_TRUE(meter_.told.empty());
}

TEST_F(Dlt645SlaveTest, CarriesOrdersAndTokensInFunction03) {
  EXPECT_EQ(ask(0x03, "FF 01 0A 07 00 00 00 00 11 22 33"),
            "83 FF 01 0A 07 01 07 00 00 00 FE FF FF FF FF FF FF FF");
  EXPECT_EQ(last_told(), "order of 3");
  EXPECT_EQ(ask(0x03, "FF 02 0A 07 00 00 00 00 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 36 37 38 39"),
            "83 FF 02 0A 07 01 40 4B 4C 00 00 00 00 00 67 12 00 00");
  EXPECT_EQ(last_told(), "token 01234567890123456789");
  EXPECT_EQ(ask(0x03, "FF 02 0A 07 00 00 00 00 30 31"), "C3 01 00") << "no token";
  EXPECT_EQ(ask(0x03, "FF 01 0A 07 00 00 00 00"), "C3 01 00") << "no order";
  EXPECT_EQ(ask(0x03, "FF 01 01 07 00 00 00 00 12"), "C3 08 00") << "open account of a chip";
  EXPECT_EQ(ask(0x03, "FF 01 0A 08 00 00 00 00 12"), "C3 01 00");
}

TEST_F(Dlt645SlaveTest, SwitchesWithinTheTimeAndWithTheRightPassword) {
  permit_all();
  const std::string until = " 59 59 23 01 08 26";
  struct Row {
    const char* name;
    std::string data;
    const char* answer;
    const char* told;
  };
  const Row rows[] = {
      {"trip", "02 00 00 00 01 00 00 00 1A 00" + until, "9C", "verb 1 by 2"},
      {"close", "04 00 00 00 00 00 00 00 1C 00" + until, "9C", "verb 2 by 4"},
      {"permit", "02 00 00 00 00 00 00 00 1B 00" + until, "9C", "verb 14 by 2"},
      {"alarm", "02 00 00 00 00 00 00 00 2A 00" + until, "9C", "verb 15 by 2"},
      {"keep power", "02 00 00 00 00 00 00 00 3A 00" + until, "9C", "verb 16 by 2"},
      {"too low a level", "05 00 00 00 00 00 00 00 1A 00" + until, "DC 04", ""},
      {"with a MAC of a chip", "98 00 00 00 00 00 00 00 1A 00" + until, "DC 04", ""},
      {"too late", "02 00 00 00 00 00 00 00 1A 00 00 00 11 01 08 26", "DC 01", ""},
      {"no date", "02 00 00 00 00 00 00 00 1A 00 00 00 11 31 02 26", "DC 01", ""},
      {"no such word", "02 00 00 00 00 00 00 00 1F 00" + until, "DC 01", ""},
      {"too short", "02 00 00 00 00 00 00 00 1A 00", "DC 01", ""},
      {"a trip that ends without a time", "02 00 00 00 00 00 00 00 1E 00" + until, "DC 01", ""},
      {"a wrong password", "02 01 00 00 00 00 00 00 1A 00" + until, "DC 04", ""},
  };
  for (const Row& row : rows) {
    meter_.told.clear();
    EXPECT_EQ(ask(0x1C, row.data), row.answer) << row.name;
    EXPECT_EQ(last_told(), row.told) << row.name;
  }
  meter_.numbers[{Id::hold_flags, 0}] = 1;
  EXPECT_EQ(ask(0x1C, "02 00 00 00 00 00 00 00 1A 00" + until), "DC 01") << "power is kept";
}

TEST_F(Dlt645SlaveTest, ATripMayEndByItself) {
  permit_all();
  EXPECT_EQ(ask(0x1C, "02 00 00 00 00 00 00 00 1E 02 59 59 23 01 08 26"), "9C");
  meter_.now_s += 599;
  meter_.access.poll(meter_);
  EXPECT_EQ(last_told(), "verb 1 by 2");
  Access restarted;
  ASSERT_TRUE(restarted.restore(meter_.kept));
  meter_.now_s += 1;
  restarted.poll(meter_);
  EXPECT_EQ(last_told(), "verb 2");
  EXPECT_FALSE(restarted.has_plan());
}

TEST_F(Dlt645SlaveTest, FiveWrongPasswordsCloseAllLevelsForADay) {
  permit_all();
  const std::string wrong = "02 01 00 00 00 00 00 00";
  const std::string right = "02 00 00 00 00 00 00 00";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(0x19, wrong), "D9 04");
  EXPECT_EQ(ask(0x19, right), "99") << "a right one begins the count anew";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(0x19, wrong), "D9 04");
  EXPECT_EQ(ask(0x19, right), "D9 04");
  ASSERT_TRUE(meter_.access.restore(meter_.kept)) << "also over a power cut";
  meter_.now_s += Access::lock_out_s - 1;
  EXPECT_EQ(ask(0x19, right), "D9 04");
  meter_.now_s += 1;
  EXPECT_EQ(ask(0x19, right), "99");
}

TEST_F(Dlt645SlaveTest, PasswordsChangeByTheirOwnLevelOrAHigherOne) {
  permit_all();
  EXPECT_EQ(ask(0x18, "05 0C 00 04 02 00 00 00 04 56 34 12"), "98 04 56 34 12");
  EXPECT_EQ(ask(0x18, "05 0C 00 04 04 00 00 00 04 00 00 00"), "D8 04") << "the old one is gone";
  EXPECT_EQ(ask(0x18, "03 0C 00 04 04 56 34 12 02 11 11 11"), "D8 04") << "a lower level";
  EXPECT_EQ(ask(0x18, "0B 0C 00 04 02 00 00 00 0A 11 11 11"), "D8 02") << "no such level";
  EXPECT_EQ(ask(0x18, "05 0C 00 04 02 00 00 00 04 5A 34 12"), "D8 01") << "no digits";
  EXPECT_EQ(ask(0x18, "05 0C 00 04 02 00 00 00 03 11 11 11"), "D8 01") << "another level inside";
}

TEST_F(Dlt645SlaveTest, SetsTheClock) {
  permit_all();
  EXPECT_EQ(ask(0x14, "0C 01 00 04 04 00 00 00 00 00 00 00 30 20 10 06 01 08 26"), "94");
  EXPECT_EQ(last_told(), "clock 1785579630 by 4");
  EXPECT_EQ(ask(0x14, "02 01 00 04 04 00 00 00 00 00 00 00 15 30 09"), "94") << "the time alone";
  EXPECT_EQ(last_told(), "clock 1785576615 by 4");
  EXPECT_EQ(ask(0x14, "02 01 00 04 04 00 00 00 00 00 00 00 15 30 24"), "D4 01");
  EXPECT_EQ(ask(0x14, "02 01 00 04 04 00 00 00 00 00 00 00 15 30"), "D4 01");
  EXPECT_EQ(ask(0x11, "0C 01 00 04"), "91 0C 01 00 04 15 30 09 06 01 08 26");
  EXPECT_EQ(ask(0x08, "45 30 09 01 08 26", &dlt645::broadcast_address), "");
  EXPECT_EQ(last_told(), "corrected by 30");
}

TEST_F(Dlt645SlaveTest, FreezesAtOnceOrAsTheCalendarDoes) {
  meter_.numbers[{Id::billing_day, 0}] = 1;
  const PairRow rows[] = {{"99 99 99 99", "96"},    {"00 99 99 99", "96"},    {"00 00 99 99", "96"},
                          {"00 00 01 99", "96"},    {"15 99 99 99", "D6 01"}, {"00 12 99 99", "D6 01"},
                          {"00 00 02 99", "D6 01"}, {"00 00 01 01", "D6 01"}, {"99 99 99", "D6 01"}};
  for (const PairRow& row : rows) EXPECT_EQ(ask(0x16, row.request), row.answer) << row.request;
  EXPECT_EQ(ask(0x16, "99 99 99 99", &dlt645::broadcast_address), "");
  EXPECT_EQ(meter_.told.size(), 2U);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask(0x16, "99 99 99 99"), "96");
  EXPECT_EQ(ask(0x16, "99 99 99 99"), "D6 01") << "only so often";
}

TEST_F(Dlt645SlaveTest, ReadsBlocksWithWhatIsThere) {
  EXPECT_EQ(ask(0x11, "00 FF 01 02"), "91 00 FF 01 02 00 22 FF FF FF FF");
  EXPECT_EQ(ask(0x11, "00 FF 02 02"), "91 00 FF 02 02 23 51 00 FF FF FF FF FF FF");
  EXPECT_EQ(ask(0x11, "00 02 01 02"), "D1 02") << "phase B alone";
  EXPECT_EQ(ask(0x01, "1F B6"), "81 1F B6 20 02 FF FF FF FF");
  EXPECT_EQ(ask(0x11, "FF 00 01 00").substr(0, 26), "91 FF 00 01 00 42 06 12 00")
      << "now and all settlements";
  EXPECT_EQ(ask(0x11, "00 00"), "D1 01");
}

TEST_F(Dlt645SlaveTest, TellsWhatTheGuardFindsInStatusWordsAndEvents) {
  constexpr std::uint16_t under_voltage = 4;
  constexpr std::uint16_t meter_cover = 15;
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

TEST_F(Dlt645SlaveTest, ReadsEventsBackwards) {
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

// Four entries of a quarter of an hour with energies and voltage, 100 W.
class Dlt645ProfileTest : public Dlt645SlaveTest {
 protected:
  Dlt645ProfileTest() {
    meter_.numbers[{Id::profile_channel, 0}] = 1;
    meter_.numbers[{Id::profile_channel, 1}] = 3;
    for (std::uint32_t i = 0; i < 40; ++i) {
      std::vector<std::byte> entry(records::profile_head_bytes + 8);
      bytes::Writer writer{entry};
      writer.little(august_10_00 + 900 * i);
      for (const int byte : {0, 15, 2, 0}) writer.byte(static_cast<std::uint8_t>(byte));
      writer.little(1'000 + 250 * i);
      writer.little(230'100U);
      meter_.logs[records::Log::profile].push_back(entry);
    }
  }
};

TEST_F(Dlt645ProfileTest, GivesLoadRecordsByBlockAndTime) {
  EXPECT_EQ(
      ask(0x11, "01 00 01 06 01 00 10 01 08 26"),
      "91 01 00 01 06 A0 A0 1C 00 10 01 08 26 01 23 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF AA AA AA "
      "AA AA AA AC E5");
  const std::string newest = ask(0x11, "02 00 04 06 01");
  EXPECT_EQ(newest.substr(0, 44), "91 02 00 04 06 A0 A0 1B 45 19 01 08 26 AA AA");
  EXPECT_EQ(ask(0x11, "01 00 02 06 01 15 10 01 08 26").substr(0, 62),
            "91 01 00 02 06 A0 A0 23 15 10 01 08 26 AA 00 10 00 00 10 00 FF")
      << "100 W from two energies";
  EXPECT_EQ(ask(0x11, "01 00 02 06 01 00 00 01 09 26"), "D1 02") << "not there yet";
  EXPECT_EQ(ask(0x11, "01 00 02 06 01"), "D1 02") << "without a time";
  EXPECT_EQ(ask(0x11, "01 00 02 06 01 00 10 41 08 26"), "D1 01");
}

TEST_F(Dlt645ProfileTest, SendsALongAnswerInPartsAndAPartAgain) {
  std::string whole = ask(0x11, "00 00 00 06 06").substr(0);
  ASSERT_EQ(whole.substr(0, 15), "B1 00 00 00 06 ");
  EXPECT_EQ(ask(0x12, "00 00 00 06 02"), "D2 02") << "out of order";
  const std::string second = ask(0x12, "00 00 00 06 01");
  EXPECT_EQ(second, ask(0x12, "00 00 00 06 01"));
  EXPECT_EQ(second.substr(0, 2), "B2");
  EXPECT_EQ(second.substr(second.size() - 2), "01");
  const std::string third = ask(0x12, "00 00 00 06 02");
  EXPECT_EQ(third.substr(0, 2), "92") << "the last part";
  EXPECT_EQ(ask(0x12, "00 00 00 06 03"), "D2 02");
  EXPECT_EQ(ask(0x12, "00 00 01 06 01"), "D2 02");
}

TEST_F(Dlt645SlaveTest, IsSilentToWhatIsNotForIt) {
  for (const char* const name : {"C02", "C07", "L08"})
    EXPECT_EQ(send(bytes_of(name)), "") << "an answer: " << name;
  EXPECT_EQ(send(bytes_of("P13")), "") << "a write to all";
  const dlt645::Address all = dlt645::wild_address;
  permit_all();
  EXPECT_EQ(ask(0x1C, "02 00 00 00 00 00 00 00 1A 00 59 59 23 01 08 26", &all), "");
  EXPECT_EQ(ask(0x1F, ""), "") << "a function that nobody has";
  EXPECT_EQ(ask(0x11, "00 00 01 00", &dlt645::broadcast_address), "");
  EXPECT_TRUE(meter_.told.empty());
}

}  // namespace
}  // namespace lk::links
