// SPDX-License-Identifier: Apache-2.0
// Built-in households: a list of appliances, each with how often it is used by the hour of the day. Which
// hour of which day it is really used is drawn from the seed and the date, so any moment can be asked for, in
// any order.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/appliance/appliance.hpp"
#include "sim/household/load_source.hpp"

namespace lk::sim {

enum class HouseholdKind : std::uint8_t {
  family,     // 6 to 12 kWh a day, morning and evening
  dormitory,  // 1.5 to 3 kWh a day, late evening, small appliances
  shop,       // 10 to 20 kWh a day, opening hours, cooling
  solar,      // a family with 3 kW of photovoltaics: exports at noon
};

// `utc_offset_minutes` is what the clock on the wall shows against UTC.
[[nodiscard]] std::unique_ptr<LoadSource> make_household(HouseholdKind kind, std::uint64_t seed,
                                                         int utc_offset_minutes = 0);

}  // namespace lk::sim
