// SPDX-License-Identifier: Apache-2.0
// Recognises a resistive appliance (kettle, heater, immersion rod) that is switched on among whatever runs
// already, on one phase, from the change of the current's waveform. Fed with cycles; says what it found 0.8 s
// after the switching. It knows neither limits nor hours: `LoadPolicy` decides what is forbidden. Integers,
// no heap, about 4.5 KiB, one thread. Why it is built so: docs/design/malicious-load.md.
//
//   blocks of 4 cycles   before          onset  after           settled
//                        ████ ████ ████ ████ ▒▒▒▒ ████ ████ ████ ████ ░░░░ ████ ████ ████ ████ ◄ now
//   change = after − before: its power, its rest against a resistor; how fast it came; whether it stayed
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "meter/guard/cycle_wave.hpp"
#include "meter/guard/known_changes.hpp"
#include "meter/guard/slow_change.hpp"
#include "meter/guard/step_shape.hpp"
#include "meter/guard/wave_history.hpp"
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

enum class LoadKind : std::uint8_t {
  resistive,       // switched on plainly
  half_wave,       // behind a diode
  phase_cut,       // behind a dimmer
  with_capacitor,  // beside a capacitor that spoils its power factor
  in_steps,        // brought in by several steps, each too small to be looked for
  slow_rise,       // turned up slowly
};

struct Finding {
  LoadKind kind = LoadKind::resistive;
  quantity::Power power;         // at nominal voltage
  std::int32_t rest_e3 = 0;      // what the kind's model leaves unexplained, of the change's amplitude
  std::uint32_t cycles_ago = 0;  // when it was switched on; 0 where it came slowly
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
  std::optional<Finding> judge_blocks();
  [[nodiscard]] bool is_peak() const;
  std::optional<Finding> judge_step();
  [[nodiscard]] Change fluctuation() const;
  struct Cleaned {
    StepShape shape;
    bool is_cleaned;  // something of the background was taken out
  };
  [[nodiscard]] Cleaned clean(Change change, const Change& hunting) const;
  [[nodiscard]] bool did_another_go(std::int64_t noise) const;
  enum class Onset : std::uint8_t { slow, at_once, sharp };
  [[nodiscard]] Onset onset_of(std::int64_t power_mw) const;
  [[nodiscard]] std::optional<LoadKind> kind_of(const Cleaned& change, std::int64_t noise, Onset onset) const;
  [[nodiscard]] std::int64_t voltage_margin_mw() const;

  RecognitionParameters parameters_;
  std::int64_t resistor_share_e3_;  // the rest that a resistor may leave
  std::int64_t least_energy_;       // of a change that is worth a look
  WaveHistory history_;
  SlowChange slow_;
  KnownChanges known_;
  std::uint32_t blank_cycles_ = 0;  // after a disturbance
  static constexpr std::size_t energy_count = 9;
  std::array<std::int64_t, energy_count> energies_{};  // of the changes, the latest last
};

}  // namespace lk::guard
