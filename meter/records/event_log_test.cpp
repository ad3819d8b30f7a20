// SPDX-License-Identifier: Apache-2.0
#include "meter/records/event_log.hpp"

#include <gtest/gtest.h>

namespace lk::records {
namespace {

using dictionary::EventCode;
using quantity::Instant;

constexpr Instant noon = Instant::of(1'790'000'000'999);

TEST(EventLog, IsShownOnlyWhenStored) {
  EventLog log;
  log.note(EventCode::token_accepted, 0, 500, noon);
  EXPECT_EQ(log.count(), 0U);
  EXPECT_EQ(log.at_slot(1).number, 0U);
  ASSERT_EQ(log.noted().size(), 1U);
  EXPECT_EQ(log.noted()[0].number, 1U);
  EXPECT_EQ(log.count_with_noted(), 1U);
  log.stored();
  EXPECT_EQ(log.count(), 1U);
  EXPECT_EQ(log.at_slot(1).value, 500);
  EXPECT_EQ(log.at_slot(1).time_s, 1'790'000'000U);
}

TEST(EventLog, AFailedChangeTakesItsNotesBack) {
  EventLog log;
  log.note(EventCode::power_returned, 0, 1, noon);
  const std::size_t before = log.noted_count();
  log.note(EventCode::token_accepted, 0, 500, noon);
  log.note(EventCode::supply_closed, 0, 500, noon);
  log.forget_after(before);
  ASSERT_EQ(log.noted().size(), 1U);
  EXPECT_EQ(log.noted()[0].code, EventCode::power_returned);
}

TEST(EventLog, KeepsTheLastTwelve) {
  EventLog log;
  for (int i = 1; i <= 30; ++i) {
    log.note(EventCode::token_refused, 13, i, noon);
    log.stored();
  }
  EXPECT_EQ(log.count(), 30U);
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const Event event = log.at_slot(slot);
    EXPECT_EQ(slot_of(event.number), slot);
    EXPECT_GT(event.number, 18U);
    EXPECT_EQ(event.value, event.number);
  }
}

TEST(EventLog, NotesOfAnEndlessStorageFaultAreBounded) {
  EventLog log;
  for (int i = 0; i < 100; ++i) log.note(EventCode::supply_opened, 1, i, noon);
  EXPECT_EQ(log.noted().size(), EventLog::noted_max);
  log.stored();
  EXPECT_EQ(log.count(), EventLog::noted_max);
}

TEST(EventLog, ComesBackAndLeavesOutWhatIsNotOfIt) {
  EventLog log;
  log.restore(14);
  log.restore(Event{14, 1, EventCode::clock_set, 0, -3});
  log.restore(Event{2, 1, EventCode::low_credit, 0, 0});   // pushed out by 14
  log.restore(Event{15, 1, EventCode::low_credit, 0, 0});  // of a write that never took effect
  EXPECT_EQ(log.at_slot(2).number, 14U);
  EXPECT_EQ(log.at_slot(3).number, 0U);
  log.note(EventCode::clock_set, 0, 0, noon);
  EXPECT_EQ(log.noted()[0].number, 15U);
}

TEST(EventLog, EventComesBackFromItsBytes) {
  const Event event{77, 1'790'000'000, EventCode::tariff_changed, 65'535, -1};
  const auto bytes = encode(event);
  const Event back = decode(bytes);
  EXPECT_EQ(back.number, 77U);
  EXPECT_EQ(back.time_s, event.time_s);
  EXPECT_EQ(back.code, event.code);
  EXPECT_EQ(back.detail, event.detail);
  EXPECT_EQ(back.value, -1);
  EXPECT_EQ(decode(std::span{bytes}.first(19)).number, 0U);
}

}  // namespace
}  // namespace lk::records
