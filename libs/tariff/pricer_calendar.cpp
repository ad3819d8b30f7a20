// SPDX-License-Identifier: Apache-2.0
// What time alone makes due: settlements, standing, minimum and demand charges, and the taxes on all.
#include <algorithm>
#include <cstdlib>

#include "assert/assert.hpp"
#include "tariff/local_time.hpp"
#include "tariff/pricer.hpp"

namespace lk::tariff {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Money;

std::uint16_t packed(const Settlement& settlement) {
  return static_cast<std::uint16_t>(settlement.month << 10U | settlement.day << 5U | settlement.hour);
}

bool is_yearly(const TariffSet& set) {
  return set.ladder.per == Per::year;
}

// The share of a whole number of counts, with what is below a count carried in the remainder's parts: a
// millionth is 360 of them.
Charge share_of(Money base, std::uint32_t millionths, Remainder carried) {
  constexpr std::int64_t million = 1'000'000;
  constexpr std::int64_t parts_per_millionth = remainder_parts / million;
  const std::int64_t value = millionths;
  const std::int64_t parts = base.count() % million * value * parts_per_millionth + carried.parts();
  return {Money::of(base.count() / million * value + parts / remainder_parts),
          Remainder::of(static_cast<std::uint32_t>(parts % remainder_parts))};
}

Money base_of(const Tax& tax, const Charges& charges, Money earlier) {
  Money base;
  if ((tax.base & base_energy) != 0) base += charges.energy;
  if ((tax.base & base_standing) != 0) base += charges.standing;
  if ((tax.base & base_minimum) != 0) base += charges.minimum;
  if ((tax.base & base_demand) != 0) base += charges.demand;
  if ((tax.base & base_earlier_taxes) != 0) base += earlier;
  return base;
}

// A day since 1970 and months since year 0 that a clock can show; a pricer that has not begun has zeros.
bool is_calendar(std::int32_t day, std::int32_t month, std::int32_t standing_month) {
  constexpr std::int32_t day_limit = 50'000;
  constexpr std::int32_t month_limit = 12 * 2110;
  return day >= -2 && day <= day_limit && month >= 0 && month <= month_limit && standing_month >= 0 &&
         standing_month <= month_limit;
}

}  // namespace

// A begun day and a begun month are charged whole.
void Pricer::begin_calendar(const TariffSet& set, const Moment& at) {
  day_ = at.day - 1;
  standing_month_ = at.month - 1;
  month_ = at.month;
  settlement_ = packed(set.settlement);
  is_yearly_ = is_yearly(set);
  has_begun_ = true;
}

void Pricer::settle(const TariffSet& set, Instant at, Charges& charges) {
  const Moment& now = moment(set, at);
  if (!has_begun_) return begin_calendar(set, now);
  if (is_yearly_ != is_yearly(set)) {
    is_yearly_ = is_yearly(set);
    ladder_energy_ = {};
  }
  // Another settlement moves the end of the running month; it does not end it.
  if (settlement_ != packed(set.settlement)) {
    settlement_ = packed(set.settlement);
    month_ = now.month;
    standing_month_ = std::max(standing_month_, now.month);
  }
  if (now.month > month_) settle_month(set, now.month, charges);
}

// Months that passed without a call had no energy: each of them owes the whole minimum.
void Pricer::settle_month(const TariffSet& set, std::int32_t month, Charges& charges) {
  close_window(set);
  charges.minimum += std::max(Money{}, set.minimum_charge - month_money_);
  charges.minimum += set.minimum_charge * (month - month_ - 1);
  const Charge demand = value_of(charge({set.demand.price_per_kw}, demand_energy_, demand_remainder_));
  charges.demand += demand.money;
  demand_remainder_ = demand.remainder;
  month_money_ = {};
  demand_energy_ = {};
  const bool is_new_year = year_of_month(set.settlement, month) != year_of_month(set.settlement, month_);
  if (!is_yearly_ || is_new_year) ladder_energy_ = {};
  month_ = month;
}

// Days and months only rise: what the calendar has billed once, it does not bill again.
void Pricer::bill_standing(const TariffSet& set, const Moment& at, Charges& charges) {
  const std::int32_t days = std::max<std::int32_t>(0, at.day - day_);
  const std::int32_t months = std::max<std::int32_t>(0, at.month - standing_month_);
  charges.standing += set.standing.amount * (set.standing.per == Per::day ? days : months);
  day_ += days;
  standing_month_ += months;
}

void Pricer::close_window(const TariffSet& set) {
  constexpr std::int64_t minutes_per_hour = 60;
  demand_energy_ = std::max(demand_energy_, window_energy_ * (minutes_per_hour / set.demand.window_minutes));
  window_energy_ = {};
}

void Pricer::count_demand(const TariffSet& set, Energy energy, Instant at) {
  if (set.demand.price_per_kw == quantity::Price{}) return;
  const std::int64_t length_ms = set.demand.window_minutes * ms_per_minute;
  const auto window =
      static_cast<std::int32_t>(floor_div(at.unix_ms() + set.zone.offset_minutes * ms_per_minute, length_ms));
  if (window != window_) close_window(set);
  window_ = window;
  constexpr Energy window_max =
      Energy::of(energy_max.count() / 12);  // 2 GW over 5 minutes; an hour of it is energy_max
  window_energy_ = std::min(window_energy_ + energy, window_max);
}

void Pricer::add_taxes(const TariffSet& set, Energy energy, Charges& charges) {
  Money earlier;
  for (std::size_t i = 0; i < set.tax_count; ++i) {
    const Tax& tax = set.taxes[i];
    const Charge charged =
        tax.kind == TaxKind::per_kwh
            ? value_of(charge({quantity::Price::of(tax.value)}, energy, tax_remainders_[i]))
            : share_of(base_of(tax, charges, earlier), tax.value, tax_remainders_[i]);
    tax_remainders_[i] = charged.remainder;
    charges.taxes[i] += charged.money;
    earlier += charged.money;
  }
}

void Pricer::clock_was_set(const TariffSet& set, Instant at) {
  window_energy_ = {};
  if (!has_begun_) return;
  const Moment& now = moment(set, at);
  if (std::abs(now.day - day_) <= clock_step_max_days) return;
  day_ = now.day;
  month_ = now.month;
  standing_month_ = now.month;
  settlement_ = packed(set.settlement);
}

bool Pricer::operator==(const Pricer& other) const {
  return remainder_ == other.remainder_ && demand_remainder_ == other.demand_remainder_ &&
         tax_remainders_ == other.tax_remainders_ && ladder_energy_ == other.ladder_energy_ &&
         month_money_ == other.month_money_ && window_energy_ == other.window_energy_ &&
         demand_energy_ == other.demand_energy_ && window_ == other.window_ && day_ == other.day_ &&
         standing_month_ == other.standing_month_ && month_ == other.month_ &&
         settlement_ == other.settlement_ && is_yearly_ == other.is_yearly_ && has_begun_ == other.has_begun_;
}

void Pricer::encode(bytes::Writer& to) const {
  to.little(remainder_.parts());
  to.little(demand_remainder_.parts());
  for (const Remainder& tax : tax_remainders_) to.little(tax.parts());
  to.little(ladder_energy_.count());
  to.little(month_money_.count());
  to.little(window_energy_.count());
  to.little(demand_energy_.count());
  to.little(window_);
  to.little(day_);
  to.little(standing_month_);
  to.little(month_);
  to.little(settlement_);
  to.byte(static_cast<std::uint8_t>((has_begun_ ? 1U : 0U) | (is_yearly_ ? 2U : 0U)));
}

bool Pricer::decode(bytes::Reader& from) {
  std::array<std::uint32_t, 2 + tax_max> parts{};
  for (std::uint32_t& part : parts) part = from.little<std::uint32_t>();
  Pricer read;
  read.ladder_energy_ = Energy::of(from.little<std::int64_t>());
  read.month_money_ = Money::of(from.little<std::int64_t>());
  read.window_energy_ = Energy::of(from.little<std::int64_t>());
  read.demand_energy_ = Energy::of(from.little<std::int64_t>());
  read.window_ = from.little<std::int32_t>();
  read.day_ = from.little<std::int32_t>();
  read.standing_month_ = from.little<std::int32_t>();
  read.month_ = from.little<std::int32_t>();
  read.settlement_ = from.little<std::uint16_t>();
  const std::uint8_t flags = from.byte();
  if (!from.ok() || flags > 3) return false;
  if (std::ranges::any_of(parts, [](std::uint32_t part) { return part >= remainder_parts; })) return false;
  if (read.ladder_energy_ < Energy{} || read.month_money_ < Money{} || read.window_energy_ < Energy{} ||
      read.demand_energy_ < Energy{}) {
    return false;
  }
  if (!is_calendar(read.day_, read.month_, read.standing_month_)) return false;
  read.remainder_ = Remainder::of(parts[0]);
  read.demand_remainder_ = Remainder::of(parts[1]);
  for (std::size_t i = 0; i < tax_max; ++i) read.tax_remainders_[i] = Remainder::of(parts[2 + i]);
  read.has_begun_ = (flags & 1U) != 0;
  read.is_yearly_ = (flags & 2U) != 0;
  *this = read;
  return true;
}

}  // namespace lk::tariff
