// SPDX-License-Identifier: Apache-2.0
// Whether a tariff set makes sense. Asked before a set is stored, sent or used; pure.
#pragma once

#include <cstdint>

#include "tariff/set.hpp"

namespace lk::tariff {

enum class Fault : std::uint8_t {
  none,
  zone_offset,           // beyond ±14 hours
  zone_save,             // more than 120 minutes
  zone_changeover,       // a field out of range (index 0 start, 1 end), or both in one month
  settlement,            // month, day (1 to 28) or hour out of range
  rate_count,            // not 1 to 8
  default_rate,          // not one of the rates
  ladder_per,            // not month or year
  threshold_count,       // more than 7
  threshold_order,       // threshold `index` is not above the one before, or 0
  price,                 // of step `index`, rate `inner`: out of range
  day_table_count,       // not 1 to 8
  switching_count,       // day table `index`: not 1 to 14
  day_start,             // day table `index` does not begin at minute 0: a gap
  switching_order,       // day table `index`, switching `inner`: not after the one before, or beyond the day
  switching_rate,        // day table `index`, switching `inner`: no such rate
  week_table_count,      // not 1 to 14
  week_day_table,        // week table `index`, weekday `inner`: no such day table
  season_count,          // more than 14
  season_date,           // season `index`: not a date of every year
  season_order,          // season `index` does not begin after the one before
  season_week_table,     // season `index`: no such week table
  weeks_without_season,  // more than one week table, and no season that chooses
  special_day_count,     // more than 40
  special_day_date,      // special day `index`: no such date
  special_day_table,     // special day `index`: no such day table
  special_day_twice,     // special day `index` stands there already, at `inner`
  standing,              // not per day or month, or the amount is out of range
  minimum,               // out of range
  demand_window,         // not 5, 10, 15, 20, 30 or 60 minutes
  demand_price,          // out of range
  tax_count,             // more than 4
  tax,                   // tax `index`: kind, base, value or name out of range
};

// What is wrong first, and where: the meaning of the indexes stands with the fault.
struct Finding {
  Fault fault = Fault::none;
  std::uint8_t index = 0;
  std::uint8_t inner = 0;
  // True where there is a fault.
  [[nodiscard]] explicit constexpr operator bool() const { return fault != Fault::none; }
  bool operator==(const Finding&) const = default;
};

// The first fault of a set, in the order of the list above, or none where the set may be used.
[[nodiscard]] Finding find_fault(const TariffSet& set);

}  // namespace lk::tariff
