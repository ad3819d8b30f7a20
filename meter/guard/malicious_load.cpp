// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/malicious_load.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::size_t note_age = 2;  // of the edge when its size is noted
constexpr std::size_t judged_index = edge_age - note_age;
constexpr std::uint32_t settled_cycles = 37;            // after the edge
constexpr std::uint32_t blank_after_disturbance = 100;  // cycles
constexpr std::int64_t least_edge_mw = 12'000;
constexpr std::int64_t pure_share_e3 = 15;
constexpr std::int64_t small_share_e3 = 350;  // small steps up to here may be resistors, among noise
constexpr std::int64_t outstanding = 1000;    // times the noise's energy
constexpr std::int64_t alike_share_e3 = 400;  // what comes or goes so may be the candidate itself
constexpr std::int64_t nearly_share_e3 = 90;
constexpr std::int64_t pure_off_share_e3 = 40;  // of what is beyond doubt, when it goes off
constexpr std::int64_t least_kept_percent = 70;
constexpr std::int64_t most_settled_percent = 130;
constexpr std::int64_t most_kept_percent = 170;
constexpr std::int64_t most_warm_percent = 180;  // a wire that warms up takes less and less, ...
constexpr std::int64_t least_warm_percent = 60;  // ... but so much of what it took soon after its edge
constexpr std::int64_t noise_left = 4;           // one part in so many is in the mean of many cycles
constexpr std::int64_t least_gone_percent = 75;
constexpr std::int64_t most_gone_percent = 130;
constexpr std::int64_t least_own_rest_percent = 60;  // of its energy
constexpr std::int64_t most_own_rest_percent = 150;
constexpr std::size_t settled_count = 16;                  // cycles
constexpr std::int64_t least_kept_of_inrush_percent = 10;  // tungsten takes several times as much at first

std::int64_t magnitude(std::int64_t value) {
  return value < 0 ? -value : value;
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
  known_.note_trend(history_.change(before_age, earlier_age));
  const Wave now = history_.mean(0);
  const auto crept = slow_.take({.current = now,
                                 .voltage = history_.voltage(),
                                 .level_e4 = history_.level_e4(0),
                                 .power_mw = history_.power_mw(0)},
                                parameters_.least.count());
  if (!crept) return std::nullopt;
  const LoadKind kind = crept->is_in_steps   ? LoadKind::in_steps
                        : crept->is_switched ? LoadKind::phase_cut
                                             : LoadKind::slow_rise;
  return Finding{.power = quantity::Power::of(crept->power_mw),
                 .rest_e3 = static_cast<std::int16_t>(crept->rest_e3),
                 .kind = kind};
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
  edges_mw_[0] = static_cast<std::int32_t>((power(0) + power(1) - power(3) - power(4)) / 2);
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
  const Edge edge{history_, known_};
  if (edge.power_mw() <= 0 || edge.shape().power_mw <= 0) return note_off(edge);
  const std::int64_t least = parameters_.least.count();
  const std::optional<Explained> explained = edge.explain(asked());
  const StepShape& shape = edge.shape();
  const bool may_be_small = is_within(shape.resistor_rest, 0, shape.energy, small_share_e3) &&
                            ((explained && explained->kind == LoadKind::resistive) ||
                             is_within(shape.resistor_rest, 2 * edge.noise(), shape.energy, 0));
  if (edge.is_step() && may_be_small && shape.power_mw < least)
    return slow_.note_small_step(edge.change(), edge.power_mw());
  // A resistor that rises slowly is the other watch's.
  if (edge.is_ramp() && is_within(shape.resistor_rest, 0, shape.energy, pure_share_e3)) return;
  const std::int64_t power_mw = explained ? explained->power_mw : shape.power_mw;
  const bool is_generator = history_.power_mw(before_age) < -least;  // one that stopped
  if (edge.is_step() && power_mw >= least + voltage_margin_mw() && !is_generator &&
      (explained || edge.is_nearly_resistor()) && edge.is_borne_out(explained)) {
    return begin_candidate(edge, explained);
  }
  note_other(edge.change(), edge.power_mw(), edge.noise());
}

// Something went off: a candidate that did not stay, a small resistor, or another load.
void MaliciousLoad::note_off(const Edge& edge) {
  const StepShape& shape = edge.shape();
  const std::int64_t off_mw = -shape.power_mw;
  const bool is_resistor = is_within(shape.resistor_rest, 0, shape.energy, nearly_share_e3);
  for (Candidate& candidate : candidates_) {
    if (candidate.age == 0 || !is_resistor) continue;
    if (off_mw * 10 < candidate.power_mw * 8 || off_mw * 10 > candidate.power_mw * 12) continue;
    if (candidate.is_pure && !is_within(shape.resistor_rest, 0, shape.energy, pure_off_share_e3)) continue;
    candidate.age = 0;
    return slow_.note_edge(history_.mean(before_age), edge.change(), history_.voltage());
  }
  const bool is_small_resistor =
      is_within(shape.resistor_rest, 0, shape.energy, small_share_e3) &&
      is_within(shape.resistor_rest, 2 * edge.noise(), shape.energy, resistor_share_e3_);
  if (is_small_resistor && off_mw < parameters_.least.count())
    return slow_.note_small_step(edge.change(), shape.power_mw);
  note_other(edge.change(), shape.power_mw, edge.noise());
}

void MaliciousLoad::note_other(const Change& change, std::int64_t power_mw, std::int64_t noise) {
  for (Candidate& candidate : candidates_) candidate.other_mw += power_mw;
  slow_.note_other(power_mw);
  const std::int64_t energy = energy_of(change);
  if (energy >= notable_energy_ && energy / outstanding >= noise)
    slow_.note_edge(history_.mean(before_age), change, history_.voltage());
}

// Takes the place of the smallest where there is none.
void MaliciousLoad::begin_candidate(const Edge& edge, const std::optional<Explained>& explained) {
  const std::int64_t power_mw = explained ? explained->power_mw : edge.shape().power_mw;
  for (Candidate& other : candidates_) other.other_mw += power_mw;
  Candidate* place = candidates_.data();
  for (Candidate& one : candidates_) {
    if (one.age == 0) {
      place = &one;
      break;
    }
    if (one.power_mw < place->power_mw) place = &one;
  }
  *place = {.before = history_.mean(before_age, 8),
            .noise = edge.noise(),
            .excused_e3 = edge.excused_e3(),
            .doubtful_rest = edge.doubtful_rest(),
            .age = edge_age,
            .explained = explained,
            .power_mw = power_mw,
            .is_pure = edge.is_pure(explained),
            .later_mw = edge.is_tungsten() ? edge.later_mw() : 0};
  slow_.note_other(power_mw);
  slow_.note_edge(history_.mean(before_age), edge.change(), history_.voltage());
}

std::optional<Finding> MaliciousLoad::age_candidates() {
  std::optional<Finding> found;
  for (Candidate& candidate : candidates_) {
    if (candidate.age == 0) continue;
    ++candidate.age;
    if (candidate.age < settled_cycles || found) continue;
    found = conclude(candidate);
    candidate.age = 0;
  }
  return found;
}

std::optional<Finding> MaliciousLoad::conclude(const Candidate& candidate) const {
  const std::optional<Explained> explained = explain_candidate(candidate);
  if (!explained || is_own_rest(candidate)) return std::nullopt;
  const Change change = change_since(candidate, CycleHistory::group_size);
  const std::int64_t kept_mw = shape_of(change, history_.voltage()).power_mw - candidate.other_mw;
  const bool is_there = has_stayed(candidate, kept_mw, change) && !is_rising(candidate, kept_mw, change);
  if (!is_there && !candidate.is_pure) return std::nullopt;
  // Tungsten is shown as it settles.
  std::int64_t power_mw = explained->power_mw;
  if (candidate.is_warming())
    power_mw = std::min(power_mw, std::max(kept_mw, candidate.later_mw * least_warm_percent / 100));
  if (power_mw < parameters_.least.count()) return std::nullopt;
  return Finding{.power = quantity::Power::of(power_mw),
                 .rest_e3 = static_cast<std::int16_t>(explained->rest_e3),
                 .cycles_ago = static_cast<std::uint16_t>(candidate.age),
                 .kind = explained->kind};
}

// The latest cycles less those before the candidate.
Change MaliciousLoad::change_since(const Candidate& candidate, std::size_t cycle_count) const {
  const Wave now = history_.mean(0, cycle_count);
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 4 * (now[k] - candidate.before[k]);
  return change;
}

// What it was told to be at its edge, or what the mean of many cycles tells now.
std::optional<Explained> MaliciousLoad::explain_candidate(const Candidate& candidate) const {
  if (candidate.explained) return candidate.explained;
  const auto explained = explain_settled(change_since(candidate, settled_count), known_, history_.voltage(),
                                         candidate.noise / noise_left, candidate.excused_e3, asked());
  const bool is_more = explained && explained->power_mw * 100 > candidate.power_mw * most_settled_percent;
  return is_more ? std::nullopt : explained;
}

// What a change has besides a resistor of this power.
StepShape MaliciousLoad::shape_besides(std::int64_t power_mw, Change change) const {
  const Wave& voltage = history_.voltage();
  std::int64_t square = 1;
  for (const std::int64_t value : voltage) square += value * value;
  constexpr std::int64_t units =
      std::int64_t{40} * static_cast<std::int64_t>(point_count);  // quarters, 0.1 mW
  for (std::size_t k = 0; k < point_count; ++k)
    change[k] -= static_cast<std::int32_t>(power_mw * voltage[k] * units / square);
  return shape_of(change, voltage);
}

// Whether enough of its power is there still, or what went is not the candidate itself, but another load.
bool MaliciousLoad::has_stayed(const Candidate& candidate, std::int64_t kept_mw, const Change& change) const {
  const std::int64_t least_percent =
      candidate.is_warming() ? least_kept_of_inrush_percent : least_kept_percent;
  const std::int64_t most_mw = std::max(kept_mw, kept_mw + candidate.other_mw);
  if (most_mw * 100 >= candidate.power_mw * least_percent) return true;
  const StepShape gone = shape_besides(candidate.power_mw, change);
  const bool is_as_much = -gone.power_mw * 100 >= candidate.power_mw * least_gone_percent &&
                          -gone.power_mw * 100 <= candidate.power_mw * most_gone_percent;
  return !is_as_much || !is_within(gone.resistor_rest, 0, gone.energy, alike_share_e3);
}

// Whether it goes on rising: the beginning of something else. Another load that came since looks otherwise.
bool MaliciousLoad::is_rising(const Candidate& candidate, std::int64_t kept_mw, const Change& change) const {
  const bool is_warming = candidate.is_warming();
  const std::int64_t known_mw = is_warming ? candidate.later_mw : candidate.power_mw;
  if (kept_mw * 100 <= known_mw * (is_warming ? most_warm_percent : most_kept_percent)) return false;
  const StepShape more = shape_besides(known_mw, change);
  return is_within(more.resistor_rest, 0, more.energy, alike_share_e3);
}

// Whether the rest that was taken for the background's is there still: then it is the load's own.
bool MaliciousLoad::is_own_rest(const Candidate& candidate) const {
  if (candidate.doubtful_rest == 0) return false;
  const std::int64_t rest =
      shape_of(change_since(candidate, settled_count), history_.voltage()).resistor_rest;
  return rest * 100 > candidate.doubtful_rest * least_own_rest_percent &&
         rest * 100 < candidate.doubtful_rest * most_own_rest_percent;
}

// What a change of the mains' voltage may look like, where loads are no resistors: twice its share of the
// power that ran, and half as much again.
std::int64_t MaliciousLoad::voltage_margin_mw() const {
  const std::int64_t change_e4 = history_.level_e4(after_age) - history_.level_e4(before_age);
  return std::max<std::int64_t>(0, history_.power_mw(before_age)) * 3 / 10'000 * magnitude(change_e4);
}

}  // namespace lk::guard
