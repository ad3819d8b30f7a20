// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/fault_judge.hpp"

#include <algorithm>
#include <cstddef>

#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t degrees(std::uint32_t count) {
  return static_cast<std::uint32_t>((std::uint64_t{count} << 32U) / 360);
}

bool is_near(std::uint32_t angle, std::uint32_t target, std::uint32_t tolerance) {
  return magnitude(static_cast<std::int32_t>(angle - target)) <= tolerance;
}

bool all_have_voltage(std::span<const PhaseView> phases) {
  return phases.size() == 3 && std::ranges::all_of(phases, &PhaseView::has_voltage);
}

bool can_compare_currents(std::span<const PhaseView> phases) {
  return sequence_of(phases) != Sequence::unknown && std::ranges::all_of(phases, &PhaseView::has_current);
}

// How many currents lag by about this.
std::ptrdiff_t count_near(std::span<const PhaseView> phases, std::uint32_t lag) {
  constexpr std::uint32_t tolerance = degrees(25);
  return std::ranges::count_if(
      phases, [lag](const PhaseView& phase) { return is_near(phase.lag_angle, lag, tolerance); });
}

// One lags by `middle`, one by a third of a turn more, one by a third less.
bool is_one_each_way(std::span<const PhaseView> phases, std::uint32_t middle) {
  return count_near(phases, middle) == 1 && count_near(phases, middle + degrees(120)) == 1 &&
         count_near(phases, middle + degrees(240)) == 1;
}

// Within a tenth of the largest.
bool are_currents_alike(std::span<const PhaseView> phases) {
  const auto [least, most] = std::ranges::minmax(phases, {}, &PhaseView::current);
  return least.current.count() * 10 >= most.current.count() * 9;
}

}  // namespace

Sequence sequence_of(std::span<const PhaseView> phases) {
  if (!all_have_voltage(phases)) return Sequence::unknown;
  const std::uint32_t second = phases[0].voltage_angle - phases[1].voltage_angle;  // behind the first
  const std::uint32_t third = phases[0].voltage_angle - phases[2].voltage_angle;
  constexpr std::uint32_t tolerance = degrees(30);
  if (is_near(second, degrees(120), tolerance) && is_near(third, degrees(240), tolerance)) {
    return Sequence::forward;
  }
  if (is_near(second, degrees(240), tolerance) && is_near(third, degrees(120), tolerance)) {
    return Sequence::reversed;
  }
  return Sequence::unknown;
}

bool is_doubled(const PhaseView& a, const PhaseView& b) {
  return a.has_voltage && b.has_voltage && is_near(a.voltage_angle, b.voltage_angle, degrees(30));
}

bool are_currents_mixed(std::span<const PhaseView> phases, bool may_be_export) {
  if (!can_compare_currents(phases)) return false;
  if (is_one_each_way(phases, 0)) return true;
  if (is_one_each_way(phases, degrees(180)) && are_currents_alike(phases)) return true;
  return !may_be_export && (count_near(phases, degrees(120)) == 3 || count_near(phases, degrees(240)) == 3);
}

bool is_wiring_shown(std::span<const PhaseView> phases) {
  return can_compare_currents(phases) &&
         (count_near(phases, 0) == 3 || count_near(phases, degrees(180)) == 3);
}

bool is_swapped(const SwapView& view) {
  const auto percent_of_nominal = [&view](quantity::Voltage voltage) {
    return voltage.count() * 100 / view.nominal.count();
  };
  const std::int64_t other = percent_of_nominal(view.current_as_voltage);
  return percent_of_nominal(view.voltage) < 50 && other > 70 && other < 130 &&
         view.voltage_as_current > view.least_current;
}

}  // namespace lk::metrology
