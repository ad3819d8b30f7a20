// SPDX-License-Identifier: Apache-2.0
#include "sim/household/plans.hpp"

#include <cstddef>

#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

using Chances = std::array<double, 24>;

// The same chance in each hour of [from, to), added to what is there.
Chances hours(std::size_t from, std::size_t to, double chance, Chances base = {}) {
  for (std::size_t hour = from; hour < to; ++hour) base[hour] = chance;
  return base;
}

// Draws sizes about a usual one.
class Sizes {
 public:
  explicit Sizes(std::uint64_t seed) : random_(seed_of(seed, 77)) {}
  double about(double watts) { return watts * random_.between(0.8, 1.2); }

 private:
  Random random_;
};

Plan family(std::uint64_t seed) {
  Sizes size{seed};
  Plan plan;
  plan.always = {{Kind::fridge, size.about(95)}, {Kind::standby, size.about(28)}};
  plan.usages = {
      {{Kind::kettle, size.about(2000)}, hours(6, 9, 0.55, hours(9, 19, 0.2, hours(19, 22, 0.35))), 3.5, 1.1},
      {{Kind::lights, size.about(60)}, hours(6, 8, 0.8, hours(18, 23, 0.95)), 55, 1},
      {{Kind::electronics, size.about(120)}, hours(8, 17, 0.15, hours(18, 23, 0.7)), 80, 1.3},
      {{Kind::heater, size.about(1700)}, hours(6, 8, 0.25, hours(11, 13, 0.35, hours(17, 20, 0.5))), 28, 1.2},
      {{Kind::washing_machine, size.about(2100)}, hours(9, 12, 0.1, hours(17, 20, 0.08)), 90, 2},
      {{Kind::motor, size.about(350)}, hours(10, 18, 0.08), 20, 2},
      {{Kind::corrected, size.about(180)}, hours(9, 18, 0.2), 100, 0.6},
      {{Kind::air_conditioner, size.about(900)}, hours(13, 22, 0.25), 70, 1.2},
  };
  return plan;
}

Plan dormitory(std::uint64_t seed) {
  Sizes size{seed};
  Plan plan;
  plan.always = {{Kind::standby, size.about(12)}};
  plan.usages = {
      {{Kind::lights, size.about(36)}, hours(6, 8, 0.6, hours(18, 24, 0.9)), 60, 1},
      {{Kind::electronics, size.about(90)},
       hours(0, 1, 0.3, hours(12, 14, 0.5, hours(18, 24, 0.8))),
       75,
       1.3},
      {{Kind::electronics, size.about(65)}, hours(8, 18, 0.25, hours(18, 24, 0.7)), 90, 1.4},
      {{Kind::motor, size.about(40)}, hours(12, 24, 0.3), 120, 1.1},
      {{Kind::kettle, size.about(900)}, hours(7, 9, 0.2, hours(21, 23, 0.3)), 5, 1},
      {{Kind::heater, size.about(1200)}, hours(21, 23, 0.1), 8, 1},
  };
  return plan;
}

Plan shop(std::uint64_t seed) {
  Sizes size{seed};
  Plan plan;
  plan.always = {
      {Kind::fridge, size.about(320)}, {Kind::fridge, size.about(180)}, {Kind::standby, size.about(45)}};
  plan.usages = {
      {{Kind::lights, size.about(420)}, hours(8, 21, 1.0), 62, 0.9},
      {{Kind::corrected, size.about(240)}, hours(8, 21, 1.0), 60, 0.9},
      {{Kind::air_conditioner, size.about(1300)}, hours(11, 19, 0.7), 55, 0.9},
      {{Kind::kettle, size.about(1800)}, hours(8, 20, 0.3), 4, 0.8},
      {{Kind::motor, size.about(550)}, hours(9, 20, 0.3), 15, 0.9},
  };
  return plan;
}

}  // namespace

Plan make_plan(HouseholdKind kind, std::uint64_t seed) {
  switch (kind) {
    case HouseholdKind::family:
      return family(seed);
    case HouseholdKind::dormitory:
      return dormitory(seed);
    case HouseholdKind::shop:
      return shop(seed);
    case HouseholdKind::solar: {
      Plan plan = family(seed);
      plan.solar_w = Sizes{seed_of(seed, 78)}.about(3000);
      return plan;
    }
  }
  return {};
}

}  // namespace lk::sim
