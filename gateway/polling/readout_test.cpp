// SPDX-License-Identifier: Apache-2.0
#include "gateway/polling/readout.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"

namespace lk::gateway {
namespace {

using dictionary::Id;
using nlohmann::json;

// A block in which the given rows hold the given numbers, and all others 0.
std::vector<std::byte> registers_of(Block block, const std::vector<std::pair<Id, std::int64_t>>& values) {
  std::vector<std::byte> registers(std::size_t{2} * block.count);
  for (const auto& [id, value] : values) {
    const dictionary::Row& row = dictionary::row(id);
    const auto at = std::size_t{2} * (row.address - block.address);
    dictionary::encode(row, value, std::span{registers}.subspan(at, std::size_t{2} * row.register_count));
  }
  return registers;
}

TEST(Readout, becomes_the_reading_of_the_format_document) {
  Readout readout;
  const auto blocks = plan_reads(polled_ids());
  readout.add(blocks[0], registers_of(blocks[0], {{Id::voltage, 230120},
                                                  {Id::current, -4310},
                                                  {Id::active_power, 9876},
                                                  {Id::import_energy, 123456789012},
                                                  {Id::clock, 1790000000123}}));
  readout.add(blocks[1], registers_of(blocks[1], {{Id::balance, -1234500},
                                                  {Id::price, 12000},
                                                  {Id::supply_state, 1},
                                                  {Id::hold_reasons, 3},
                                                  {Id::alarms, 1},
                                                  {Id::event_count, 3},
                                                  {Id::power_cuts, 2}}));
  EXPECT_EQ(json::parse(reading_payload(readout, 1790000000000, 1234)), json::parse(R"({
    "ts": 1790000000000, "seq": 1234, "meter_time": 1790000000123, "voltage_mv": 230120, "current_ma": -4310,
    "active_power_dw": 9876, "reactive_power_dvar": 0, "apparent_power_dva": 0, "power_factor_e4": 0,
    "frequency_mhz": 0, "import_energy_mj": 123456789012, "export_energy_mj": 0, "balance": -1234500,
    "priced_energy_mj": 0, "deducted": 0, "credited": 0, "price": 12000, "tariff_version": 0,
    "supply_state": "closed", "hold_reasons": ["credit", "order"], "alarms": ["low_credit"], "token_count": 0,
    "order_sequence": 0, "event_count": 3, "power_cuts": 2})"));
}

TEST(Readout, of_a_meter_without_an_account_has_only_what_it_knows) {
  Readout readout;
  const auto blocks = plan_reads(polled_ids());
  readout.add(blocks[0], registers_of(blocks[0], {{Id::voltage, 1}}));
  const json reading = json::parse(reading_payload(readout, 1, 2));
  EXPECT_TRUE(reading.contains("voltage_mv"));
  EXPECT_FALSE(reading.contains("balance"));
  EXPECT_FALSE(reading.contains("supply_state"));
  EXPECT_EQ(readout.value(Id::event_count), std::nullopt);
}

// The event log after `count` events, as the meter keeps it.
std::vector<std::byte> log_after(std::uint32_t count) {
  std::vector<std::byte> slots(240);
  for (std::uint32_t number = count > 12 ? count - 11 : 1; number <= count; ++number) {
    bytes::Writer writer{std::span{slots}.subspan(std::size_t{20} * (number % 12), 20)};
    writer.big<std::uint32_t>(number);
    writer.big<std::uint32_t>(1000 + number);
    writer.big<std::uint16_t>(4);
    writer.big<std::uint16_t>(1);
    writer.big<std::int64_t>(-1200);
  }
  return slots;
}

struct EventRow {
  const char* name;
  std::uint32_t count;
  std::optional<std::int64_t> last_seen;
  std::int64_t first;  // 0: no event is new
  std::int64_t lost;
};

class NewEventsOf : public testing::TestWithParam<EventRow> {};

TEST_P(NewEventsOf, a_log_are_those_above_the_last_one_seen) {
  const EventRow& row = GetParam();
  const NewEvents found = new_events(log_after(row.count), row.last_seen);
  EXPECT_EQ(found.lost, row.lost);
  if (row.first == 0) {
    EXPECT_TRUE(found.events.empty());
    EXPECT_EQ(found.last, row.last_seen.value_or(0));
    return;
  }
  ASSERT_FALSE(found.events.empty());
  EXPECT_EQ(found.last, row.count);
  for (std::size_t i = 0; i < found.events.size(); ++i) {
    EXPECT_EQ(found.events[i].number, row.first + static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(found.events.back(), (Event{row.count, 1000 + row.count, 4, 1, -1200}));
}

INSTANTIATE_TEST_SUITE_P(
    rows, NewEventsOf,
    testing::Values(EventRow{"none_yet", 0, 0, 0, 0}, EventRow{"first", 1, 0, 1, 0},
                    EventRow{"no_new_ones", 30, 30, 0, 0}, EventRow{"one_more", 31, 30, 31, 0},
                    EventRow{"round_the_ring", 25, 20, 21, 0}, EventRow{"just_all_twelve", 32, 20, 21, 0},
                    EventRow{"one_too_many", 33, 20, 22, 1}, EventRow{"long_away", 500, 20, 489, 468},
                    EventRow{"never_seen_before", 500, std::nullopt, 489, 0},
                    EventRow{"never_seen_and_short", 3, std::nullopt, 1, 0}),
    [](const auto& row) { return row.param.name; });

std::vector<std::byte> window(std::span<const LogEntry> entries) {
  std::vector<std::byte> bytes(202);
  bytes::Writer writer{bytes};
  writer.big(static_cast<std::uint16_t>(entries.size() * 24));
  for (const auto& [entry, event] : entries) {
    writer.little(static_cast<std::uint32_t>(entry));
    writer.little(static_cast<std::uint32_t>(event.number));
    writer.little(static_cast<std::uint32_t>(event.time_s));
    writer.little(event.code);
    writer.little(event.detail);
    writer.little(event.value);
  }
  return bytes;
}

TEST(LongLog, gives_the_events_of_its_window) {
  const std::vector<LogEntry> entries{{7, {5, 1000, 4, 1, -1200}}, {9, {6, 1001, 5, 0, 3}}};
  const auto read = log_entries(window(entries));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[1].entry, 9);
  EXPECT_EQ(read[0].event, entries[0].event);
  EXPECT_TRUE(log_entries({}).empty());
  auto odd = window(entries);
  odd[1] = std::byte{25};
  EXPECT_TRUE(log_entries(odd).empty()) << "not whole entries";
  odd[0] = std::byte{0xFF};
  EXPECT_TRUE(log_entries(odd).empty()) << "longer than what came";
}

TEST(LongLog, a_run_has_no_gap_and_tells_what_was_lost_before_it) {
  std::vector<LogEntry> entries;
  for (const std::int64_t number : {3, 4, 5, 6, 8, 9}) {
    LogEntry entry;
    entry.entry = number + 100;
    entry.event.number = number;
    entries.push_back(entry);
  }
  std::vector<Event> run;
  EXPECT_FALSE(append_run(run, entries, 2, 30)) << "7 is missing";
  ASSERT_EQ(run.size(), 4U);
  const NewEvents found = events_of_run(run, 2);
  EXPECT_EQ(found.lost, 1);
  EXPECT_EQ(found.last, 6);
  run.clear();
  EXPECT_TRUE(append_run(run, entries, 8, 30));
  EXPECT_EQ(events_of_run(run, 8).lost, 0);
  run.clear();
  EXPECT_FALSE(append_run(run, entries, 4, 5)) << "no more than is wanted";
  EXPECT_EQ(run.size(), 2U);
}

TEST(EventPayload, is_that_of_the_format_document) {
  EXPECT_EQ(
      json::parse(event_payload(Event{17, 1790000000, 4, 1, -1200})),
      json::parse(
          R"({"ts": 1790000000000, "number": 17, "code": 4, "name": "supply_opened", "detail": 1, "value": -1200})"));
  const json lost = json::parse(lost_events_payload(22, 3, 5));
  EXPECT_EQ(lost["name"], "lost_events");
  EXPECT_EQ(lost["number"], 21);
  EXPECT_EQ(lost["value"], 3);
}

}  // namespace
}  // namespace lk::gateway
