// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/malicious_load.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

// Ages of cycles when an edge is judged.
constexpr std::size_t later_age = 0;  // 0 to 3
constexpr std::size_t after_age = 4;  // 4 to 7
constexpr std::size_t edge_age = 8;
constexpr std::size_t before_age = 9;    // 9 to 12
constexpr std::size_t earlier_age = 13;  // 13 to 16
constexpr std::size_t long_count = 16;   // cycles before, with a wider view
constexpr std::size_t note_age = 2;      // of the edge when its size is noted
constexpr std::size_t judged_index = edge_age - note_age;
constexpr std::uint32_t settled_cycles = 37;            // after the edge
constexpr std::uint32_t warm_cycles = 16;               // until a cold wire is hot
constexpr std::uint32_t blank_after_disturbance = 100;  // cycles
constexpr std::int64_t least_edge_mw = 12'000;

constexpr std::int64_t capacitor_share_e3 = 25;  // the rest beside a capacitor
constexpr std::int64_t sharp_capacitor_share_e3 = 45;
constexpr std::int64_t switched_share_e3 = 50;  // behind a diode or a dimmer
constexpr std::int64_t sharp_cleaned_share_e3 = 55;
constexpr std::int64_t cleaned_share_e3 =
    35;  // where the background was taken out, or it came not quite at once
constexpr std::int64_t excusing_share_e3 = 130;  // more noise than this excuses nothing
constexpr std::int64_t sharp_excused_share_e3 = 60;
constexpr std::int64_t excused_share_e3 = 40;  // the most that noise adds to what a rest may be
constexpr std::int64_t noise_share_e3 = 300;   // more noise than this hides what the change is
constexpr std::int64_t restless_share_e3 = 60;
constexpr std::int32_t variance_limit = 16'383;
constexpr unsigned variance_shift = 3;
constexpr std::int64_t pure_share_e3 = 15;
constexpr std::int64_t clear_share_e3 = 20;          // but not a rest this small
constexpr std::int64_t small_share_e3 = 350;         // small steps up to here may be resistors, among noise
constexpr std::int64_t deep_share_e3 = 300;          // a plain resistor leaves more than that ...
constexpr std::int64_t deep_switched_share_e3 = 90;  // ... and a switched one no more than that
constexpr std::uint8_t wide_conducting = 20;
constexpr std::uint8_t least_conducting = 12;  // points of 64: a dimmer at 146 degrees
constexpr std::int64_t least_kept_percent = 25;
constexpr std::int64_t least_kept_of_inrush_percent = 10;  // tungsten takes several times as much at first
constexpr std::int64_t nearly_share_e3 = 90;   // the rest of what may be one with something beside it
constexpr std::int64_t inrush_share_e3 = 200;  // the rest while a cold wire warms up
constexpr std::uint8_t least_low = 6;
constexpr std::uint8_t most_conducting = 56;
constexpr std::int64_t fair_percent = 60;
constexpr std::int64_t at_once_percent = 88;
constexpr std::int64_t sure_percent = 90;
constexpr std::size_t waver_count = 6;
constexpr std::int64_t sharp_percent = 95;
constexpr std::int64_t stays_percent = 80;

std::int64_t magnitude(std::int64_t value) {
  return value < 0 ? -value : value;
}

std::int64_t nearer_to_zero(std::int64_t a, std::int64_t b) {
  if ((a < 0) != (b < 0)) return 0;
  return magnitude(a) < magnitude(b) ? a : b;
}

// Energy of a resistor's change: P²/V² a point, in quarters of 5 mA.
std::int64_t energy_of_power(std::int64_t power_mw, std::int64_t nominal_mv) {
  const std::int64_t current_units = power_mw * 1'000'000 / nominal_mv / 1250;
  return current_units * current_units * static_cast<std::int64_t>(point_count);
}

std::int32_t rest_share_e3(std::int64_t rest, std::int64_t energy) {
  if (energy <= 0 || rest <= 0) return 0;
  return static_cast<std::int32_t>(
      metrology::square_root(static_cast<std::uint64_t>(rest * 1'000'000 / energy)));
}

std::int64_t rest_of(const StepShape& shape, LoadKind kind) {
  return kind == LoadKind::resistive        ? shape.resistor_rest
         : kind == LoadKind::with_capacitor ? shape.capacitor_rest
                                            : shape.switched_rest;
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
  notable_energy_ = energy_of_power(parameters.least.count() / 4, parameters.nominal.count());
}

std::optional<Finding> MaliciousLoad::take(const CycleWave& cycle) {
  history_.add(cycle);
  if (history_.is_disturbed()) {
    interrupt();
    return std::nullopt;
  }
  if (blank_cycles_ > 0) {
    if (--blank_cycles_ == 0) history_.clear();
    return std::nullopt;
  }
  if (!history_.is_full()) return std::nullopt;
  ++cycle_;
  note_edge();
  if (is_edge()) judge_edge();
  if (const auto finding = age_candidates()) return finding;
  if (cycle_ % CycleHistory::group_size != 0) return std::nullopt;
  const Change trend = history_.change(before_age, earlier_age);
  known_.note_trend(trend);
  note_restlessness(trend);
  const auto crept = slow_.take(history_.mean(0), history_.voltage(), known_, history_.power_mw(0),
                                parameters_.least.count());
  if (!crept) return std::nullopt;
  const LoadKind kind = crept->is_in_steps   ? LoadKind::in_steps
                        : crept->is_switched ? LoadKind::phase_cut
                                             : LoadKind::slow_rise;
  return Finding{kind, quantity::Power::of(crept->power_mw), crept->rest_e3, 0};
}

void MaliciousLoad::interrupt() {
  history_.clear();
  slow_.clear();
  known_.clear();
  candidates_ = {};
  edges_mw_ = {};
  blank_cycles_ = blank_after_disturbance;
}

// How much two cycles differ from two cycles before, one between them left out. Short, because what else runs
// hardly changes within so few; two, because of loads that rest every other cycle.
void MaliciousLoad::note_edge() {
  std::ranges::copy_backward(edges_mw_.begin(), edges_mw_.end() - 1, edges_mw_.end());
  const auto power = [this](std::size_t age) { return std::int64_t{history_.cycle_power_mw(age)}; };
  edges_mw_[0] = (power(0) + power(1) - power(3) - power(4)) / 2;
}

bool MaliciousLoad::is_edge() const {
  const std::int64_t peak = magnitude(edges_mw_[judged_index]);
  if (peak < least_edge_mw) return false;
  for (std::size_t distance = 1; distance <= 3; ++distance) {
    if (magnitude(edges_mw_[judged_index + distance]) >= peak) return false;
    if (magnitude(edges_mw_[judged_index - distance]) > peak) return false;
  }
  return true;
}

void MaliciousLoad::judge_edge() {
  const Wave& voltage = history_.voltage();
  const std::int64_t noise = energy_of(history_.change(before_age, earlier_age));
  const Change whole = history_.change(after_age, before_age);
  const Change whole_later = history_.change(later_age, before_age);
  const StepShape whole_shape = shape_of(whole, voltage);
  const StepShape whole_later_shape = shape_of(whole_later, voltage);
  // What falls at once by so much is cold tungsten: its trend is its own.
  const bool is_inrush = whole_shape.power_mw * 10 > whole_later_shape.power_mw * 11;
  const bool is_tungsten =
      whole_shape.power_mw * 10 > whole_later_shape.power_mw * 13 &&
      whole_later_shape.power_mw * 100 > whole_shape.power_mw * least_kept_of_inrush_percent && is_falling();
  const Cleaned fresh = clean(whole, !is_tungsten);
  const std::int64_t least = parameters_.least.count();
  if (whole_shape.power_mw <= 0 || fresh.shape.power_mw <= 0) return note_off(fresh.shape, whole, noise);

  const std::int64_t trend_mw = (history_.power_mw(before_age) - history_.power_mw(earlier_age)) * 5 / 4;
  const std::int64_t later_mw =
      whole_later_shape.power_mw - std::max<std::int64_t>(0, trend_mw) * 9 / 5;  // nine cycles on, not five
  const std::int64_t step_mw =
      is_tungsten ? whole_later_shape.power_mw
                  : std::max({whole_shape.power_mw - trend_mw, fresh.shape.power_mw, later_mw});
  Candidate candidate{.noise = noise, .onset = onset_of(step_mw, is_tungsten), .is_inrush = is_inrush};
  const Cleaned later = clean(whole_later, true);
  const Cleaned wide = clean(history_.wide_change(0, before_age), true);
  const bool is_resistorlike =
      is_within(fresh.shape.resistor_rest, noise / 2, fresh.shape.energy,
                is_inrush ? inrush_share_e3 : nearly_share_e3) ||
      (is_inrush && is_within(whole_shape.resistor_rest, noise / 2, whole_shape.energy, inrush_share_e3));
  if (!tell_by(candidate, fresh, noise) && is_resistorlike && !tell_by(candidate, wide, noise / 2))
    tell_by(candidate, later, noise);
  const bool is_noisy =
      is_within(fresh.shape.resistor_rest, 4 * noise, fresh.shape.energy, resistor_share_e3_);
  if (!candidate.kind && candidate.onset == Onset::sure && is_resistorlike && is_noisy)
    tell_by(candidate, clean(whole, !is_tungsten, true), noise);
  if (!candidate.kind) candidate.power_mw = later.shape.power_mw;
  const bool is_at_once = candidate.onset != Onset::slow;
  const bool may_be_small = is_within(fresh.shape.resistor_rest, 0, fresh.shape.energy, small_share_e3) &&
                            (candidate.kind == LoadKind::resistive ||
                             is_within(fresh.shape.resistor_rest, 2 * noise, fresh.shape.energy, 0));
  if (candidate.onset >= Onset::at_once && may_be_small && fresh.shape.power_mw < least) {
    slow_.note_small_step(whole, whole_shape.power_mw);
    return;
  }
  // A resistor that rises slowly is the other watch's.
  if (!is_at_once && is_within(whole_shape.resistor_rest, 0, whole_shape.energy, pure_share_e3)) return;
  const bool is_generator = history_.power_mw(before_age) < -least;  // one that stopped
  if (is_at_once && candidate.power_mw >= least + voltage_margin_mw() && !is_generator &&
      (candidate.kind || (is_resistorlike && candidate.onset >= Onset::sharp))) {
    begin_candidate(candidate);
    return;
  }
  note_other(whole, whole_shape.power_mw);
}

// Whether the cycles after the edge take less and less, as from a wire that warms up.
bool MaliciousLoad::is_falling() const {
  const auto power = [this](std::size_t age) {
    return std::int64_t{history_.cycle_power_mw(age)} - history_.power_mw(before_age);
  };
  return (power(after_age + 3) + power(after_age + 2)) * 100 >
         (power(after_age + 1) + power(after_age)) * 105;
}

// Sets what the candidate is, if this change tells.
bool MaliciousLoad::tell_by(Candidate& candidate, const Cleaned& change, std::int64_t noise) const {
  const StepShape& shape = change.shape;
  candidate.kind = kind_of(change, noise, candidate.onset);
  if (!candidate.kind) return false;
  candidate.power_mw = shape.power_mw;
  candidate.rest_e3 = rest_share_e3(rest_of(shape, *candidate.kind), shape.energy);
  return true;
}

// Something went off: a candidate that did not stay, a small resistor, or another load.
void MaliciousLoad::note_off(const StepShape& shape, const Change& change, std::int64_t noise) {
  const std::int64_t off_mw = -shape.power_mw;
  const bool is_small_resistor = is_within(shape.resistor_rest, 0, shape.energy, small_share_e3) &&
                                 is_within(shape.resistor_rest, 2 * noise, shape.energy, resistor_share_e3_);
  const bool is_resistor = is_within(shape.resistor_rest, 0, shape.energy, nearly_share_e3);
  for (Candidate& candidate : candidates_) {
    if (candidate.age == 0 || !is_resistor) continue;
    if (off_mw * 10 < candidate.power_mw * 8 || off_mw * 10 > candidate.power_mw * 12) continue;
    candidate.age = 0;
    return;
  }
  if (is_small_resistor && off_mw < parameters_.least.count()) {
    slow_.note_small_step(change, shape.power_mw);
    return;
  }
  note_other(change, shape.power_mw);
}

void MaliciousLoad::note_other(const Change& change, std::int64_t power_mw) {
  for (Candidate& candidate : candidates_) candidate.other_mw += power_mw;
  if (energy_of(change) < notable_energy_) return slow_.note_small_other(power_mw);
  known_.remember(change);
  slow_.note_other(history_.mean(before_age), power_mw);
}

// Takes the place of the smallest where there is none.
void MaliciousLoad::begin_candidate(const Candidate& candidate) {
  for (Candidate& other : candidates_) other.other_mw += candidate.power_mw;
  Candidate* place = candidates_.data();
  for (Candidate& one : candidates_) {
    if (one.age == 0) {
      place = &one;
      break;
    }
    if (one.power_mw < place->power_mw) place = &one;
  }
  *place = candidate;
  place->before = history_.mean(before_age);
  place->long_before = history_.mean(before_age, long_count);
  place->age = edge_age;
  slow_.note_other(place->before, candidate.power_mw);
}

std::optional<Finding> MaliciousLoad::age_candidates() {
  std::optional<Finding> found;
  for (Candidate& candidate : candidates_) {
    if (candidate.age == 0) continue;
    const Wave& latest = history_.latest();
    if (candidate.age >= warm_cycles) {
      for (std::size_t k = 0; k < point_count; ++k) candidate.sum[k] += latest[k];
      ++candidate.sum_count;
    }
    if (++candidate.age < settled_cycles || found) continue;
    found = conclude(candidate);
    candidate.age = 0;
  }
  return found;
}

std::optional<Finding> MaliciousLoad::conclude(Candidate& candidate) {
  const Wave now = history_.mean(0);
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (now[k] - candidate.before[k]);
  const StepShape whole = shape_of(change, history_.voltage());
  if (!candidate.kind && !tell_by(candidate, clean(change, false), candidate.noise)) {
    const auto count = static_cast<std::int32_t>(candidate.sum_count);
    for (std::size_t k = 0; k < point_count; ++k)
      change[k] = 4 * candidate.sum[k] / count - 4 * candidate.long_before[k];
    const bool told = tell_by(candidate, clean(change, false), candidate.noise / 4);
    if (!told) return std::nullopt;
  }
  const std::int64_t kept_mw = whole.power_mw - candidate.other_mw;
  const std::int64_t least_kept_mw =
      candidate.power_mw * (candidate.is_inrush ? least_kept_of_inrush_percent : least_kept_percent) / 100;
  if (std::max(kept_mw, whole.power_mw) < least_kept_mw) return std::nullopt;
  // Tungsten is shown as it settles.
  const bool is_less = candidate.is_inrush && kept_mw < candidate.power_mw;
  const std::int64_t power_mw = is_less ? kept_mw : candidate.power_mw;
  if (power_mw < parameters_.least.count()) return std::nullopt;
  return Finding{*candidate.kind, quantity::Power::of(power_mw), candidate.rest_e3, candidate.age};
}

void MaliciousLoad::note_restlessness(const Change& trend) {
  for (std::size_t k = 0; k < point_count; ++k) {
    const auto value = std::clamp<std::int32_t>(trend[k], -variance_limit, variance_limit);
    const auto square = static_cast<std::uint32_t>(value * value);
    variances_[k] += square >> variance_shift;
    variances_[k] -= variances_[k] >> variance_shift;
  }
}

// Where the background varies by more than a small share of the change, a point counts less.
Weights MaliciousLoad::weights_for(std::int64_t energy, bool is_weighed) const {
  if (!is_weighed) {
    Weights weights;
    weights.fill(whole_weight);
    return weights;
  }
  const std::int64_t small =
      std::max<std::int64_t>(1, energy / static_cast<std::int64_t>(point_count) / 1000 * restless_share_e3 *
                                    restless_share_e3 / 1000);
  Weights weights;
  for (std::size_t k = 0; k < point_count; ++k)
    weights[k] = static_cast<std::uint16_t>(whole_weight * small / (small + variances_[k]));
  return weights;
}

MaliciousLoad::Cleaned MaliciousLoad::clean(const Change& change, bool with_trends, bool is_weighed) const {
  const Wave& voltage = history_.voltage();
  const Weights weights = weights_for(energy_of(change), is_weighed);
  Cleaned cleaned{shape_of(change, voltage, weights), false};
  Change less = change;
  bool is_any = false;
  if (with_trends) {
    is_any |= KnownChanges::take_out_fluctuation(less, history_.change(before_age, earlier_age), voltage);
    is_any |= KnownChanges::take_out_fluctuation(less, history_.change(later_age, after_age), voltage);
  }
  is_any |= known_.take_out(less, voltage);
  if (!is_any) return cleaned;
  // What was taken out may be a part of the step, not most of it.
  const StepShape shape = shape_of(less, voltage, weights);
  if (magnitude(shape.power_mw - cleaned.shape.power_mw) * 3 > magnitude(shape.power_mw)) return cleaned;
  return {shape, true};
}

// The model that explains the change, if one does. Part of the noise lies along the step itself, so no more
// than some of it excuses a rest; none does where the background was taken out.
std::optional<LoadKind> MaliciousLoad::kind_of(const Cleaned& change, std::int64_t noise, Onset onset) const {
  const StepShape& shape = change.shape;
  if (shape.power_mw <= 0) return std::nullopt;
  if (!is_within(noise, 0, shape.energy, noise_share_e3) &&
      !is_within(shape.resistor_rest, 0, shape.energy, clear_share_e3)) {
    return std::nullopt;
  }
  // So pure a resistor is nothing else, and need not come that fast.
  if (onset == Onset::fair) {
    const bool is_pure = is_within(shape.resistor_rest, 0, shape.energy, pure_share_e3);
    return is_pure ? std::optional{LoadKind::resistive} : std::nullopt;
  }
  const bool is_sure = onset == Onset::sure;
  const bool is_sharp = onset >= Onset::sharp;
  const std::int64_t most_e3 = is_sharp ? sharp_excused_share_e3 : excused_share_e3;
  const bool is_excused = is_sure
                              ? is_within(noise, 0, shape.energy, noise_share_e3)
                              : !change.is_cleaned && is_within(noise, 0, shape.energy, excusing_share_e3);
  const std::int64_t excused =
      is_excused ? std::min(noise / (is_sharp ? 1 : 4), shape.energy / 1000 * most_e3 * most_e3 / 1000) : 0;
  // A fast correction comes nearly at once: then the waveform must say more.
  const std::int64_t unclean = change.is_cleaned && !is_sure ? sharp_cleaned_share_e3 : 1000;
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
      shape.low_count >= least_low &&
      is_within(shape.switched_rest, change.is_cleaned ? 0 : excused, shape.energy, switched_e3)) {
    const bool is_half = shape.positive_count <= 2 || shape.positive_count + 2 >= shape.conducting_count;
    return is_half ? LoadKind::half_wave : LoadKind::phase_cut;
  }
  return std::nullopt;
}

// The largest rise of power from one cycle to the next but one, about the edge. A resistor is whole after
// the cycle in which it was switched on, and stays so; a supply with power factor correction has three
// quarters by then, a drive next to nothing, and a capacitor that charges is gone again. What runs every
// other cycle is the same in both. What was under way before goes on, and what wavers does so.
MaliciousLoad::Onset MaliciousLoad::onset_of(std::int64_t power_mw, bool is_falling) const {
  const auto rise_at = [this](std::size_t age) {
    return std::int64_t{history_.cycle_power_mw(age)} - history_.cycle_power_mw(age + 2);
  };
  const std::int64_t long_drift_mw = (history_.power_mw(before_age) - history_.power_mw(earlier_age)) / 2;
  const std::int64_t drift_mw = nearer_to_zero(long_drift_mw, rise_at(before_age));
  std::int64_t waver_mw = 0;
  for (std::size_t age = before_age; age < before_age + waver_count; ++age)
    waver_mw += magnitude(rise_at(age) - drift_mw) / static_cast<std::int64_t>(waver_count);
  std::int64_t largest_mw = 0;
  std::size_t largest_age = edge_age - 1;
  for (std::size_t age = edge_age - 2; age <= edge_age; ++age) {
    const std::int64_t rise_mw = rise_at(age) - drift_mw;
    if (rise_mw <= largest_mw) continue;
    largest_mw = rise_mw;
    largest_age = age;
  }
  const std::int64_t next_mw =
      (std::int64_t{history_.cycle_power_mw(largest_age - 1)} + history_.cycle_power_mw(largest_age - 2)) /
          2 -
      history_.power_mw(before_age);
  // What follows the cycle after the edge must not be much more than it.
  std::int64_t following_mw = 0;
  for (std::size_t age = after_age; age < after_age + 3; ++age) following_mw += history_.cycle_power_mw(age);
  const std::int64_t level_mw = following_mw / 3 - history_.power_mw(before_age) - drift_mw * 11 / 4;
  const std::int64_t all_mw = is_falling ? power_mw : std::max(power_mw, level_mw);
  const auto has = [&](std::int64_t percent) { return largest_mw * 100 >= all_mw * percent; };
  if (!has(fair_percent) || next_mw * 100 < all_mw * stays_percent) return Onset::slow;
  if (!has(at_once_percent)) return Onset::fair;
  if ((largest_mw - waver_mw) * 100 >= all_mw * sure_percent) return Onset::sure;
  return has(sharp_percent) ? Onset::sharp : Onset::at_once;
}

// What a change of the mains' voltage may look like, where loads are no resistors: twice its share of the
// power that ran, and half as much again.
std::int64_t MaliciousLoad::voltage_margin_mw() const {
  const std::int64_t change_e4 = history_.level_e4(after_age) - history_.level_e4(before_age);
  return std::max<std::int64_t>(0, history_.power_mw(before_age)) * 3 / 10'000 * magnitude(change_e4);
}

}  // namespace lk::guard
