// SPDX-License-Identifier: Apache-2.0
// A tariff set: everything that one customer's price depends on, as one value of fixed size. Meter and
// platform hold the same set and so agree on every price, also on local time: the zone's rule is part of it.
//
//   instant ─► local date ─► special day? ─► day table ─► rate ┐
//                  └─► season ─► week table ─┘                 ├─► prices[step][rate]
//   energy of the month or year ─► thresholds ─► step ─────────┘
//
// Bytes: docs/formats/tariff.md. What it means: docs/design/tariff.md. A set is used only where `find_fault`
// (tariff/validate.hpp) finds none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::tariff {

inline constexpr std::size_t rate_max = 8;
inline constexpr std::size_t step_max = 8;  // prices of a ladder, one more than its thresholds
inline constexpr std::size_t switching_max = 14;
inline constexpr std::size_t day_table_max = 8;
inline constexpr std::size_t week_table_max = 14;
inline constexpr std::size_t season_max = 14;
inline constexpr std::size_t special_day_max = 40;
inline constexpr std::size_t tax_max = 4;
inline constexpr std::size_t tax_name_max = 8;
inline constexpr std::uint16_t minutes_per_day = 1440;

// The n-th `weekday` of `month`, at `minute` of that day as the wall clock shows it before the change: the
// rule of POSIX TZ (Mm.w.d/time).
struct Changeover {
  std::uint8_t month = 0;    // 1 to 12
  std::uint8_t week = 0;     // 1 to 4; 5 is the last
  std::uint8_t weekday = 0;  // 0 Monday to 6 Sunday
  std::int16_t minute = 0;   // -1440 to 2880: some countries change on the day before or after the named one
  bool operator==(const Changeover&) const = default;
};

// Local time = UTC + offset, and + save from `start` to `end` each year. Without daylight saving
// `save_minutes` is 0 and both changeovers are empty.
struct Zone {
  std::int16_t offset_minutes = 0;  // -840 to 840, east of Greenwich is positive
  std::uint8_t save_minutes = 0;    // 0 to 120
  Changeover start;
  Changeover end;
  bool operator==(const Zone&) const = default;
};

// When months and years of account begin: on `day` at `hour`:00 local time; a year's in `month`.
struct Settlement {
  std::uint8_t month = 1;  // 1 to 12
  std::uint8_t day = 1;    // 1 to 28
  std::uint8_t hour = 0;   // 0 to 23
  bool operator==(const Settlement&) const = default;
};

enum class Per : std::uint8_t { month = 0, year = 1, day = 2 };

// From `minute` of the local day on, `rate` is in force.
struct Switching {
  std::uint16_t minute = 0;
  std::uint8_t rate = 0;
  bool operator==(const Switching&) const = default;
};

// The switching times of a day, rising; the first is at minute 0.
struct DayTable {
  std::uint8_t count = 1;
  std::array<Switching, switching_max> switchings{};
  bool operator==(const DayTable&) const = default;
};

// The day table of each weekday, Monday first.
using WeekTable = std::array<std::uint8_t, 7>;

// From this date of each year on, until the next season begins, a week table is in force.
struct Season {
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t week_table = 0;
  bool operator==(const Season&) const = default;
};

// A date with its own day table, in place of the week's.
struct SpecialDay {
  std::uint16_t year = 0;  // 0: each year; one of a named year goes before one of each year
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t day_table = 0;
  bool operator==(const SpecialDay&) const = default;
};

// Prices that rise (or fall) with what was used since the settlement: step n prices the energy from
// thresholds[n-1] to thresholds[n].
struct Ladder {
  Per per = Per::month;  // month or year
  std::uint8_t threshold_count = 0;
  std::array<std::uint32_t, step_max - 1> thresholds_wh{};
  bool operator==(const Ladder&) const = default;
};

struct StandingCharge {
  Per per = Per::day;  // day or month
  quantity::Money amount;
  bool operator==(const StandingCharge&) const = default;
};

// A price for the highest mean power over a window in the month of account, per kW.
struct DemandCharge {
  std::uint8_t window_minutes = 15;  // 5, 10, 15, 20, 30 or 60
  quantity::Price price_per_kw;
  bool operator==(const DemandCharge&) const = default;
};

enum class TaxKind : std::uint8_t {
  share = 0,    // `value` millionths of the base
  per_kwh = 1,  // `value` × 0.0001 of the currency unit for each kWh
};

// What a tax is taken of: bits of Tax::base.
enum TaxBase : std::uint8_t {
  base_energy = 1,
  base_standing = 2,
  base_minimum = 4,
  base_demand = 8,
  base_earlier_taxes = 16,  // those above it in the list
};
inline constexpr std::uint8_t base_all = 31;

struct Tax {
  TaxKind kind = TaxKind::share;
  std::uint8_t base = base_all;           // of kind share; 0 for per_kwh
  std::uint32_t value = 0;                // share: 0 to 1 000 000
  std::array<char, tax_name_max> name{};  // printable ASCII, padded with NUL
  bool operator==(const Tax&) const = default;
};

struct TariffSet {
  std::uint32_t version = 0;  // rises with each set that a meter is given
  Zone zone;
  Settlement settlement;

  std::uint8_t rate_count = 1;
  std::uint8_t default_rate = 0;  // while the clock is known to be wrong
  Ladder ladder;
  std::array<std::array<quantity::Price, rate_max>, step_max> prices{};  // [step][rate], 0 to price_max

  std::uint8_t day_table_count = 1;
  std::uint8_t week_table_count = 1;
  std::uint8_t season_count = 0;  // 0: the first week table all the year
  std::uint8_t special_day_count = 0;
  std::array<DayTable, day_table_max> day_tables{};
  std::array<WeekTable, week_table_max> week_tables{};
  std::array<Season, season_max> seasons{};  // rising by date
  std::array<SpecialDay, special_day_max> special_days{};

  StandingCharge standing;
  quantity::Money minimum_charge;  // for the energy of a month of account
  DemandCharge demand;
  std::uint8_t tax_count = 0;
  std::array<Tax, tax_max> taxes{};

  [[nodiscard]] constexpr std::uint8_t step_count() const {
    return static_cast<std::uint8_t>(ladder.threshold_count + 1);
  }
  bool operator==(const TariffSet&) const = default;
};

// The largest amount of a standing or minimum charge: ten million currency units.
inline constexpr quantity::Money fixed_charge_max = quantity::units(10'000'000);

// One price at all times, in UTC.
[[nodiscard]] constexpr TariffSet flat_set(quantity::Price price, std::uint32_t version) {
  TariffSet set;
  set.version = version;
  set.prices[0][0] = price;
  return set;
}

}  // namespace lk::tariff
