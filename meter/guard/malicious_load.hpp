// SPDX-License-Identifier: Apache-2.0
// Recognises a resistive appliance (kettle, heater, immersion rod) that is switched on among whatever runs
// already, on one phase, from the change of the current's waveform. Fed with cycles; says what it found 0.8 s
// after the switching. It knows neither limits nor hours: `LoadPolicy` decides what is forbidden. Integers,
// no heap, about 3.5 KiB, one thread. Why it is built so: docs/design/malicious-load.md.
//
//   cycles      before            edge    after                            settled
//        ██ ██ ██ ██ ██ ██ ██ ██   ▒▒   ██ ██ ██ ██ ██ ██ ██ ██ ░░ … ░░ ██ ██ ██ ██ ◄ now
//   change = after − before, less what was under way; how fast it came; whether it stayed
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "meter/guard/cycle_history.hpp"
#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/edge.hpp"
#include "meter/guard/known_changes.hpp"
#include "meter/guard/slow_change.hpp"
#include "meter/guard/step_shape.hpp"
#include "quantity/quantity.hpp"

namespace lk::guard {

struct RecognitionParameters {
  quantity::Voltage nominal = quantity::Voltage::of(230'000);
  // The smallest step that is looked for: 30 W to 30 kW.
  quantity::Power least = quantity::Power::of(100'000);
  // The power factor of the step itself from which it counts as resistive, in 1/10 000: 9 500 to 9 999. The
  // field's "0 … 0.997" of the same meaning; nearer to 1 is less sensitive.
  std::int32_t step_power_factor_e4 = 9985;
};

[[nodiscard]] bool is_valid(const RecognitionParameters& parameters);

struct Finding {
  quantity::Power power;         // at nominal voltage
  std::int16_t rest_e3 = 0;      // what the kind's model leaves unexplained, of the change's amplitude
  std::uint16_t cycles_ago = 0;  // when it was switched on; 0 where it came slowly
  LoadKind kind = LoadKind::resistive;
};

class MaliciousLoad {
 public:
  // The parameters must be valid.
  explicit MaliciousLoad(const RecognitionParameters& parameters);
  // Takes one cycle; a finding where one is due with it. Call `interrupt` where cycles are missing.
  std::optional<Finding> take(const CycleWave& cycle);
  // The mains was away, or the relay moved: what is before and what after cannot be compared.
  void interrupt();

 private:
  // What may be a resistor and is to show whether it stays.
  struct Candidate {
    Wave before{};                       // the current of eight cycles before
    std::int64_t noise = 0;              // energy of the background's own change
    std::int64_t excused_e3 = 0;         // the share of a rest that noise may excuse
    std::int64_t doubtful_rest = 0;      // energy of a rest that is the background's unless it stays
    std::uint32_t age = 0;               // cycles since its edge; 0: there is none
    std::optional<Explained> explained;  // none: what settles must tell
    std::int64_t power_mw = 0;
    std::int64_t other_mw = 0;  // of edges since
    bool is_pure = false;       // beyond doubt
    std::int64_t later_mw = 0;  // of a wire that warms up, some cycles after its edge; 0: it is none
    [[nodiscard]] bool is_warming() const { return later_mw > 0; }
  };
  static constexpr std::size_t candidate_count = 2;
  static constexpr std::size_t edge_count = 10;

  [[nodiscard]] Asked asked() const {
    return {.share_e3 = resistor_share_e3_, .least_mw = parameters_.least.count()};
  }
  void note_edge();
  [[nodiscard]] bool is_edge() const;
  void judge_edge();
  void note_off(const Edge& edge);
  void note_other(const Change& change, std::int64_t power_mw, std::int64_t noise);
  void begin_candidate(const Edge& edge, const std::optional<Explained>& explained);
  std::optional<Finding> age_candidates();
  [[nodiscard]] std::optional<Finding> conclude(const Candidate& candidate) const;
  [[nodiscard]] Change change_since(const Candidate& candidate, std::size_t cycle_count) const;
  [[nodiscard]] std::optional<Explained> explain_candidate(const Candidate& candidate) const;
  [[nodiscard]] StepShape shape_besides(std::int64_t power_mw, Change change) const;
  [[nodiscard]] bool has_stayed(const Candidate& candidate, std::int64_t kept_mw, const Change& change) const;
  [[nodiscard]] bool is_rising(const Candidate& candidate, std::int64_t kept_mw, const Change& change) const;
  [[nodiscard]] bool is_own_rest(const Candidate& candidate) const;
  [[nodiscard]] std::int64_t voltage_margin_mw() const;

  RecognitionParameters parameters_;
  std::int64_t resistor_share_e3_;  // the rest that a resistor may leave
  std::int64_t notable_energy_;     // of a change of other loads that matters later
  CycleHistory history_;
  KnownChanges known_;
  SlowChange slow_;
  std::array<Candidate, candidate_count> candidates_{};
  std::array<std::int32_t, edge_count> edges_mw_{};  // the latest first
  std::uint32_t blank_cycles_ = 0;                   // after a disturbance
  std::uint32_t cycle_ = 0;
};

}  // namespace lk::guard
