// SPDX-License-Identifier: Apache-2.0
// What is forbidden: which powers of resistive loads, at which hours, and what then follows. The parameters
// are those that meters of dormitories have in the field: a switch off / alarm / trip, up to six bands of
// power from 30 W, a white list of bands, hours by day and holiday.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/guard/condition.hpp"
#include "quantity/quantity.hpp"

namespace lk::guard {

// The meter's local time, told by its owner who keeps clock, time zone and holidays.
struct LocalTime {
  std::int32_t day = 0;      // counts days; only that it changes matters
  std::uint16_t minute = 0;  // of the day, 0 to 1439
  bool is_holiday = false;   // holidays and week-ends, as the site has it
};

// From `least` to `most`, both within.
struct PowerBand {
  quantity::Power least;
  quantity::Power most;
};
inline constexpr std::size_t band_max = 6;
inline constexpr quantity::Power least_band_power = quantity::Power::of(30'000);
inline constexpr quantity::Power most_band_power = quantity::Power::of(100'000'000);

// From the minute `from` to before the minute `to`; over midnight where `to` is not after `from`.
struct WatchHours {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
};
inline constexpr std::size_t hours_max = 8;

template <class Item, std::size_t capacity>
struct List {
  std::array<Item, capacity> items{};
  std::uint8_t count = 0;
};

struct LoadPolicySettings {
  Action action = Action::off;  // off, alarm or trip; `record` only records
  List<PowerBand, band_max> watched{{{{quantity::Power::of(80'000), most_band_power}}}, 1};
  List<PowerBand, band_max> allowed;    // the white list; goes before the watched
  List<WatchHours, hours_max> workday;  // none: the whole day
  List<WatchHours, hours_max> holiday;  // none: the whole day
  bool watches_workdays = true;
  bool watches_holidays = true;
};
// Whether bands are in order and from 30 W to 100 kW, counts in range and minutes of a day.
[[nodiscard]] bool is_valid(const LoadPolicySettings& settings);

// What follows from a resistive load of this power, switched on at this time.
[[nodiscard]] Action action_for(const LoadPolicySettings& settings, quantity::Power power,
                                const LocalTime& time);

// The lower end of the lowest watched band: nothing below it is looked for.
[[nodiscard]] quantity::Power least_watched(const LoadPolicySettings& settings);

}  // namespace lk::guard
