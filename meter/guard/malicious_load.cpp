// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/malicious_load.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

// Ages of the groups' latest blocks when a step is judged, and when its energy is first computed.
constexpr std::size_t settled_age = 0;
constexpr std::size_t after_age = 5;
constexpr std::size_t before_age = 10;  // 9 is the block in which it happened
constexpr std::size_t fresh_before_age = before_age - after_age;
constexpr std::size_t peak_index = 3;                   // of the energies: 5 blocks before the latest
constexpr std::uint32_t blank_after_disturbance = 100;  // cycles

constexpr std::int64_t capacitor_share_e3 = 25;  // the rest beside a capacitor
constexpr std::int64_t sharp_capacitor_share_e3 = 45;
constexpr std::int64_t switched_share_e3 = 50;  // behind a diode or a dimmer
constexpr std::int64_t sharp_cleaned_share_e3 = 40;
constexpr std::int64_t cleaned_share_e3 =
    35;  // where the background was taken out, or it came not quite at once
constexpr std::int64_t excusing_share_e3 = 130;  // more noise than this excuses nothing
constexpr std::int64_t sharp_excused_share_e3 = 60;
constexpr std::int64_t excused_share_e3 = 40;        // the most that noise adds to what a rest may be
constexpr std::int64_t noise_share_e3 = 300;         // more noise than this hides what the change is
constexpr std::int64_t doubtful_share_e3 = 200;      // small steps up to here are not told from resistors
constexpr std::int64_t deep_share_e3 = 300;          // a plain resistor leaves more than that ...
constexpr std::int64_t deep_switched_share_e3 = 90;  // ... and a switched one no more than that
constexpr std::uint8_t wide_conducting = 20;
constexpr std::uint8_t least_conducting = 12;    // points of 64: a dimmer at 146 degrees
constexpr std::int64_t least_kept_percent = 25;  // tungsten takes several times as much at first
constexpr std::int64_t nearly_share_e3 = 90;     // the rest of what may be one with something beside it
constexpr std::int64_t inrush_share_e3 = 200;    // the rest while a cold wire warms up
constexpr std::uint8_t least_low = 6;
constexpr std::uint8_t most_conducting = 56;
constexpr std::int64_t at_once_percent = 88;
constexpr std::int64_t sharp_percent = 95;
constexpr std::int64_t stays_percent = 80;
// Small steps are worth their memory from here on.
constexpr std::int64_t small_step_mw = 15'000;

// Energy of a resistor's change: P²/V² a point, in quarters of 5 mA.
std::int64_t energy_of_power(std::int64_t power_mw, std::int64_t nominal_mv) {
  const std::int64_t current_units = power_mw * 1'000'000 / nominal_mv / 1250;
  return current_units * current_units * static_cast<std::int64_t>(point_count);
}

std::int64_t rest_share_e3(std::int64_t rest, std::int64_t energy) {
  if (energy <= 0 || rest <= 0) return 0;
  return metrology::square_root(static_cast<std::uint64_t>(rest * 1'000'000 / energy));
}

}  // namespace

bool is_valid(const RecognitionParameters& parameters) {
  return parameters.nominal.count() >= 50'000 && parameters.nominal.count() <= 500'000 &&
         parameters.least.count() >= 30'000 && parameters.least.count() <= 30'000'000 &&
         parameters.step_power_factor_e4 >= 9500 && parameters.step_power_factor_e4 <= 9999;
}

MaliciousLoad::MaliciousLoad(const RecognitionParameters& parameters)
    : parameters_(parameters), history_(parameters.nominal) {
  ensure(is_valid(parameters));
  // The rest is the sine where the power factor is the cosine.
  const std::int64_t factor = parameters.step_power_factor_e4;
  resistor_share_e3_ = metrology::square_root(static_cast<std::uint64_t>(100'000'000 - factor * factor)) / 10;
  least_energy_ = energy_of_power(small_step_mw, parameters.nominal.count());
}

std::optional<Finding> MaliciousLoad::take(const CycleWave& cycle) {
  const bool is_block = history_.add(cycle);
  if (history_.is_disturbed()) {
    interrupt();
    return std::nullopt;
  }
  if (blank_cycles_ > 0) {
    if (--blank_cycles_ == 0) history_.clear();
    return std::nullopt;
  }
  if (!is_block || !history_.is_full()) return std::nullopt;
  return judge_blocks();
}

void MaliciousLoad::interrupt() {
  history_.clear();
  slow_.clear();
  known_.clear();
  energies_ = {};
  blank_cycles_ = blank_after_disturbance;
}

std::optional<Finding> MaliciousLoad::judge_blocks() {
  std::ranges::rotate(energies_, energies_.begin() + 1);
  energies_.back() = energy_of(history_.change(0, fresh_before_age));
  if (is_peak()) {
    if (const auto finding = judge_step()) return finding;
  }
  const auto crept = slow_.take(history_.mean(0), history_.voltage(), 2 * parameters_.least.count());
  if (!crept) return std::nullopt;
  const LoadKind kind = crept->is_in_steps   ? LoadKind::in_steps
                        : crept->is_switched ? LoadKind::phase_cut
                                             : LoadKind::slow_rise;
  const std::int64_t rest = crept->is_switched ? crept->shape.switched_rest : crept->shape.resistor_rest;
  return Finding{kind, quantity::Power::of(crept->shape.power_mw),
                 static_cast<std::int32_t>(rest_share_e3(rest, crept->shape.energy)), 0};
}

// A step is where the change between two groups is largest; a little away from it, part of the step is in
// both groups.
bool MaliciousLoad::is_peak() const {
  const std::int64_t peak = energies_[peak_index];
  if (peak < least_energy_) return false;
  for (std::size_t index = 0; index < peak_index; ++index) {
    if (energies_[index] > peak) return false;
  }
  for (std::size_t index = peak_index + 1; index < 2 * peak_index + 1; ++index) {
    if (energies_[index] >= peak) return false;
  }
  return true;
}

std::optional<Finding> MaliciousLoad::judge_step() {
  const Wave& voltage = history_.voltage();
  const std::int64_t noise = history_.noise(before_age);
  const Change whole = history_.change(after_age, before_age);
  if (energy_of(whole) < 4 * noise) return std::nullopt;  // nothing was switched
  const Change hunting = fluctuation();
  const Cleaned fresh = clean(whole, hunting);
  const Cleaned settled_change = clean(history_.change(settled_age, before_age), hunting);
  const StepShape& shape = fresh.shape;
  const StepShape& settled = settled_change.shape;
  const std::int64_t least = parameters_.least.count();
  const Onset onset = onset_of(std::max(shape.power_mw, shape_of(whole, voltage).power_mw));
  // Either of both moments may be spoilt: the first by the inrush of a cold wire, the second by another load.
  std::optional<LoadKind> kind = kind_of(fresh, noise, onset);
  const StepShape* shown = &shape;
  const bool is_inrush = shape.power_mw * 10 > settled.power_mw * 11;
  const bool is_fresh_resistorlike =
      shape.power_mw > 0 &&
      is_within(shape.resistor_rest, noise / 4, shape.energy, is_inrush ? inrush_share_e3 : nearly_share_e3);
  if (!kind && is_fresh_resistorlike && settled.power_mw * 10 < shape.power_mw * 11) {
    kind = kind_of(settled_change, noise, onset);
    shown = &settled;
  }
  const bool is_kept = settled.power_mw * 100 >= shape.power_mw * least_kept_percent;
  const bool has_another_gone = !is_kept && did_another_go(noise);
  const std::int64_t power_mw =
      has_another_gone ? shown->power_mw
                       : std::min(shown->power_mw, std::max(settled.power_mw, shape.power_mw / 4));
  const bool is_resistor = kind == LoadKind::resistive;
  const bool is_at_once = onset != Onset::slow;
  if (is_resistor && is_at_once && power_mw < least) {
    slow_.note_small_step(power_mw);
    return std::nullopt;
  }
  if (shape.power_mw <= -least / 2) {
    slow_.clear();  // it may have crept in, and its memory would then stay behind
    if (!is_within(shape.resistor_rest, noise, shape.energy, resistor_share_e3_)) known_.remember(whole);
    return std::nullopt;
  }
  if (is_resistor && !is_at_once) return std::nullopt;  // what rises slowly is the other watch's
  const bool may_be_resistor = shape.power_mw > 0 && shape.power_mw < least &&
                               is_within(shape.resistor_rest, 0, shape.energy, doubtful_share_e3);
  if (may_be_resistor) return std::nullopt;  // the other watch's too
  slow_.explain(whole);
  if (!kind) known_.remember(whole);
  if (!kind || !is_at_once || power_mw < least + voltage_margin_mw()) return std::nullopt;
  if (history_.power_mw(before_age) < -least) return std::nullopt;  // a generator stopped
  if (!is_kept && !has_another_gone) return std::nullopt;
  const std::int64_t rest = *kind == LoadKind::resistive        ? shown->resistor_rest
                            : *kind == LoadKind::with_capacitor ? shown->capacitor_rest
                                                                : shown->switched_rest;
  return Finding{*kind, quantity::Power::of(power_mw),
                 static_cast<std::int32_t>(rest_share_e3(rest, shown->energy)),
                 static_cast<std::uint32_t>((before_age - 1) * WaveHistory::cycles_in_block)};
}

MaliciousLoad::Cleaned MaliciousLoad::clean(Change change, const Change& hunting) const {
  const bool hunted = KnownChanges::take_out_fluctuation(change, hunting, history_.voltage());
  const bool stepped = known_.take_out_steps(change, history_.voltage());
  return {shape_of(change, history_.voltage()), hunted || stepped};
}

// The model that explains the change, if one does. Part of the noise lies along the step itself, so no more
// than some of it excuses a rest; none does where the background was taken out.
std::optional<LoadKind> MaliciousLoad::kind_of(const Cleaned& change, std::int64_t noise, Onset onset) const {
  const StepShape& shape = change.shape;
  if (shape.power_mw <= 0 || !is_within(noise, 0, shape.energy, noise_share_e3)) return std::nullopt;
  const bool is_sharp = onset == Onset::sharp;
  const std::int64_t most_e3 = is_sharp ? sharp_excused_share_e3 : excused_share_e3;
  const bool is_excused = !change.is_cleaned && is_within(noise, 0, shape.energy, excusing_share_e3);
  const std::int64_t excused =
      is_excused ? std::min(noise / (is_sharp ? 1 : 4), shape.energy / 1000 * most_e3 * most_e3 / 1000) : 0;
  // A fast correction comes nearly at once: then the waveform must say more.
  const std::int64_t unclean = change.is_cleaned ? sharp_cleaned_share_e3 : 1000;
  const std::int64_t strict = is_sharp ? unclean : cleaned_share_e3;
  if (is_within(shape.resistor_rest, excused, shape.energy, std::min(strict, resistor_share_e3_)))
    return LoadKind::resistive;
  if (shape.reactive_mvar < 0 &&
      is_within(shape.capacitor_rest, 0, shape.energy,
                is_sharp && !change.is_cleaned ? sharp_capacitor_share_e3 : capacitor_share_e3))
    return LoadKind::with_capacitor;
  // A deep cut is like nothing else; a shallow one is not far from a supply with power factor correction.
  const bool is_deep = shape.conducting_count >= wide_conducting &&
                       !is_within(shape.resistor_rest, 0, shape.energy, deep_share_e3);
  const std::int64_t switched_e3 = std::min(strict, is_deep ? deep_switched_share_e3 : switched_share_e3);
  if (shape.conducting_count >= least_conducting && shape.conducting_count <= most_conducting &&
      shape.low_count >= least_low && is_within(shape.switched_rest, excused, shape.energy, switched_e3)) {
    const bool is_half = shape.positive_count <= 2 || shape.positive_count + 2 >= shape.conducting_count;
    return is_half ? LoadKind::half_wave : LoadKind::phase_cut;
  }
  return std::nullopt;
}

// Whether what went away since is no resistor: then it was another load that was switched off.
bool MaliciousLoad::did_another_go(std::int64_t noise) const {
  const StepShape gone = shape_of(history_.change(settled_age, after_age), history_.voltage());
  return gone.power_mw < 0 && !is_within(gone.resistor_rest, noise, gone.energy, inrush_share_e3);
}

// The largest change between groups of the second before.
Change MaliciousLoad::fluctuation() const {
  constexpr std::size_t apart = before_age - after_age;
  Change largest{};
  std::int64_t most = 0;
  for (std::size_t age = before_age; age + apart + WaveHistory::group_size <= WaveHistory::block_count;
       ++age) {
    const Change change = history_.change(age, age + apart);
    const std::int64_t energy = energy_of(change);
    if (energy <= most) continue;
    most = energy;
    largest = change;
  }
  return largest;
}

// The largest rise of power from one cycle to the next but one, where the step was. A resistor is whole after
// the cycle in which it was switched on, and stays so; a supply with power factor correction has three
// quarters by then, a drive next to nothing, and a capacitor that charges is gone again. What runs every
// other cycle is the same in both.
MaliciousLoad::Onset MaliciousLoad::onset_of(std::int64_t power_mw) const {
  constexpr std::size_t onset_age = before_age - 1;
  constexpr std::size_t newest = onset_age * WaveHistory::cycles_in_block - 3;
  constexpr std::size_t oldest = newest + WaveHistory::cycles_in_block + 4;
  std::int64_t largest_mw = 0;
  std::size_t largest_age = newest;
  for (std::size_t age = newest; age <= oldest; ++age) {
    const std::int64_t rise_mw =
        std::int64_t{history_.cycle_power_mw(age)} - history_.cycle_power_mw(age + 2);
    if (rise_mw <= largest_mw) continue;
    largest_mw = rise_mw;
    largest_age = age;
  }
  const std::int64_t next_mw =
      (std::int64_t{history_.cycle_power_mw(largest_age - 1)} + history_.cycle_power_mw(largest_age - 2)) /
          2 -
      history_.power_mw(before_age);
  if (largest_mw * 100 < power_mw * at_once_percent || next_mw * 100 < power_mw * stays_percent)
    return Onset::slow;
  return largest_mw * 100 >= power_mw * sharp_percent ? Onset::sharp : Onset::at_once;
}

// What a change of the mains' voltage may look like, where loads are no resistors: twice its share of the
// power that ran, and half as much again.
std::int64_t MaliciousLoad::voltage_margin_mw() const {
  const std::int64_t change_e4 = history_.level_e4(after_age) - history_.level_e4(before_age);
  const std::int64_t share_e4 = change_e4 < 0 ? -change_e4 : change_e4;
  return std::max<std::int64_t>(0, history_.power_mw(before_age)) * 3 / 10'000 * share_e4;
}

}  // namespace lk::guard
