// SPDX-License-Identifier: Apache-2.0
// The RMS of each cycle, new every half cycle, out of the windows' running sums.
#include <algorithm>

#include "meter/metrology/metering.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t half_turn = std::uint32_t{1} << 31U;

}  // namespace

// The sum of the squares over the cycle that ends where the reference wave just came round. The boundary lies
// between the last sample and the next; in the trapezoid rule it takes the last one's square but for a half,
// and as much more as the boundary is behind it.
template <std::size_t phase_count>
std::int64_t Metering<phase_count>::cycle_square(std::size_t channel, std::int64_t sum,
                                                 std::int32_t last_count) {
  const std::int64_t past_q16 =
      static_cast<std::int64_t>((std::uint64_t{phase_ & (half_turn - 1)} << 16U) / step_);
  const std::int64_t square = std::int64_t{last_count} * last_count;
  const std::int64_t behind =
      square * (whole_q16 / 2 - std::clamp<std::int64_t>(past_q16, 0, whole_q16)) / whole_q16;
  Running& running = running_[channel];
  const std::uint64_t total =
      running.carried + static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(behind);
  const std::uint64_t half = total - running.boundary;
  const std::uint64_t cycle = half + running.half;
  running.boundary = total;
  running.half = half;
  // Less than nothing where the reference wave was turned back just after a boundary.
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(cycle));
}

template <std::size_t phase_count>
void Metering<phase_count>::end_half_cycle() {
  HalfCycle<phase_count> out;
  out.end_sample = sample_count_;
  const auto root_q8 = [this](std::int64_t square, std::int64_t offset_q16, std::uint32_t noise_q8) {
    // Full scale, squared. A cycle that ended late has more samples than its step tells, and would read above
    // it.
    constexpr std::uint64_t most_q16 = std::uint64_t{1} << 62U;
    const Wide mean = shift_right_rounded(multiply(square, std::int64_t{step_}), 16);
    const bool is_beyond = mean.high != 0 || mean.low > most_q16;
    const auto mean_q16 = static_cast<std::int64_t>(is_beyond ? most_q16 : mean.low);
    const std::int64_t offset_q8 = offset_q16 / 256;
    const std::int64_t rest = mean_q16 - offset_q8 * offset_q8 - std::int64_t{noise_q8} * noise_q8;
    return std::int64_t{square_root(static_cast<std::uint64_t>(std::max<std::int64_t>(0, rest)))};
  };
  for (std::size_t p = 0; p < phase_count; ++p) {
    const Terms& terms = sums_[p].terms;
    const std::int64_t voltage =
        cycle_square(voltage_channel(p), terms[sum_vv], saturated(last_.phase[p].voltage_count));
    const std::int64_t current =
        cycle_square(current_channel(p), terms[sum_ii], saturated(last_.phase[p].current_count));
    out.voltage[p] = quantity::Voltage::of(
        elements_[p].voltage_of(root_q8(voltage, offsets_[p].voltage_q16, calibration_.voltage[p].noise_q8),
                                8, corrections_[p].voltage));
    out.current[p] = quantity::Current::of(
        elements_[p].current_of(root_q8(current, offsets_[p].current_q16, calibration_.current[p].noise_q8),
                                8, corrections_[p].current));
  }
  if (++steady_halves_ <= 2 || (!is_aligned_ && lock_.window().has_mains)) return;
  half_cycles_.put(out);
  least_half_cycle_ = std::min(least_half_cycle_, out.voltage[axis_phase_]);
  most_half_cycle_ = std::max(most_half_cycle_, out.voltage[axis_phase_]);
}

template std::int64_t Metering<1>::cycle_square(std::size_t, std::int64_t, std::int32_t);
template std::int64_t Metering<3>::cycle_square(std::size_t, std::int64_t, std::int32_t);
template void Metering<1>::end_half_cycle();
template void Metering<3>::end_half_cycle();

}  // namespace lk::metrology
