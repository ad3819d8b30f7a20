// SPDX-License-Identifier: Apache-2.0
#include "meter/panel/panel.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dictionary/codes.hpp"

namespace lk::panel {
namespace {

using dictionary::Id;
using quantity::Instant;

struct FakeMeter final : links::Device {
  std::map<Id, std::int64_t> numbers{
      {Id::supply_state, 1}, {Id::balance, 1'234'567}, {Id::import_energy, 36'000'000}};
  std::string number_text = "07000000013";
  std::string token;
  int token_count = 0;

  std::int64_t number(Id id, std::uint16_t) override { return numbers[id]; }
  std::string_view text(Id, std::uint16_t) override { return number_text; }
  std::int32_t zone_minutes(std::uint32_t) override { return 60; }
  void enter_token(std::span<const char, 20> characters) override {
    token.assign(characters.begin(), characters.end());
    ++token_count;
  }
  void enter_order(std::span<const std::byte>) override {}
  links::Written take_emergency() override { return emergency; }
  links::Written emergency = links::Written::not_allowed;
};

// What an LCD shows, with its points.
std::string text_of(const Frame& frame) {
  std::string text;
  for (std::size_t i = 0; i < character_count; ++i) {
    text += frame.characters[i];
    if ((unsigned{frame.points} >> i & 1U) != 0) text += '.';
  }
  return text;
}

struct PanelTest : testing::Test {
  FakeMeter meter;
  Panel panel;
  std::int64_t now_ms = 1'000'000;

  Instant now() const { return Instant::of(now_ms); }
  void press(Key key) { panel.press(key, meter, now()); }
  void key_in(std::string_view digits) {
    for (const char c : digits) press(static_cast<Key>(c - '0'));
  }
  Frame show() { return panel.show(meter, now()); }
  std::string shown() { return text_of(show()); }
  void wait_s(std::int64_t seconds) { now_ms += seconds * 1000; }
  // Whether a lamp is lit, second by second in half steps, for three seconds.
  std::string lamp(Lamp lamp) {
    std::string seen;
    for (int i = 0; i < 6; ++i, now_ms += 500) seen += (show().lamps & lamp) != 0 ? '1' : '0';
    return seen;
  }
};

TEST(Pages, NumbersStandRightWithTheirPoint) {
  struct Case {
    std::int64_t number;
    std::uint8_t decimals;
    const char* shown;
  };
  for (const Case& c :
       {Case{0, 0, "       0"}, Case{0, 2, "     0.00"}, Case{5, 2, "     0.05"}, Case{-5, 2, "    -0.05"},
        Case{1'234'567, 2, " 12345.67"}, Case{99'999'999, 2, "999999.99"}, Case{100'000'000, 2, "1000000.0"},
        Case{-123'456'789, 2, "-1234567"}, Case{99'999'999, 0, "99999999"}, Case{100'000'000, 0, "--------"},
        Case{INT64_MAX, 4, "--------"}, Case{INT64_MIN, 0, "--------"}}) {
    Frame frame;
    write_number(frame, c.number, c.decimals);
    EXPECT_EQ(text_of(frame), c.shown);
  }
}

TEST(Pages, EveryCharacterThatIsSaidHasAShape) {
  for (const char c :
       std::string_view("Good1oF2FULLrEJ0U5SEdEndEdFALSELocnordyShortnoCodEOFFFAUL0123456789on-")) {
    EXPECT_NE(segments(c), 0) << c;
  }
  EXPECT_EQ(segments(' '), 0);
  EXPECT_EQ(segments('8'), 0x7F);
}

TEST_F(PanelTest, PagesFollowEachOther) {
  std::string codes;
  for (int i = 0; i < 5; ++i, wait_s(5)) codes += std::to_string(show().code) + " ";
  EXPECT_EQ(codes.size(), std::string("37 3 9 13 37 ").size());
  EXPECT_NE(codes.find("3 9 13 37"), std::string::npos);
  EXPECT_NE(show().symbols & symbol_scrolling, 0);
}

TEST_F(PanelTest, AShortCodeShowsItsPageForHalfAMinute) {
  key_in("37");
  EXPECT_EQ(shown(), "37      ");
  press(Key::enter);
  EXPECT_EQ(shown(), "    12.34") << "cut off, never rounded up: " << shown();
  EXPECT_EQ(show().unit, Unit::currency);
  EXPECT_EQ(show().code, 37);
  wait_s(29);
  EXPECT_EQ(show().symbols & symbol_scrolling, 0);
  wait_s(1);
  EXPECT_NE(show().symbols & symbol_scrolling, 0);
}

TEST_F(PanelTest, ALongTextIsShownInParts) {
  key_in("75");
  press(Key::enter);
  EXPECT_EQ(shown(), "07000000");
  now_ms += 2500;
  EXPECT_EQ(shown(), "013     ");
}

TEST_F(PanelTest, TheDisplayTestLightsAll) {
  key_in("0");
  press(Key::enter);
  EXPECT_EQ(shown(), "8.8.8.8.8.8.8.8.");
}

TEST_F(PanelTest, ThePageKeyGoesThroughAllPagesOfTheMeter) {
  for (const std::int64_t phase_count : {1, 3}) {
    panel = Panel{};
    meter.numbers[Id::phase_count] = phase_count;
    for (const Page& page : pages()) {
      if (page.least_phases > phase_count) continue;
      press(Key::page);
      EXPECT_EQ(show().code, page.code);
    }
  }
  press(Key::page);
  EXPECT_EQ(show().code, pages().front().code);
}

TEST_F(PanelTest, PagesOfPhasesAreOfAMeterThatHasThem) {
  key_in("57");
  press(Key::enter);
  EXPECT_EQ(shown(), "no CodE ");
  wait_s(10);
  meter.numbers[Id::phase_count] = 3;
  meter.numbers[Id::phase_voltage] = 231'250;
  key_in("57");
  press(Key::enter);
  EXPECT_EQ(shown(), "    231.2");
  EXPECT_EQ(show().unit, Unit::volt);
}

TEST_F(PanelTest, AWrongCodeIsRefusedByName) {
  for (const auto& [digits, said] :
       {std::pair{"98", "no CodE "}, {"123", "Short   "}, {"1234567", "Short   "}}) {
    key_in(digits);
    press(Key::enter);
    EXPECT_EQ(shown(), said);
    EXPECT_NE(show().symbols & symbol_refused, 0);
    wait_s(10);
    EXPECT_EQ(meter.token_count, 0);
  }
}

TEST_F(PanelTest, ATokenIsKeyedInByGroupsAndGoesInWhole) {
  meter.numbers[Id::token_result] = 1;
  key_in("1234");
  EXPECT_EQ(shown(), "1234    ");
  key_in("56");
  EXPECT_EQ(shown(), "1234.56  ");
  EXPECT_EQ(show().code, 6) << "how many digits stand";
  key_in("7");
  press(Key::erase);
  key_in("789012");
  EXPECT_EQ(shown(), "5678.9012");
  key_in("3456789");
  EXPECT_EQ(meter.token_count, 0);
  key_in("0");
  EXPECT_EQ(meter.token, "12345678901234567890");
  EXPECT_EQ(shown(), "Good    ");
  EXPECT_NE(show().symbols & symbol_accepted, 0);
  wait_s(10);
  EXPECT_EQ(show().code, 37) << "then the balance";
}

TEST_F(PanelTest, EachResultHasItsWord) {
  struct Case {
    std::int64_t result;
    const char* shown;
  };
  for (const Case& c :
       {Case{2, "1 oF 2  "}, Case{4, "FULL    "}, Case{9, "oLd     "}, Case{10, "USEd    "},
        Case{13, "FALSE   "}, Case{15, "Loc     "}, Case{16, "no rdy  "}, Case{77, "rEJ     "}}) {
    meter.numbers[Id::token_result] = c.result;
    key_in("12345678901234567890");
    EXPECT_EQ(shown(), c.shown);
    wait_s(60);
  }
}

TEST_F(PanelTest, AnEntryIsForgottenAfterAMinuteWithoutAKey) {
  key_in("1234567890");
  wait_s(59);
  key_in("1");
  wait_s(60);
  key_in("23456789");
  EXPECT_EQ(show().code, 8);
  for (int i = 0; i < 8; ++i) press(Key::erase);
  EXPECT_NE(show().symbols & symbol_scrolling, 0);
  EXPECT_EQ(meter.token_count, 0);
}

TEST_F(PanelTest, AClockThatIsSetBackEndsAnEntryInsteadOfHoldingIt) {
  key_in("12");
  now_ms -= 3'600'000;
  EXPECT_NE(show().symbols & symbol_scrolling, 0);
}

TEST_F(PanelTest, LampsTellOfCreditAndSupply) {
  EXPECT_EQ(lamp(lamp_credit_green), "111111");
  EXPECT_EQ(lamp(lamp_supply), "111111");
  meter.numbers[Id::alarms] = dictionary::alarm_low_credit;
  EXPECT_EQ(lamp(lamp_credit_red), "111111");
  meter.numbers[Id::alarms] = dictionary::alarm_low_credit | dictionary::alarm_no_credit;
  meter.numbers[Id::supply_state] = 0;
  EXPECT_EQ(lamp(lamp_credit_red), "101010");
  EXPECT_EQ(lamp(lamp_supply), "000000");
  EXPECT_NE(show().symbols & symbol_supply_off, 0);
  meter.numbers[Id::alarms] = dictionary::alarm_relay_does_not_follow;
  EXPECT_EQ(lamp(lamp_alarm), "101010");
}

TEST_F(PanelTest, ShowsWhatTheGuardHasFound) {
  constexpr std::int64_t magnet = 1 << 14;
  constexpr std::int64_t over_voltage = 1 << 3;
  constexpr std::int64_t battery = 1 << 17;
  meter.numbers[Id::guard_alarms] = over_voltage;
  EXPECT_EQ(show().symbols & (symbol_tamper | symbol_fault), 0);
  meter.numbers[Id::guard_alarms] = over_voltage | magnet;
  EXPECT_EQ(show().symbols & (symbol_tamper | symbol_fault), symbol_tamper);
  EXPECT_EQ(lamp(lamp_alarm), "101010");
  meter.numbers[Id::guard_alarms] = battery;
  EXPECT_EQ(show().symbols & (symbol_tamper | symbol_fault), symbol_fault);
}

TEST_F(PanelTest, TellsByTurnsWhyTheSupplyIsOffAndWhatIsBroken) {
  meter.numbers[Id::supply_state] = 0;
  meter.numbers[Id::display_code] = 7;
  now_ms += 2500;
  EXPECT_EQ(shown(), "OFF   7 ");
  meter.numbers[Id::display_code] = 10;
  EXPECT_EQ(shown(), "OFF  10 ");
  meter.numbers[Id::alarms] = dictionary::alarm_memory | dictionary::alarm_clock;
  std::map<std::string, int> seen;
  for (int i = 0; i < 12; ++i, wait_s(5)) ++seen[shown()];
  EXPECT_EQ(seen, (std::map<std::string, int>{{"OFF  10 ", 4}, {"FAUL-20 ", 4}, {"FAUL-22 ", 4}}));
  now_ms += 2500;
  EXPECT_NE(show().code, no_code) << "the other half of the time belongs to the pages";
  EXPECT_NE(show().symbols & symbol_fault, 0);
}

TEST_F(PanelTest, EachStateHasItsSymbol) {
  const struct {
    Id id;
    std::int64_t value;
    std::uint16_t symbol;
  } rows[] = {{Id::display_code, 9, symbol_by_hand},
              {Id::emergency_state, 1, symbol_emergency},
              {Id::emergency_state, 2, symbol_emergency},
              {Id::alarms, dictionary::alarm_limit_locked, symbol_locked},
              {Id::guard_locked, 4, symbol_locked},
              {Id::active_power, -1, symbol_export},
              {Id::alarms, dictionary::alarm_low_credit, symbol_low_credit},
              {Id::alarms, dictionary::alarm_no_credit, symbol_no_credit},
              {Id::alarms, dictionary::alarm_clock, symbol_fault},
              {Id::alarms, dictionary::alarm_records, symbol_fault}};
  for (const auto& row : rows) {
    EXPECT_EQ(show().symbols & row.symbol, 0) << row.symbol;
    meter.numbers[row.id] = row.value;
    EXPECT_NE(show().symbols & row.symbol, 0) << row.symbol;
    meter.numbers[row.id] = 0;
  }
}

TEST_F(PanelTest, DateTimeAndSupplyHavePages) {
  meter.numbers[Id::clock] = 1'795'255'261'000;  // 2026-11-21 10:01:01 UTC
  const auto page = [this](const char* code) {
    key_in(code);
    press(Key::enter);
    return shown();
  };
  EXPECT_EQ(page("1"), "21-11-26");
  EXPECT_EQ(page("2"), "11-01-01") << "local";
  EXPECT_EQ(page("31"), "on      ");
  meter.numbers[Id::display_code] = 7;
  EXPECT_EQ(page("31"), "OFF   7 ");
  meter.numbers[Id::rate_in_force] = 3;
  EXPECT_EQ(page("18"), "       3");
}

TEST_F(PanelTest, AnAccountInEnergyShowsItsUnit) {
  key_in("37");
  press(Key::enter);
  EXPECT_EQ(show().unit, Unit::currency);
  meter.numbers[Id::account_unit] = 1;
  EXPECT_EQ(show().unit, Unit::kilowatt_hour);
}

TEST_F(PanelTest, TheListOfPagesCanBeChanged) {
  panel.change({.automatic = {41}, .page_time = quantity::seconds(20)});
  for (int i = 0; i < 5; ++i, wait_s(20)) EXPECT_EQ(show().code, 41);
}

TEST_F(PanelTest, AnOperatorsAlarmLightsAndSoundsUntilItEnds) {
  meter.numbers[Id::alarms] = dictionary::alarm_operator;
  EXPECT_EQ(lamp(lamp_alarm), "101010");
  const auto is_heard = [&] {
    bool is_on = false;
    for (int i = 0; i < 650; ++i, now_ms += 100) is_on = is_on || (show().lamps & lamp_buzzer) != 0;
    return is_on;
  };
  EXPECT_TRUE(is_heard());
  press(Key::page);
  wait_s(1);
  EXPECT_FALSE(is_heard()) << "a key mutes it";
  EXPECT_EQ(lamp(lamp_alarm), "101010");
  meter.numbers[Id::alarms] |= dictionary::alarm_low_credit;
  EXPECT_TRUE(is_heard()) << "another warning is not muted by it";
  meter.numbers[Id::alarms] = 0;
  EXPECT_EQ(lamp(lamp_alarm), "000000");
}

TEST_F(PanelTest, TheBuzzerWarnsEachMinuteUntilAKeyMutesIt) {
  const auto beeps = [&](int seconds) {
    int count = 0;
    bool was_on = false;
    for (int i = 0; i < seconds * 10; ++i, now_ms += 100) {
      const bool is_on = (show().lamps & lamp_buzzer) != 0;
      count += is_on && !was_on ? 1 : 0;
      was_on = is_on;
    }
    return count;
  };
  EXPECT_EQ(beeps(10), 0);
  meter.numbers[Id::alarms] = dictionary::alarm_low_credit;
  EXPECT_EQ(beeps(180), 3 * 3);
  press(Key::page);
  EXPECT_EQ(beeps(180), 1) << "the click of the key";
  meter.numbers[Id::alarms] = 0;
  EXPECT_EQ(beeps(10), 0);
  meter.numbers[Id::alarms] = dictionary::alarm_low_credit;
  EXPECT_EQ(beeps(10), 3) << "low again: it warns again";
}

TEST_F(PanelTest, AShortCodeTakesTheEmergencyCredit) {
  const struct {
    links::Written answer;
    const char* shown;
  } rows[] = {{links::Written::not_allowed, "no CrEd "},
              {links::Written::not_ready, "no rdy  "},
              {links::Written::done, "Good    "}};
  for (const auto& row : rows) {
    meter.emergency = row.answer;
    key_in("99");
    press(Key::enter);
    EXPECT_EQ(shown(), row.shown);
    wait_s(60);
  }
}

TEST_F(PanelTest, AShortCodeShowsTheTokenLogFromTheLatestOn) {
  meter.numbers[Id::token_log_count] = 1;
  meter.numbers[Id::token_log_number] = 1;
  meter.numbers[Id::token_log_result] = 10;
  meter.numbers[Id::token_log_time] = 1'795'255'261;  // 2026-11-21 10:01:01 UTC
  meter.number_text = "12345678901234567890";
  key_in("56");
  press(Key::enter);
  EXPECT_EQ(show().code, 1);
  for (const char* part : {"USEd    ", "21-11-26", "11-01-01", "12345678", "90123456", "7890    "}) {
    EXPECT_EQ(shown(), part);
    now_ms += 2500;
  }
  press(Key::page);
  EXPECT_EQ(shown(), "nonE    ") << "there is no older one";
  EXPECT_EQ(show().code, 2);
}

}  // namespace
}  // namespace lk::panel
