// SPDX-License-Identifier: Apache-2.0
// Every parameter of the dictionary, at each end of its range and one beyond: what is out of it is refused
// with the address of what was wrong, and changes nothing.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "meter/core/testing/ordered.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using dictionary::OrderResult;

// Rows in which an end of the range makes no sense alone: the refusal then names an address all the same.
bool has_more_to_fit(Id id) {
  switch (id) {
    case Id::panel_page:       // a code without a page
    case Id::friendly_window:  // bits that are no window
    case Id::limit_window:
    case Id::switch_window:
    case Id::voltage_low:  // below the high one, and this above it
    case Id::voltage_high:
    case Id::demand_slide:         // a whole part of the window
    case Id::condition_threshold:  // each condition has a range of its own
    case Id::condition_hysteresis:
    case Id::load_watched_least:  // a band begins below its end
    case Id::load_watched_most:
    case Id::load_allowed_least:
    case Id::load_allowed_most:
    case Id::load_workday_hours:
    case Id::load_holiday_hours:
      return true;
    default:
      return false;
  }
}

struct Audit {
  void refused(const dictionary::Row& row, std::uint16_t address, std::int64_t value) {
    SCOPED_TRACE(std::string(row.name) + " = " + std::to_string(value));
    const Settings before = bench.meter->settings();
    const OrderAnswer answer = bench.set(address, value);
    EXPECT_EQ(answer.result, OrderResult::refused);
    EXPECT_EQ(answer.refusal, order::Refusal::bad_argument);
    EXPECT_EQ(answer.value, address);
    EXPECT_EQ(bench.read(Id::order_value), address) << "and so it is read over the line";
    EXPECT_EQ(bench.meter->settings(), before);
  }
  void at_end(const dictionary::Row& row, std::uint16_t slot, std::uint16_t address, std::int64_t value) {
    SCOPED_TRACE(std::string(row.name) + " = " + std::to_string(value));
    const std::int64_t before = bench.meter->settings().get(row.id, slot);
    const OrderAnswer answer = bench.set(address, value);
    if (answer.result == OrderResult::done) {
      EXPECT_EQ(bench.meter->settings().get(row.id, slot), value);
      ++set_count;
      EXPECT_EQ(bench.set(address, before).result, OrderResult::done) << "back to what it was";
      return;
    }
    EXPECT_EQ(answer.result, OrderResult::refused);
    EXPECT_TRUE(has_more_to_fit(row.id)) << "refused within its range";
    EXPECT_NE(dictionary::find(static_cast<std::uint16_t>(answer.value)).row, nullptr);
    EXPECT_EQ(bench.meter->settings().get(row.id, slot), before);
  }

  Ordered bench;
  std::size_t set_count = 0;
};

TEST(Ranges, EachParameterIsRefusedByItsAddressBeyondEachEndOfItsRange) {
  Audit audit;
  std::size_t parameter_count = 0;
  for (const dictionary::Row& row : dictionary::rows()) {
    if (row.access != dictionary::Access::by_order) continue;
    ++parameter_count;
    for (const std::uint16_t slot :
         std::set<std::uint16_t>{0, static_cast<std::uint16_t>(row.slot_count - 1)}) {
      const std::uint16_t address = row.address_of(slot);
      audit.refused(row, address, row.range.lowest - 1);
      audit.refused(row, address, row.range.highest + 1);
      audit.at_end(row, slot, address, row.range.lowest);
      audit.at_end(row, slot, address, row.range.highest);
    }
  }
  EXPECT_GT(parameter_count, 50U);
  EXPECT_GT(audit.set_count, 2 * parameter_count);
}

// One wrong parameter among right ones: none is set.
TEST(Ranges, AnOrderOfSeveralParametersIsDoneWholeOrNotAtAll) {
  Ordered bench;
  const std::uint16_t ceiling = dictionary::row(Id::credit_ceiling).address;
  const std::uint16_t day = dictionary::row(Id::billing_day).address;
  const OrderAnswer answer = bench.order(order::SetParameters{3, {{{ceiling, 5}, {day, 29}, {ceiling, 6}}}});
  EXPECT_EQ(answer.result, OrderResult::refused);
  EXPECT_EQ(answer.value, day);
  EXPECT_EQ(bench.read(Id::credit_ceiling), 0);
  bench.power_cycle();
  EXPECT_EQ(bench.read(Id::credit_ceiling), 0);
}

// What is stored comes back, each end of each range with the rest, also from the bytes of the version before.
TEST(Ranges, ParametersComeBackFromTheirBytesAndFromThoseOfTheVersionBefore) {
  for (const bool is_highest : {false, true}) {
    Settings settings;
    std::vector<std::byte> wide{std::byte{1}};
    for (const dictionary::Row& row : dictionary::rows()) {
      if (!row.is_parameter()) continue;
      for (std::uint16_t slot = 0; slot < row.slot_count; ++slot) {
        const std::int64_t value = is_highest ? row.range.highest : row.range.lowest;
        if (!settings.set(row.address_of(slot), value)) continue;
        for (unsigned i = 0; i < 2; ++i)
          wide.push_back(static_cast<std::byte>(row.address_of(slot) >> (8 * i)));
        for (unsigned i = 0; i < 8; ++i)
          wide.push_back(static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i)));
      }
    }
    std::array<std::byte, Settings::stored_max_bytes> room{};
    const auto bytes = settings.encode(room);
    Settings back;
    ASSERT_TRUE(back.decode(bytes));
    EXPECT_EQ(back, settings);
    Settings of_before;
    ASSERT_TRUE(of_before.decode(wide));
    EXPECT_EQ(of_before, settings);
    Settings untouched;
    ASSERT_FALSE(untouched.decode(bytes.first(bytes.size() - 1))) << "cut";
    EXPECT_EQ(untouched, Settings{});
  }
}

}  // namespace
}  // namespace lk::meter
