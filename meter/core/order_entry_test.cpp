// SPDX-License-Identifier: Apache-2.0
// Sealed orders at the meter.
#include <gtest/gtest.h>

#include <algorithm>

#include "meter/core/testing/bench.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dictionary::OrderResult;
using port::Contact;
using quantity::Instant;
using quantity::Price;
using quantity::seconds;
using quantity::units;

TEST(OrderEntry, OpensAndClosesTheSupply) {
  Bench bench;
  bench.wait(seconds(1));
  EXPECT_EQ(bench.send(1, order::Open{}).result, OrderResult::done);
  bench.wait(seconds(2));
  EXPECT_EQ(bench.relay.contact(), Contact::open);
  EXPECT_EQ(bench.look().hold_reasons, dictionary::hold_order);
  EXPECT_FALSE(bench.look().is_supply_closed);

  EXPECT_EQ(bench.send(2, order::Close{}).result, OrderResult::done);
  bench.wait(seconds(2));
  EXPECT_EQ(bench.relay.contact(), Contact::closed);
  EXPECT_EQ(bench.relay.pulse_count, 2);
  EXPECT_EQ(bench.event(bench.look().event_count).code, EventCode::supply_closed);
}

TEST(OrderEntry, ARetryHasTheFirstResultAndNoSecondEffect) {
  Bench bench;
  bench.draw(1'000'000);
  const auto order = bench.sealed(5, order::SetPrice{Price::of(20'000), 2});
  const OrderAnswer first = bench.send(order);
  EXPECT_EQ(first.result, OrderResult::done);
  EXPECT_EQ(first.value, bench.look().priced_energy.count());
  bench.draw(1'000'000);
  const std::uint32_t events = bench.look().event_count;
  for (int start = 0; start < 2; ++start) {
    const OrderAnswer again = bench.send(order);
    EXPECT_EQ(again.result, OrderResult::already_done);
    EXPECT_EQ(again.value, first.value);
    EXPECT_EQ(bench.look().event_count, events + static_cast<std::uint32_t>(start));
    bench.power_cycle();
  }
  EXPECT_EQ(bench.read(Id::order_result), static_cast<int>(OrderResult::done));
  EXPECT_EQ(bench.read(Id::order_answered), 5);
  EXPECT_EQ(bench.read(Id::order_value), first.value);
}

struct RefusalRow {
  const char* name;
  order::SealedOrder order;
  std::uint16_t detail;
};

TEST(OrderEntry, EachRefusalIsToldApartInTheLogOnly) {
  Bench bench;
  ASSERT_EQ(bench.send(8, order::Permit{}).result, OrderResult::done);
  ASSERT_EQ(bench.send(10, order::Close{}).result, OrderResult::done);
  auto forged = bench.sealed(11, order::Open{});
  forged.bytes[20] ^= std::byte{1};
  const auto now_s = static_cast<std::uint32_t>(bench.now.unix_s());
  const auto foreign =
      order::seal({7'000'000'027, 11, order::never_expires, order::Open{}}, bench.configuration.order_key);
  auto cut = bench.sealed(11, order::Open{});
  --cut.size_bytes;

  const RefusalRow rows[] = {
      {"forged", forged, 1},
      {"one that was done before, and another since", bench.sealed(8, order::Permit{}), 8},
      {"one that comes late", bench.sealed(9, order::Open{}), 2},
      {"the same sequence with other bytes", bench.sealed(10, order::Open{}), 2},
      {"expired", bench.sealed(11, order::Open{}, now_s - 1), 3},
      {"of another meter", foreign, 4},
      {"cut short", cut, 7},
  };
  for (const RefusalRow& row : rows) {
    const OrderAnswer answer = bench.send(row.order);
    EXPECT_EQ(answer.result, OrderResult::refused) << row.name;
    EXPECT_EQ(bench.read(Id::order_result), static_cast<int>(OrderResult::refused)) << row.name;
    const records::Event event = bench.event(bench.look().event_count);
    EXPECT_EQ(event.code, EventCode::order_refused) << row.name;
    EXPECT_EQ(event.detail, row.detail) << row.name;
    EXPECT_EQ(event.value, answer.sequence) << row.name;
    EXPECT_EQ(bench.look().hold_reasons, 0) << row.name;
    EXPECT_EQ(bench.look().order_sequence, 10U) << row.name;
    bench.now = bench.now + quantity::minutes(1);  // in a burst only the first four are recorded
  }
}

TEST(OrderEntry, PriceChangesAtAnExactEnergy) {
  Configuration configuration = test_configuration();
  configuration.preset_credit = units(1'000'000);
  Bench bench{configuration};
  bench.draw(777'777);
  const std::int64_t at_change = bench.send(1, order::SetPrice{Price::of(33'333), 2}).value;
  EXPECT_EQ(bench.event(bench.look().event_count).code, EventCode::tariff_changed);
  EXPECT_EQ(bench.event(bench.look().event_count).value, at_change);
  bench.draw(555'555);
  const Snapshot seen = bench.look();
  EXPECT_EQ(seen.tariff_version, 2U);
  EXPECT_GT(seen.priced_energy.count(), at_change);
  const std::int64_t parts = at_change * 12'000 + (seen.priced_energy.count() - at_change) * 33'333;
  EXPECT_EQ(seen.deducted.count(), parts / 360'000'000) << "exact across the change: the remainder goes on";
}

TEST(OrderEntry, ClockIsSetAndStays) {
  Bench bench;
  const Instant wanted = bench.now + seconds(100);
  EXPECT_EQ(bench.send(1, order::SetClock{wanted}).value, 100'000);
  EXPECT_EQ(bench.look().clock, wanted);
  EXPECT_EQ(bench.read(Id::clock), wanted.unix_ms());
  EXPECT_EQ(bench.event(bench.look().event_count).code, EventCode::clock_set);
  const Instant before = bench.now;
  bench.power_cycle();
  EXPECT_EQ(bench.look().clock, wanted + (bench.now - before));
  const auto expired = bench.sealed(2, order::Open{}, static_cast<std::uint32_t>(bench.now.unix_s()) + 50);
  EXPECT_EQ(bench.send(expired).refusal, order::Refusal::expired) << "by the meter's own clock";
}

TEST(OrderEntry, LowCreditThresholdTakesEffect) {
  Bench bench;
  EXPECT_EQ(bench.look().alarms, 0);
  EXPECT_EQ(bench.send(1, order::SetLowCredit{units(6)}).result, OrderResult::done);
  EXPECT_EQ(bench.look().alarms, dictionary::alarm_low_credit);
  EXPECT_EQ(bench.event(bench.look().event_count).code, EventCode::low_credit);
  EXPECT_EQ(bench.read(Id::low_credit), units(6).count());
}

TEST(OrderEntry, WithoutStorageNothingSwitches) {
  Bench bench;
  bench.wait(seconds(1));
  const auto order = bench.sealed(1, order::Open{});
  bench.flash.cut_after(0);
  EXPECT_EQ(bench.send(order).result, OrderResult::not_ready);
  bench.wait(seconds(3));
  EXPECT_EQ(bench.relay.pulse_count, 0);
  EXPECT_EQ(bench.look().hold_reasons, 0);
  bench.flash.restore_power();
  EXPECT_EQ(bench.send(order).result, OrderResult::done);
  bench.wait(seconds(1));
  EXPECT_EQ(bench.relay.contact(), Contact::open);
}

TEST(OrderEntry, ComesThroughModbus) {
  Bench bench;
  const auto order = bench.sealed(3, order::Open{});
  std::array<std::byte, 80> registers{};
  registers[1] = std::byte{order.size_bytes};
  std::ranges::copy(order.view(), registers.begin() + 2);
  const std::size_t size_bytes = 2 + (std::size_t{order.size_bytes} + 1) / 2 * 2;
  EXPECT_EQ(bench.write(0x5200, std::span{registers}.first(size_bytes)), modbus::Exception::none);
  EXPECT_EQ(bench.read(Id::order_result), static_cast<int>(OrderResult::done));
  EXPECT_EQ(bench.read(Id::order_answered), 3);
  EXPECT_EQ(bench.read(Id::hold_reasons), dictionary::hold_order);
}

}  // namespace
}  // namespace lk::meter
