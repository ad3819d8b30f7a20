// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/edge.hpp"

#include <algorithm>
#include <utility>

#include "meter/metrology/wide.hpp"

namespace lk::guard {
namespace {

constexpr std::int64_t capacitor_share_e3 = 36;          // the rest beside a capacitor
constexpr std::int64_t cleaned_capacitor_share_e3 = 25;  // where the background was taken out
constexpr std::int64_t cleaned_share_e3 = 55;
constexpr std::int64_t switched_share_e3 = 45;       // behind a diode or a dimmer
constexpr std::int64_t deep_share_e3 = 300;          // a plain resistor leaves more than that ...
constexpr std::int64_t deep_switched_share_e3 = 60;  // ... and a switched one no more than that
constexpr std::int64_t excused_share_e3 = 60;        // the most that noise adds to what a rest may be
constexpr std::int64_t sure_excused_share_e3 = 70;   // where it came beyond doubt at once
constexpr std::int64_t doubtful_share_e3 = 80;  // a rest like this should not be the background's alone, ...
constexpr std::int64_t most_doubtful = 16;      // ... where its energy is so many times the noise's
constexpr std::int64_t least_large_halves = 5;  // two and a half times the least power
constexpr std::int64_t noise_share_e3 = 300;    // more noise than this hides what the change is
constexpr std::int64_t clear_share_e3 = 20;     // but not a rest this small
constexpr std::int64_t nearly_share_e3 = 110;   // the rest of what may be one with something beside it
constexpr std::int64_t inrush_share_e3 = 250;   // the rest while a cold wire warms up
constexpr std::uint8_t wide_conducting = 10;
constexpr std::uint8_t least_conducting = 6;  // points of 32: a dimmer at 146 degrees
constexpr std::uint8_t least_low = 3;
constexpr std::uint8_t most_conducting = 28;
constexpr std::int64_t least_kept_of_inrush_percent = 10;  // tungsten takes several times as much at first
// A step comes so much better than a rise ...
constexpr std::int32_t step_margin_least_e3 = 20;
constexpr std::int32_t clear_margin_least_e3 = 45;  // ... where noise is to excuse a rest
constexpr std::int32_t sure_margin_least_e3 = 75;   // ... where it may excuse more of it
constexpr std::int32_t step_margin_most_e3 = 350;
constexpr std::int64_t noisy_share_e3 = 200;  // more noise than this asks for more of a step
constexpr std::int32_t noisy_margin_least_e3 = 25;
constexpr std::int32_t noisy_clear_margin_least_e3 = 65;
constexpr std::int64_t most_trend_percent = 30;
constexpr std::int64_t least_fall_percent = 10;
constexpr std::int64_t most_later_percent = 30;
constexpr std::int64_t most_rise_percent = 25;  // within the two pairs of cycles after the edge
constexpr std::int64_t nearly_excused_share_e3 = 160;
constexpr std::int32_t pure_share_e3 = 12;          // no supply leaves so little
constexpr std::int64_t plain_share_e3 = 40;         // what leaves so little, ...
constexpr std::int64_t plain_whole_share_e3 = 300;  // ... and had not too much taken out of it, ...
constexpr std::int32_t plain_margin_least_e3 = 10;  // ... need not come quite so clearly at once
constexpr std::int64_t least_cold_percent = 130;    // a cold wire takes so much more than some cycles later
// One that takes r times as much at first comes 2·r − 1 times as much better.
constexpr std::int32_t cold_margin_least_e3 = 150;
constexpr std::int32_t cold_switched_margin_least_e3 = 100;
constexpr std::int64_t least_left_percent = 60;
constexpr std::int64_t agreeing_share_e3 = 90;  // of a later view, where noise excused the first

std::int64_t magnitude(std::int64_t value) {
  return value < 0 ? -value : value;
}

std::int32_t share_e3_of(std::int64_t rest, std::int64_t energy) {
  if (energy <= 0 || rest <= 0) return 0;
  return static_cast<std::int32_t>(
      metrology::square_root(static_cast<std::uint64_t>(rest * 1'000'000 / energy)));
}

Explained explained_as(LoadKind kind, const StepShape& shape, std::int64_t rest) {
  return {shape.power_mw, share_e3_of(rest, shape.energy), kind};
}

std::optional<Explained> explain_shape(const StepShape& shape, bool is_cleaned, std::int64_t noise,
                                       const Asked& asked, std::int64_t excused_e3) {
  if (shape.power_mw <= 0) return std::nullopt;
  const bool is_hidden = !is_within(noise, 0, shape.energy, noise_share_e3);
  if (is_hidden && !is_within(shape.resistor_rest, 0, shape.energy, clear_share_e3)) return std::nullopt;
  // What was taken out of a large step is no noise any more.
  const bool is_large = shape.power_mw * 2 >= asked.least_mw * least_large_halves;
  const std::int64_t excused = is_hidden || (is_cleaned && is_large)
                                   ? 0
                                   : std::min(noise, shape.energy / 1000 * excused_e3 * excused_e3 / 1000);
  const std::int64_t strict_e3 = is_cleaned ? std::min(cleaned_share_e3, asked.share_e3) : asked.share_e3;
  if (is_within(shape.resistor_rest, excused, shape.energy, strict_e3))
    return explained_as(LoadKind::resistive, shape, shape.resistor_rest);
  const std::int64_t beside_e3 = is_cleaned ? cleaned_capacitor_share_e3 : capacitor_share_e3;
  if (shape.reactive_mvar < 0 && is_within(shape.capacitor_rest, 0, shape.energy, beside_e3))
    return explained_as(LoadKind::with_capacitor, shape, shape.capacitor_rest);
  // A deep cut is like nothing else; a shallow one is not far from a supply with power factor correction.
  const bool is_deep = shape.conducting_count >= wide_conducting &&
                       !is_within(shape.resistor_rest, 0, shape.energy, deep_share_e3);
  const std::int64_t switched_e3 = is_deep ? deep_switched_share_e3 : switched_share_e3;
  if (shape.conducting_count < least_conducting || shape.conducting_count > most_conducting ||
      shape.low_count < least_low ||
      !is_within(shape.switched_rest, 0, shape.energy,
                 is_cleaned ? std::min(switched_e3, cleaned_share_e3) : switched_e3)) {
    return std::nullopt;
  }
  const bool is_half = shape.positive_count <= 1 || shape.positive_count + 1 >= shape.conducting_count;
  return explained_as(is_half ? LoadKind::half_wave : LoadKind::phase_cut, shape, shape.switched_rest);
}

// What both half waves have alike. A wire that warms up takes less from half wave to half wave.
Change odd_part_of(const Change& change) {
  Change odd;
  for (std::size_t k = 0; k < point_count; ++k)
    odd[k] = (change[k] - change[(k + point_count / 2) % point_count]) / 2;
  return odd;
}

// What is left when the background's known changes are taken out of it, if that may be.
StepShape cleaned(Change change, bool& is_any, const StepShape& whole, const KnownChanges& known,
                  const Wave& voltage) {
  is_any |= known.take_out(change, voltage);
  if (!is_any) return whole;
  // What was taken out may be a part of the step, not most of it.
  const StepShape shape = shape_of(change, voltage);
  is_any = magnitude(shape.power_mw - whole.power_mw) * 3 <= magnitude(shape.power_mw);
  return is_any ? shape : whole;
}

}  // namespace

Edge::Edge(const CycleHistory& history, const KnownChanges& known)
    : history_(history),
      known_(known),
      change_(change_between(after_age, before_age)),
      noise_(energy_of(history.change(before_age, earlier_age))),
      whole_(shape_of(change_, history.voltage())) {
  const Change later = change_between(later_age, before_age);
  whole_later_ = shape_of(later, history.voltage());
  is_inrush_ = whole_.power_mw * 10 > whole_later_.power_mw * 11;
  // What falls at once by so much is cold tungsten: its trend is its own.
  is_tungsten_ = is_inrush_ && whole_later_.power_mw * 100 > whole_.power_mw * least_kept_of_inrush_percent &&
                 is_falling();
  fresh_ = view_of(change_, !is_tungsten_);
  if (whole_.power_mw <= 0 || fresh_.shape.power_mw <= 0) return;
  later_ = view_of(later, true);
  wide_ = view_of(history.wide_change(later_age, before_age), true);
  is_step_ = comes_at_once();
  is_ramp_ = !is_step_ && (whole_later_.power_mw * 100 > whole_.power_mw * (100 + most_later_percent) ||
                           trend_mw() * 100 > whole_.power_mw * most_trend_percent);
}

// Less what follows the voltage.
Change Edge::change_between(std::size_t later, std::size_t earlier) const {
  Change change = history_.change(later, earlier);
  KnownChanges::take_out_voltage(change, history_.mean(earlier),
                                 history_.level_e4(later) - history_.level_e4(earlier), history_.voltage());
  return change;
}

Edge::View Edge::view_of(const Change& change, bool with_trends) const {
  const Wave& voltage = history_.voltage();
  Change less = change;
  View view;
  if (with_trends) {
    view.is_cleaned |=
        KnownChanges::take_out_fluctuation(less, history_.change(before_age, earlier_age), voltage);
    view.is_cleaned |=
        KnownChanges::take_out_fluctuation(less, history_.change(later_age, after_age), voltage);
  }
  view.shape = cleaned(less, view.is_cleaned, shape_of(change, voltage), known_, voltage);
  return view;
}

bool Edge::is_nearly_resistor() const {
  const auto is_near = [this](const StepShape& shape) {
    const std::int64_t most = shape.energy / 1000 * nearly_excused_share_e3 * nearly_excused_share_e3 / 1000;
    return is_within(shape.resistor_rest, std::min(noise_ / 2, most), shape.energy,
                     is_inrush_ ? inrush_share_e3 : nearly_share_e3);
  };
  return is_near(fresh_.shape) || (is_inrush_ && is_near(whole_));
}

// Of the cycles that are compared with one about the edge, the later: both are of the same parity, so that
// what runs every other cycle is in both.
std::size_t Edge::alike(std::size_t age) {
  return before_age + 2 + (age + before_age) % 2;
}

// Whether the cycles after the edge take less and less from the first whole one on, as from a wire that warms
// up. What goes on rising and falls then is two loads.
bool Edge::is_falling() const {
  const auto power = [this](std::size_t age) {
    return std::int64_t{history_.cycle_power_mw(age)} - history_.cycle_power_mw(alike(age));
  };
  const std::int64_t first = power(after_age + 3);
  const std::int64_t second = power(after_age + 2);
  const std::int64_t third = power(after_age + 1);
  const std::int64_t fourth = power(after_age);
  const bool is_first_whole = power(edge_age) * 5 > second;
  if (is_first_whole && first * 100 < second * 97) return false;
  return third <= std::max(first, second) && (first + second) * 100 > (third + fourth) * 105;
}

// What the background's rise before the edge brings from one group to the other.
std::int64_t Edge::trend_mw() const {
  return (history_.power_mw(before_age) - history_.power_mw(earlier_age)) * 5 / 4;
}

// The cycles about the edge less some before: the mean of one and of that by `more` before it.
OnsetCycles Edge::onset_cycles_from(std::size_t more) const {
  OnsetCycles cycles;
  for (std::size_t n = 0; n < onset_cycles; ++n) {
    const std::size_t age = edge_age + 2 - n;
    const Wave& now = history_.cycle(age);
    const Wave& first = history_.cycle(alike(age));
    const Wave& second = history_.cycle(alike(age) + more);
    for (std::size_t k = 0; k < point_count; ++k) {
      const std::int32_t change = now[k] - (first[k] + second[k]) / 2;
      cycles[n][k] = static_cast<std::int16_t>(std::clamp<std::int32_t>(change, -32'767, 32'767));
    }
  }
  return cycles;
}

// A wire that takes much more at first: a step to what it settles at, and more.
bool Edge::is_cold() const {
  return is_tungsten_ && whole_.power_mw * 100 > whole_later_.power_mw * least_cold_percent;
}

// What it takes once it is whole. What was taken out may have been a part of the step: the larger of both is
// the stricter.
Wave Edge::full_wave() const {
  const StepShape& shape = is_tungsten_ ? whole_later_ : fresh_.shape;
  const std::int64_t conductance_q20 =
      is_cold() ? shape.conductance_q20 : std::max(shape.conductance_q20, whole_.conductance_q20);
  const bool is_resistor = is_nearly_resistor();
  const Wave& voltage = history_.voltage();
  Wave full;
  for (std::size_t k = 0; k < point_count; ++k) {
    const std::int64_t value = is_resistor ? (conductance_q20 * voltage[k]) >> 22U : change_[k] / 4;
    full[k] = static_cast<std::int16_t>(std::clamp<std::int64_t>(value, -32'767, 32'767));
  }
  return full;
}

bool Edge::comes_at_once() {
  if (trend_mw() * 100 > whole_.power_mw * most_trend_percent) return false;
  const auto power = [this](std::size_t age) { return std::int64_t{history_.cycle_power_mw(age)}; };
  const std::int64_t rise_mw =
      (power(after_age) + power(after_age + 1) - power(after_age + 2) - power(after_age + 3)) / 2;
  if (rise_mw * 100 > whole_.power_mw * most_rise_percent) return false;
  const Wave full = full_wave();
  std::int32_t margin_e3 = step_margin_e3(onset_cycles_from(2), full);
  // What went just before is no part of what the later cycles are compared with.
  if (-trend_mw() * 100 > whole_.power_mw * least_fall_percent)
    margin_e3 = std::max(margin_e3, step_margin_e3(onset_cycles_from(0), full));
  const bool is_noisy =
      !is_within(noise_, 0, (is_tungsten_ ? whole_later_ : fresh_.shape).energy, noisy_share_e3);
  if (margin_e3 >= sure_margin_least_e3)
    excused_e3_ = sure_excused_share_e3;
  else if (margin_e3 >= (is_noisy ? noisy_clear_margin_least_e3 : clear_margin_least_e3))
    excused_e3_ = excused_share_e3;
  if (is_cold())
    return margin_e3 >= (is_nearly_resistor() ? cold_margin_least_e3 : cold_switched_margin_least_e3);
  const bool is_plain = !is_tungsten_ &&
                        is_within(fresh_.shape.resistor_rest, 0, fresh_.shape.energy, plain_share_e3) &&
                        is_within(whole_.resistor_rest, 0, whole_.energy, plain_whole_share_e3);
  const std::int32_t least_e3 = is_plain   ? plain_margin_least_e3
                                : is_noisy ? noisy_margin_least_e3
                                           : step_margin_least_e3;
  return margin_e3 >= least_e3 && (is_tungsten_ || margin_e3 <= step_margin_most_e3);
}

bool Edge::is_pure(const std::optional<Explained>& explained) const {
  return !is_tungsten_ && excused_e3_ == sure_excused_share_e3 && explained &&
         explained->kind == LoadKind::resistive && explained->rest_e3 <= pure_share_e3;
}

std::int64_t Edge::doubtful_rest() const {
  const bool is_doubtful = fresh_.is_cleaned && !is_tungsten_ &&
                           !is_within(whole_.resistor_rest, 0, whole_.energy, doubtful_share_e3) &&
                           whole_.resistor_rest / most_doubtful > noise_;
  return is_doubtful ? whole_.resistor_rest : 0;
}

// Whether the cycles until now do not speak against it: it is still there, and a rest that noise was to
// excuse is not left by all of them.
bool Edge::is_borne_out(const std::optional<Explained>& explained) const {
  if (is_tungsten_ || is_pure(explained)) return true;
  if (later_.shape.power_mw * 100 < fresh_.shape.power_mw * least_left_percent) return false;
  if (!explained || explained->kind != LoadKind::resistive || explained->rest_e3 <= cleaned_share_e3)
    return true;
  const auto agrees = [](const StepShape& shape) {
    return is_within(shape.resistor_rest, 0, shape.energy, agreeing_share_e3);
  };
  return agrees(wide_.shape) || agrees(later_.shape);
}

std::optional<Explained> Edge::explain(const View& view, std::int64_t noise, const Asked& asked) const {
  return explain_shape(view.shape, view.is_cleaned, noise, asked, excused_e3_);
}

std::optional<Explained> Edge::explain(const Asked& asked) const {
  if (!is_step_) return std::nullopt;
  if (const auto explained = explain(fresh_, noise_, asked)) {
    if (!is_tungsten_ || explained->kind == LoadKind::resistive) return explained;
    // A core that saturates looks like a dimmer at first.
    const auto settling = explain(later_, 0, asked);
    return explained->rest_e3 <= switched_share_e3 && settling && settling->kind == explained->kind
               ? explained
               : std::nullopt;
  }
  if (!is_nearly_resistor()) return std::nullopt;
  if (is_tungsten_) {
    const auto explained =
        explain_shape(shape_of(odd_part_of(change_), history_.voltage()), false, noise_, asked, excused_e3_);
    if (explained && explained->kind == LoadKind::resistive) return explained;
  }
  for (const auto& [view, noise] : {std::pair{&wide_, noise_ / 2}, std::pair{&later_, noise_}}) {
    const auto explained = explain(*view, noise, asked);
    if (!explained) continue;
    // More than came at once is another's.
    const std::int64_t more_mw = explained->power_mw - fresh_.shape.power_mw;
    const bool is_same =
        more_mw * 4 <= fresh_.shape.power_mw && (is_tungsten_ || -more_mw * 4 <= fresh_.shape.power_mw);
    if (is_same) return explained;
  }
  return std::nullopt;
}

std::optional<Explained> explain_settled(const Change& change, const KnownChanges& known, const Wave& voltage,
                                         std::int64_t noise, std::int64_t excused_e3, const Asked& asked) {
  bool is_any = false;
  const StepShape whole = shape_of(change, voltage);
  if (const auto explained = explain_shape(whole, false, noise, asked, excused_e3)) return explained;
  const StepShape shape = cleaned(change, is_any, whole, known, voltage);
  return explain_shape(shape, is_any, noise, asked, excused_e3);
}

}  // namespace lk::guard
