// SPDX-License-Identifier: Apache-2.0
// An edge of power, seen eight cycles later: what changed about it, less what the background does by itself,
// how it came, and what model explains it. Reads the history, keeps nothing.
//
//   ages   16 ─ earlier ─ 13   12 ─ before ─ 9   8 edge   7 ─ after ─ 4   3 ─ later ─ 0
#pragma once

#include <cstdint>
#include <optional>

#include "meter/guard/cycle_history.hpp"
#include "meter/guard/known_changes.hpp"
#include "meter/guard/onset.hpp"
#include "meter/guard/step_shape.hpp"

namespace lk::guard {

enum class LoadKind : std::uint8_t {
  resistive,       // switched on plainly
  half_wave,       // behind a diode
  phase_cut,       // behind a dimmer
  with_capacitor,  // beside a capacitor that spoils its power factor
  in_steps,        // brought in by several steps, each too small to be looked for
  slow_rise,       // turned up slowly
};

// Ages of cycles when an edge is judged: of each group the latest.
inline constexpr std::size_t later_age = 0;
inline constexpr std::size_t after_age = 4;
inline constexpr std::size_t edge_age = 8;
inline constexpr std::size_t before_age = 9;
inline constexpr std::size_t earlier_age = 13;

struct Explained {
  std::int64_t power_mw = 0;
  std::int32_t rest_e3 = 0;  // of the change's amplitude
  LoadKind kind = LoadKind::resistive;
};

// What a resistor is asked for.
struct Asked {
  std::int64_t share_e3 = 0;  // the rest that it may leave
  std::int64_t least_mw = 0;  // the least power looked for
};

class Edge {
 public:
  // The history must be full.
  Edge(const CycleHistory& history, const KnownChanges& known);

  [[nodiscard]] const Change& change() const { return change_; }
  [[nodiscard]] std::int64_t power_mw() const { return whole_.power_mw; }
  // What is left of the change without what was under way.
  [[nodiscard]] const StepShape& shape() const { return fresh_.shape; }
  [[nodiscard]] std::int64_t noise() const { return noise_; }
  // It was whole within a cycle, and is no part of a longer rise.
  [[nodiscard]] bool is_step() const { return is_step_; }
  // It goes on rising, or did so before.
  [[nodiscard]] bool is_ramp() const { return is_ramp_; }
  // Takes much more at first, and less from cycle to cycle, as cold tungsten.
  [[nodiscard]] bool is_tungsten() const { return is_tungsten_; }
  // Power of what is left of it, four cycles later.
  [[nodiscard]] std::int64_t later_mw() const { return whole_later_.power_mw; }
  // Not yet to be told, but what settles may be a resistor.
  [[nodiscard]] bool is_nearly_resistor() const;
  // The share of it that noise may excuse of a rest: none where it hardly came better as a step than as a
  // rise.
  [[nodiscard]] std::int64_t excused_e3() const { return excused_e3_; }
  // Energy of a rest that was taken for the background's though it is far beyond the noise, or 0: where it
  // stays, it is the load's own.
  [[nodiscard]] std::int64_t doubtful_rest() const;
  // The model that explains it, if one does.
  [[nodiscard]] std::optional<Explained> explain(const Asked& asked) const;
  // So explained there is no doubt, whatever other loads do next.
  [[nodiscard]] bool is_pure(const std::optional<Explained>& explained) const;
  // The cycles since agree with that.
  [[nodiscard]] bool is_borne_out(const std::optional<Explained>& explained) const;

 private:
  struct View {
    StepShape shape;
    bool is_cleaned = false;  // something of the background was taken out
  };
  [[nodiscard]] static std::size_t alike(std::size_t age);
  [[nodiscard]] Change change_between(std::size_t later, std::size_t earlier) const;
  [[nodiscard]] View view_of(const Change& change, bool with_trends) const;
  [[nodiscard]] std::int64_t trend_mw() const;
  [[nodiscard]] bool is_falling() const;
  [[nodiscard]] bool is_cold() const;
  [[nodiscard]] Wave full_wave() const;
  [[nodiscard]] bool comes_at_once();
  [[nodiscard]] OnsetCycles onset_cycles_from(std::size_t more) const;
  [[nodiscard]] std::optional<Explained> explain(const View& view, std::int64_t noise,
                                                 const Asked& asked) const;

  const CycleHistory& history_;
  const KnownChanges& known_;
  Change change_;
  std::int64_t noise_;
  StepShape whole_;
  StepShape whole_later_;
  bool is_inrush_ = false;  // some of what came with it is gone again
  bool is_tungsten_ = false;
  View fresh_;
  View wide_;
  View later_;
  bool is_step_ = false;
  bool is_ramp_ = false;
  std::int64_t excused_e3_ = 0;
};

// The model that explains a change that came at once and has settled.
[[nodiscard]] std::optional<Explained> explain_settled(const Change& change, const KnownChanges& known,
                                                       const Wave& voltage, std::int64_t noise,
                                                       std::int64_t excused_e3, const Asked& asked);

}  // namespace lk::guard
