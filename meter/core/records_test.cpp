// SPDX-License-Identifier: Apache-2.0
// The long records as a master reads them: events beyond the window of twelve, freezes, the load profile; by
// range, in parts, and across power cuts and clock steps.
#include <gtest/gtest.h>

#include <vector>

#include "bytes/bytes.hpp"
#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using quantity::Instant;
using quantity::minutes;
using quantity::seconds;
using quantity::units;
using records::Log;

struct Entry {
  std::uint32_t number;
  std::vector<std::byte> bytes;
};

struct Archived : Bench {
  Archived() : Bench(test_configuration(), 1, true) { wait(seconds(1)); }

  modbus::Exception select(Id id, std::int64_t value) {
    const dictionary::Row& row = dictionary::row(id);
    std::array<std::byte, 4> registers{};
    dictionary::encode(row, value, std::span{registers}.first(std::size_t{2} * row.register_count));
    return write(row.address, std::span{registers}.first(std::size_t{2} * row.register_count));
  }
  // As a master does: again and again from behind the last entry, until nothing comes.
  std::vector<Entry> read_log(Log log) {
    EXPECT_EQ(select(Id::log_kind, static_cast<int>(log)), modbus::Exception::none);
    const auto entry_bytes = static_cast<std::size_t>(read(Id::log_entry_bytes));
    std::vector<Entry> entries;
    for (;;) {
      const dictionary::Row& row = dictionary::row(Id::log_data);
      const auto data = exchange(modbus::read_request(request, 1, modbus::Function::read_holding_registers,
                                                      row.address, row.register_count))
                            .data;
      bytes::Reader reader{data};
      const std::size_t size_bytes = reader.big<std::uint16_t>();
      if (size_bytes == 0) return entries;
      for (std::size_t at = 0; at < size_bytes; at += 4 + entry_bytes) {
        const auto number = reader.little<std::uint32_t>();
        const auto bytes = reader.take(entry_bytes);
        entries.push_back({number, {bytes.begin(), bytes.end()}});
      }
      EXPECT_EQ(select(Id::log_number, entries.back().number + 1), modbus::Exception::none);
    }
  }
};

TEST(MeterRecords, EventsBeyondTheWindowAreReadByRange) {
  Archived bench;
  for (std::uint32_t i = 1; i <= 60; ++i) (void)bench.send(i, order::SetLowCredit{units(i)});
  const std::uint32_t count = bench.look().event_count;
  const auto events = bench.read_log(Log::all);
  ASSERT_EQ(events.size(), count);
  for (std::uint32_t n = 1; n <= count; ++n) EXPECT_EQ(records::decode(events[n - 1].bytes).number, n);
  EXPECT_EQ(bench.read_log(Log::programming).size(), 60U);
  EXPECT_EQ(bench.select(Id::log_kind, 19), modbus::Exception::illegal_value);
}

TEST(MeterRecords, AnEventThatAPowerCutKeptFromTheLongLogIsMadeGood) {
  Archived bench;
  (void)bench.send(1, order::SetLowCredit{units(1)});
  bench.records->cut_after(0);
  (void)bench.send(2, order::SetLowCredit{units(2)});
  EXPECT_NE(bench.look().alarms & dictionary::alarm_records, 0);
  bench.records->restore_power();
  bench.power_cycle();
  EXPECT_EQ(bench.look().alarms & dictionary::alarm_records, 0);
  std::uint32_t expected = 1;
  for (const Entry& entry : bench.read_log(Log::all))
    EXPECT_EQ(records::decode(entry.bytes).number, expected++);
  EXPECT_EQ(expected, bench.look().event_count + 1);
}

TEST(MeterRecords, FreezesFollowTheCalendarOnceEach) {
  Archived bench;
  EXPECT_EQ(bench.read_log(Log::hourly).size(), 1U) << "a new meter begins with one";
  bench.draw(1000);
  const auto frozen = bench.look().import_energy;
  bench.now = bench.now + minutes(60);
  bench.meter->poll(bench.now);
  auto hourly = bench.read_log(Log::hourly);
  ASSERT_EQ(hourly.size(), 2U);
  const auto freeze = records::decode_freeze(std::span{hourly.back().bytes}.first<records::freeze_bytes>());
  EXPECT_EQ(freeze.import_energy, frozen);
  EXPECT_EQ(freeze.marks, 0);

  (void)bench.send(1, order::SetClock{bench.now + minutes(-90)});
  bench.wait(seconds(5));
  bench.now = bench.now + minutes(80);
  bench.meter->poll(bench.now);
  EXPECT_EQ(bench.read_log(Log::hourly).size(), 2U) << "none twice after a step back";

  bench.meter.reset();
  bench.now = bench.now + minutes(24 * 60);
  bench.power_on();
  const auto daily = bench.read_log(Log::daily);
  ASSERT_EQ(daily.size(), 2U);
  EXPECT_EQ(records::decode_freeze(std::span{daily.back().bytes}.first<records::freeze_bytes>()).marks,
            records::freeze_late);

  (void)bench.send(2, order::Freeze{0});
  const auto at = static_cast<std::uint32_t>(bench.look().clock.unix_s() + 120);
  (void)bench.send(3, order::Freeze{at});
  bench.wait(seconds(150));
  const auto instant = bench.read_log(Log::instant);
  ASSERT_EQ(instant.size(), 2U);
  const auto dated = records::decode_freeze(std::span{instant.back().bytes}.first<records::freeze_bytes>());
  EXPECT_EQ(dated.cause, records::FreezeCause::date);
  EXPECT_GE(dated.time_s, at);
}

TEST(MeterRecords, EachChangeOfTariffIsFrozenAlsoWhereThePowerGoesInBetween) {
  int new_count = 0;
  for (std::uint64_t steps = 0; new_count < 3; ++steps) {
    Archived bench;
    bench.flash.cut_after(steps);
    (void)bench.send(1, order::SetPrice{quantity::Price::of(20'000), 5});
    bench.power_cycle();
    bench.wait(seconds(1));
    const auto instant = bench.read_log(Log::instant);
    const bool is_new = bench.look().tariff_version == 5;
    new_count += is_new ? 1 : 0;
    ASSERT_EQ(instant.empty(), !is_new) << steps;
    if (!is_new) continue;
    const auto freeze =
        records::decode_freeze(std::span{instant.back().bytes}.first<records::freeze_bytes>());
    EXPECT_EQ(freeze.cause, records::FreezeCause::tariff);
  }
}

TEST(MeterRecords, TheProfileHasNoHoleWithoutAMark) {
  Archived bench;
  for (int i = 0; i < 4 * 3; ++i) {
    bench.draw(1000);
    bench.now = bench.now + minutes(5);
    bench.meter->poll(bench.now);
  }
  bench.meter.reset();
  bench.now = bench.now + minutes(120);
  bench.power_on();
  for (int i = 0; i < 6; ++i) {
    bench.now = bench.now + minutes(5);
    bench.meter->poll(bench.now);
  }
  (void)bench.send(1, order::SetClock{bench.now + minutes(37)});
  for (int i = 0; i < 6; ++i) {
    bench.now = bench.now + minutes(5);
    bench.meter->poll(bench.now);
  }
  const auto entries = bench.read_log(Log::profile);
  ASSERT_GE(entries.size(), 8U);
  std::uint32_t before_s = 0;
  std::uint32_t before_energy = 0;
  for (const Entry& entry : entries) {
    bytes::Reader reader{entry.bytes};
    const auto time_s = reader.little<std::uint32_t>();
    const unsigned marks = reader.byte();
    EXPECT_EQ(reader.byte(), 15);
    EXPECT_EQ(reader.byte(), 4);
    (void)reader.byte();
    const auto energy = reader.little<std::uint32_t>();
    EXPECT_GE(energy, before_energy);
    if (before_s != 0 && time_s - before_s != 900) {
      EXPECT_NE(marks & (records::mark_power_lost | records::mark_clock_set), 0U) << "entry " << entry.number;
    }
    before_s = time_s;
    before_energy = energy;
  }
  EXPECT_EQ(bench.select(Id::log_since, before_s), modbus::Exception::none);
  EXPECT_EQ(bench.read(Id::log_number), entries.back().number);
}

TEST(MeterRecords, NothingButTheSelectionCanBeWritten) {
  Archived bench;
  const std::array<std::byte, 4> four{};
  EXPECT_EQ(bench.write(0x6040, four), modbus::Exception::illegal_address) << "a parameter";
  EXPECT_EQ(bench.write(0x5010, four), modbus::Exception::illegal_address) << "the price";
  EXPECT_EQ(bench.write(0x7000, four), modbus::Exception::illegal_address) << "too long";
}

TEST(MeterRecords, WithoutTheirFlashTheyAreEmpty) {
  Bench bench;
  bench.wait(seconds(1));
  EXPECT_EQ(bench.read(Id::log_next), 1);
  EXPECT_EQ(bench.read(Id::log_entry_bytes), 0);
  EXPECT_EQ(bench.look().alarms, 0);
}

}  // namespace
}  // namespace lk::meter
