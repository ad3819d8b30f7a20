// SPDX-License-Identifier: Apache-2.0
// What the built-in households own and when they use it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/appliance/appliance.hpp"
#include "sim/household/household.hpp"

namespace lk::sim {

struct Usage {
  Appliance appliance;
  std::array<double, 24> chance{};  // to be switched on in that hour of the day
  double mean_minutes = 0;
  double weekend_factor = 1;
};

struct Plan {
  std::vector<Appliance> always;  // on all day, with cycles of their own
  std::vector<Usage> usages;
  double solar_w = 0;
};

// The plan of one household: its appliances' sizes are drawn from the seed.
[[nodiscard]] Plan make_plan(HouseholdKind kind, std::uint64_t seed);

}  // namespace lk::sim
