// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/metering.hpp"

#include <algorithm>
#include <utility>

#include "assert/assert.hpp"
#include "meter/metrology/fault_judge.hpp"
#include "meter/metrology/rotation.hpp"
#include "meter/metrology/sine.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t half_turn = std::uint32_t{1} << 31U;
constexpr std::uint32_t quarter_turn = std::uint32_t{1} << 30U;
constexpr std::int64_t most_millivolts = 1'000'000'000'000'000;  // more than any half cycle has

std::int64_t q16_of_q8(std::int32_t value) {
  return std::int64_t{value} * 256;
}

// The hysteresis of the crossings: 7 V of the filtered voltage, so that about 10 V RMS count as mains.
std::int32_t presence_count(const VoltageCalibration& voltage) {
  constexpr std::int64_t presence_millivolts = 7000;
  const std::int64_t count = voltage.microcounts_per_volt / 1000 * presence_millivolts / 1'000'000;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(count, 1, count_limit));
}

// The creep gate's power in mW, primary.
quantity::Power least_counted(const MeteringSettings& settings) {
  const std::int64_t start_nanowatts =
      settings.nominal_voltage.count() * settings.starting_current.count() / 100 * settings.creep_percent;
  const Wide by_voltage = multiply(start_nanowatts, std::int64_t{settings.voltage_ratio.primary});
  const std::int64_t primary = divide_rounded(by_voltage, settings.voltage_ratio.secondary * 1'000'000ULL);
  return quantity::Power::of(divide_rounded(multiply(primary, std::int64_t{settings.current_ratio.primary}),
                                            settings.current_ratio.secondary));
}

template <std::size_t phase_count>
std::array<Element, phase_count + 1> elements_of(const BoardCalibration& board,
                                                 const MeteringSettings& settings) {
  ensure(board.phase_count == phase_count && check(board).has_value() && is_valid(settings, board));
  const auto element = [&](std::size_t index) {
    const bool is_neutral = index == phase_count;
    const CurrentCalibration& current =
        is_neutral && board.has_neutral ? board.neutral : board.current[index % phase_count];
    return Element{board, board.voltage[is_neutral ? 0 : index], current, settings};
  };
  return [&]<std::size_t... index>(std::index_sequence<index...>) {
    return std::array<Element, phase_count + 1>{element(index)...};
  }(std::make_index_sequence<phase_count + 1>{});
}

}  // namespace

template <std::size_t phase_count>
Metering<phase_count>::Metering(const BoardCalibration& calibration, const MeteringSettings& settings)
    : calibration_(calibration),
      settings_(settings),
      elements_(elements_of<phase_count>(calibration, settings)),
      lock_(calibration.rate_hz, presence_count(calibration.voltage[0]),
            settings.nominal_frequency_hz == 60 ? 12 : 10),
      step_(step_of(settings.nominal_frequency_hz, std::int64_t{calibration.rate_hz} * whole_q16)),
      least_counted_(least_counted(settings)),
      pulses_(settings.pulses_per_kwh) {
  begin_window();
}

template <std::size_t phase_count>
Metering<phase_count>::Board::Board(const BoardCalibration& from)
    : has_neutral(from.has_neutral),
      rate_hz(from.rate_hz),
      clock_ppb(from.clock_ppb),
      full_scale_count(from.full_scale_count),
      reference_millidegrees(from.reference_millidegrees),
      neutral(from.neutral) {
  std::copy_n(from.voltage.begin(), phase_count, voltage.begin());
  std::copy_n(from.current.begin(), phase_count, current.begin());
}

template <std::size_t phase_count>
BoardCalibration Metering<phase_count>::calibration() const {
  BoardCalibration board{.phase_count = phase_count,
                         .has_neutral = calibration_.has_neutral,
                         .rate_hz = calibration_.rate_hz,
                         .clock_ppb = calibration_.clock_ppb,
                         .full_scale_count = calibration_.full_scale_count,
                         .reference_millidegrees = calibration_.reference_millidegrees,
                         .neutral = calibration_.neutral};
  std::copy_n(calibration_.voltage.begin(), phase_count, board.voltage.begin());
  std::copy_n(calibration_.current.begin(), phase_count, board.current.begin());
  return board;
}

template <std::size_t phase_count>
std::uint32_t Metering<phase_count>::feed(std::span<const Set> sets) {
  window_count_ = 0;
  const auto axis_voltage = [this](const Set& set) { return set.phase[axis_phase_].voltage_count; };
  while (!sets.empty()) {
    const auto block = sets.first(std::min(sets.size(), samples_to_half_turn()));
    const bool is_second_half = phase_ >= half_turn;
    const WindowLock::Step step = lock_.look(block, axis_voltage);
    accumulate(block.first(step.count));
    pulses_.advance(static_cast<std::uint32_t>(step.count));
    if (is_second_half != (phase_ >= half_turn)) end_half_cycle();
    if (step.end == WindowLock::End::at_crossing) close_at(step.fraction_q16);
    if (step.end == WindowLock::End::here) {
      learn_level();
      close_here();
    }
    sets = sets.subspan(step.count);
  }
  return window_count_;
}

template <std::size_t phase_count>
bool Metering<phase_count>::close_window() {
  if (sums_[0].weight_q16 <= 0) return false;
  close_here();
  return true;
}

template <std::size_t phase_count>
void Metering<phase_count>::note_lost(std::uint32_t set_count) {
  (void)close_window();
  lock_.restart();
  begin_window();
  sample_count_ += set_count;
  phase_ += step_ * set_count;
  steady_halves_ = 0;
  has_lost_ = true;
}

template <std::size_t phase_count>
void Metering<phase_count>::set_temperature(std::int32_t millidegrees) {
  temperature_difference_millikelvin_ =
      std::clamp<std::int32_t>(millidegrees, -60'000, 125'000) - calibration_.reference_millidegrees;
}

template <std::size_t phase_count>
std::size_t Metering<phase_count>::samples_to_half_turn() const {
  const std::uint32_t left = half_turn - (phase_ & (half_turn - 1));
  return (std::size_t{left} + step_ - 1) / step_;
}

template <std::size_t phase_count>
void Metering<phase_count>::accumulate(std::span<const Set> sets) {
  const bool has_neutral = calibration_.has_neutral;
  const std::int32_t full_scale = calibration_.full_scale_count;
  std::uint32_t phase = phase_;
  typename WaveFold<channel_count>::Counts counts{};
  for (const Set& set : sets) {
    const std::int32_t c = cosine(phase);
    const std::int32_t s = sine(phase);
    for (std::size_t p = 0; p < phase_count; ++p) {
      const std::int32_t v = saturated(set.phase[p].voltage_count);
      const std::int32_t i = saturated(set.phase[p].current_count);
      sums_[p].add_one(v, i, c, s);
      watch_[voltage_channel(p)].add(v, full_scale);
      watch_[current_channel(p)].add(i, full_scale);
      counts[voltage_channel(p)] = v;
      counts[current_channel(p)] = i;
    }
    if (has_neutral) {
      const std::int32_t i = saturated(set.neutral_count);
      sums_[neutral].add_current(counts[0], i, c, s);
      watch_[2 * phase_count].add(i, full_scale);
      counts[2 * phase_count] = i;
    }
    if (settings_.with_harmonics) fold_.add(counts, phase);
    phase += step_;
  }
  phase_ = phase;
  const std::int64_t weight_q16 = static_cast<std::int64_t>(sets.size()) * whole_q16;
  for (WindowSums& sums : sums_) sums.weight_q16 += weight_q16;
  previous_ = sets.size() > 1 ? sets[sets.size() - 2] : last_;
  last_ = sets.back();
  sample_count_ += sets.size();
}

template <std::size_t phase_count>
auto Metering<phase_count>::samples_of(const Set& set) const -> std::array<Sample, element_count> {
  std::array<Sample, element_count> samples;
  std::copy(set.phase.begin(), set.phase.end(), samples.begin());
  samples[neutral] = {set.phase[0].voltage_count, set.neutral_count};
  return samples;
}

// What the border samples share in the next window is turned to its reference wave, which may have been
// aligned.
template <std::size_t phase_count>
void Metering<phase_count>::close_at(std::uint32_t fraction_q16) {
  const WindowLock::Border border = WindowLock::border_at(fraction_q16);
  const auto before_last = samples_of(previous_);
  const auto last = samples_of(last_);
  std::array<WindowSums, element_count> next{};
  for (std::size_t e = 0; e < used_elements(); ++e) {
    sums_[e].give(terms_of(before_last[e], phase_ - 2 * step_), border.previous_q16, next[e]);
    sums_[e].give(terms_of(last[e], phase_ - step_), border.last_q16, next[e]);
  }
  const WindowLock::Window window = lock_.window();
  conclude(window);
  lock_.begin_at(fraction_q16);
  step_ = step_of(window.cycles, window.span_q16);
  begin_window();
  for (std::size_t e = 0; e < used_elements(); ++e) {
    next[e].forget_phasors();
    next[e].add_phasors(terms_of(before_last[e], phase_ - 2 * step_), border.previous_q16);
    next[e].add_phasors(terms_of(last[e], phase_ - step_), border.last_q16);
  }
  sums_ = next;
}

// A whole window without mains shows where the middle of the voltage channel is.
template <std::size_t phase_count>
void Metering<phase_count>::learn_level() {
  if (lock_.window().has_mains) return;
  lock_.set_level(static_cast<std::int32_t>(mean_of(sums_[axis_phase_]).voltage_q16 / whole_q16));
}

template <std::size_t phase_count>
void Metering<phase_count>::close_here() {
  const WindowLock::Window window = lock_.window();
  conclude(window);
  lock_.begin_here();
  if (!window.has_mains) choose_axis();
  begin_window();
}

template <std::size_t phase_count>
void Metering<phase_count>::begin_window() {
  for (std::size_t p = 0; p < phase_count; ++p) {
    running_[voltage_channel(p)].carried += static_cast<std::uint64_t>(sums_[p].terms[sum_vv]);
    running_[current_channel(p)].carried += static_cast<std::uint64_t>(sums_[p].terms[sum_ii]);
  }
  sums_ = {};
  fold_.begin(step_);
  for (ChannelWatch& watch : watch_) watch.begin();
  least_half_cycle_ = quantity::Voltage::of(most_millivolts);
  most_half_cycle_ = {};
}

// A window of whole cycles gives its own direct part; another one has none of its own (half a cycle has a
// mean) and takes the last one known. Without any mains yet, all there is is offset.
template <std::size_t phase_count>
Offset Metering<phase_count>::offset_of(std::size_t element, const WindowLock::Window& window) const {
  const CurrentCalibration& current = current_calibration(element);
  const Offset calibrated = {q16_of_q8(voltage_calibration(element).offset_q8), q16_of_q8(current.offset_q8)};
  Offset offset = has_offsets_ ? offsets_[element] : calibrated;
  if (window.is_whole || (!has_offsets_ && !window.has_mains)) offset = mean_of(sums_[element]);
  if (current.sees_direct_current) offset.current_q16 = calibrated.current_q16;
  return offset;
}

template <std::size_t phase_count>
quantity::Frequency Metering<phase_count>::frequency_of(const WindowLock::Window& window) const {
  if (window.span_q16 <= 0) return {};
  const std::int64_t cycles = std::int64_t{window.cycles} * calibration_.rate_hz;
  constexpr std::int64_t giga = 1'000'000'000;
  const Wide counts = multiply(cycles * 1000, giga + calibration_.clock_ppb);
  const std::int64_t millihertz = divide_rounded(
      shift_left(divide(shift_left(counts, 16), static_cast<std::uint64_t>(window.span_q16)), 8), giga);
  return quantity::Frequency::of((millihertz + 128) >> 8U);
}

// How far the reference wave ran ahead of the mains over a whole window.
template <std::size_t phase_count>
std::int64_t Metering<phase_count>::slip_of(const WindowLock::Window& window) const {
  if (!window.is_whole) return 0;
  const auto turns_q16 =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(sums_[0].weight_q16) * step_ >> 32U);
  return turns_q16 - std::int64_t{window.cycles} * whole_q16;
}

template <std::size_t phase_count>
void Metering<phase_count>::conclude(const WindowLock::Window& window) {
  sums_[neutral].take_voltage(sums_[0]);
  const Conditions conditions = {window.has_mains, frequency_of(window), slip_of(window),
                                 temperature_difference_millikelvin_};
  find_spectra(window.is_whole, conditions.slip_q16);
  Results results;
  FundamentalPhasor axis;
  for (std::size_t e = 0; e < used_elements(); ++e) {
    const Offset offset = offset_of(e, window);
    if (window.is_whole) offsets_[e] = offset;
    const Pair pair = pair_of(sums_[e], offset);
    const VoltageCalibration& voltage = voltage_calibration(e);
    const CurrentCalibration& current = current_calibration(e);
    corrections_[e] = elements_[e].correction(pair, voltage, current, conditions);
    const HarmonicChange turned =
        turn_harmonics(spectra_[e == neutral ? 0 : voltage_channel(e)],
                       spectra_[e == neutral ? 2 * phase_count : current_channel(e)], corrections_[e].phase);
    results[e] = elements_[e].measure(pair, voltage, current, conditions, corrections_[e], turned);
    if (e == axis_phase_) axis = pair.voltage;
  }
  has_offsets_ = has_offsets_ || window.is_whole;
  publish(window, results);
  count_energy(results);
  judge(window, results);
  has_lost_ = false;
  ++window_count_;
  if (window.has_mains && window.span_q16 > 0) align(axis, conditions.slip_q16);
  if (!window.has_mains) is_aligned_ = false;
}

// Turns the reference wave so that the axis voltage rises through zero where it begins. The phasor is of the
// middle of the window; at its end the wave has run ahead by half the slip.
template <std::size_t phase_count>
void Metering<phase_count>::align(const FundamentalPhasor& axis, std::int64_t slip_q16) {
  constexpr std::int32_t steady_jump = 1 << 25;  // 1/128 turn
  const std::uint32_t jump = angle_of(axis.real, axis.imaginary) + quarter_turn -
                             static_cast<std::uint32_t>(slip_q16 * (whole_q16 / 2));
  phase_ += jump;
  is_aligned_ = magnitude(static_cast<std::int32_t>(jump)) < steady_jump;
  if (!is_aligned_) steady_halves_ = 0;
}

// Another phase tells the time where the one that did is dead and another is not.
template <std::size_t phase_count>
void Metering<phase_count>::choose_axis() {
  std::size_t best = axis_phase_;
  for (std::size_t p = 0; p < phase_count; ++p) {
    if (latest_.phase[p].voltage > latest_.phase[best].voltage + quantity::Voltage::of(10'000)) best = p;
  }
  if (best == axis_phase_) return;
  axis_phase_ = best;
  lock_.restart();
}

template class Metering<1>;
template class Metering<3>;

}  // namespace lk::metrology
