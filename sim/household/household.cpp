// SPDX-License-Identifier: Apache-2.0
#include "sim/household/household.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "sim/household/plans.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t minute_ms = 60'000;

// Monday is 0; 1970-01-01 was a Thursday.
bool is_weekend(std::int64_t day) {
  return ((day % 7 + 7) + 3) % 7 >= 5;
}

struct Use {
  std::int64_t from_ms;  // of the wall clock
  std::int64_t to_ms;
};

// The uses that begin on this day. Each hour's chance is drawn once; within it the minute and the length.
std::vector<Use> draw_uses(const Usage& usage, std::uint64_t seed, std::int64_t day) {
  std::vector<Use> uses;
  Random random{seed_of(seed, static_cast<std::uint64_t>(day))};
  const double factor = is_weekend(day) ? usage.weekend_factor : 1;
  std::int64_t busy_until = 0;
  for (std::size_t hour = 0; hour < usage.chance.size(); ++hour) {
    const bool is_used = random.uniform() < usage.chance[hour] * factor;
    const auto offset_ms = static_cast<std::int64_t>(random.between(0, static_cast<double>(hour_ms)));
    const auto length_ms =
        static_cast<std::int64_t>(usage.mean_minutes * random.between(0.6, 1.4) * minute_ms);
    const std::int64_t from_ms = day * day_ms + static_cast<std::int64_t>(hour) * hour_ms + offset_ms;
    if (!is_used || from_ms < busy_until) continue;
    uses.push_back({from_ms, from_ms + length_ms});
    busy_until = from_ms + length_ms;
  }
  return uses;
}

// From a little after sunrise to a little before sunset, with passing clouds.
double sunshine(std::int64_t wall_ms, std::uint64_t seed) {
  const std::int64_t day = wall_ms / day_ms;
  const double hour = static_cast<double>(wall_ms % day_ms) / hour_ms;
  constexpr double sunrise = 6;
  constexpr double sunset = 20;
  if (hour <= sunrise || hour >= sunset) return 0;
  const double height = std::sin(std::numbers::pi * (hour - sunrise) / (sunset - sunrise));
  Random random{seed_of(seed, static_cast<std::uint64_t>(day))};
  const double overcast = random.between(0, 0.7);
  const double pace = random.between(3, 9);
  const double angle = random.between(0, 6);
  const double cloud = 0.5 + 0.5 * std::sin(hour * pace + angle + std::sin(hour * pace * 2.7));
  return std::pow(height, 1.3) * (1 - overcast * cloud);
}

class Household final : public LoadSource {
 public:
  Household(Plan plan, std::uint64_t seed, int utc_offset_minutes)
      : plan_(std::move(plan)), seed_(seed), utc_offset_ms_(utc_offset_minutes * minute_ms) {}

  Demand at(quantity::Instant now) override {
    const std::int64_t wall_ms = now.unix_ms() + utc_offset_ms_;
    const std::int64_t day = wall_ms >= 0 ? wall_ms / day_ms : (wall_ms + 1) / day_ms - 1;
    if (day != drawn_day_) draw(day);
    Demand sum;
    for (std::size_t index = 0; index < plan_.always.size(); ++index) {
      // Each begins its cycle at a time of its own, in steps of the meters' resolution.
      const auto shift_ms = static_cast<std::int64_t>(seed_of(seed_, 1000 + index) % hour_ms);
      sum += demand(plan_.always[index], quantity::milliseconds(wall_ms - day_start_ms(day) + shift_ms));
    }
    for (std::size_t index = 0; index < plan_.usages.size(); ++index) {
      for (const Use& use : uses_[index]) {
        if (wall_ms < use.from_ms || wall_ms >= use.to_ms) continue;
        sum += demand(plan_.usages[index].appliance, quantity::milliseconds(wall_ms - use.from_ms));
      }
    }
    if (plan_.solar_w > 0) {
      const double share = sunshine(wall_ms, seed_of(seed_, 2000));
      sum += demand({Kind::pv_inverter, plan_.solar_w * share}, {});
    }
    return sum;
  }

 private:
  // Cyclic appliances count from the start of the day; 26 + 14 minutes divide it evenly.
  static std::int64_t day_start_ms(std::int64_t day) { return day * day_ms; }

  // What began yesterday may still run.
  void draw(std::int64_t day) {
    uses_.assign(plan_.usages.size(), {});
    for (std::size_t index = 0; index < plan_.usages.size(); ++index) {
      for (const std::int64_t from : {day - 1, day}) {
        const auto uses = draw_uses(plan_.usages[index], seed_of(seed_, index), from);
        uses_[index].insert(uses_[index].end(), uses.begin(), uses.end());
      }
    }
    drawn_day_ = day;
  }

  Plan plan_;
  std::uint64_t seed_;
  std::int64_t utc_offset_ms_;
  std::int64_t drawn_day_ = INT64_MIN;
  std::vector<std::vector<Use>> uses_;
};

}  // namespace

std::unique_ptr<LoadSource> make_household(HouseholdKind kind, std::uint64_t seed, int utc_offset_minutes) {
  return std::make_unique<Household>(make_plan(kind, seed), seed, utc_offset_minutes);
}

}  // namespace lk::sim
