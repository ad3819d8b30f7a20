// SPDX-License-Identifier: Apache-2.0
// A meter's mains with appliances that are switched on and off at given times, as the meter's converter
// samples it, or, thirty times faster, as the cycles of 32 points that the guard makes of such samples. All
// from one seed.
//
//   volts(t) = shape · level(t) − ohms · amperes(t)      amperes(t) = Σ waves · amount(t) + siemens ·
//   volts(t)
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "meter/guard/cycle_wave.hpp"
#include "meter/metrology/sample.hpp"
#include "sim/scene/load.hpp"

namespace lk::sim::scene {

// What lies between the mains and the numbers.
struct FrontEnd {
  std::uint32_t rate_hz = 8000;
  double frequency = 50;
  double counts_per_volt = 70;
  double counts_per_ampere = 300;  // 16 bits to 77 A RMS
  double volts_noise = 0.08;       // RMS of each sample
  double amperes_noise = 0.005;
  double skew_degrees = 0;  // of the current's channel behind the voltage's
};

[[nodiscard]] metrology::Calibration calibration_of(const FrontEnd& front_end);

class Scene {
 public:
  Scene(const Supply& supply, const FrontEnd& front_end, std::uint64_t seed);

  static constexpr double never = std::numeric_limits<double>::infinity();
  // A load that is on from `on_s` (may be before the start) until `off_s`; returns its number.
  std::size_t add(Load load, double on_s, double off_s = never);
  void switch_off(std::size_t number, double off_s) { entries_[number].off_s = off_s; }
  // The mains' level changes by this share at this time: a neighbour's heater, a transformer's tap.
  void add_voltage_step(double at_s, double share);
  // Forgets loads that went off before now; numbers of the others change.
  void drop_finished();

  // The next samples.
  [[nodiscard]] std::vector<metrology::Sample> record(double seconds);
  // The next cycle. Use one of both ways on one scene.
  void next_cycle(guard::CycleWave& out);
  // Of the next sample or cycle.
  [[nodiscard]] double now_s() const { return now_s_; }

 private:
  // The waves thinned out to the guard's points; conductance with its gate.
  using Points = std::array<float, guard::point_count>;
  struct Entry {
    Load load;
    double on_s;
    double off_s;
    Points running{};
    Points starting{};
    Points conducting{};
    std::vector<Points> cycles;
  };
  struct VoltageStep {
    double at_s;
    double share;
  };
  [[nodiscard]] Amount amount_of(const Entry& entry, double at_s) const;
  [[nodiscard]] double level(double at_s) const;
  void add_points(const Entry& entry, double cycle_s, Points& amperes, Points& siemens) const;
  [[nodiscard]] const Period& running_wave(const Entry& entry, std::int64_t cycle) const;

  Supply supply_;
  FrontEnd front_end_;
  Random random_;
  std::uint64_t seed_;
  std::vector<Entry> entries_;
  std::vector<VoltageStep> steps_;
  std::vector<float> noise_;
  Points volts_{};
  double now_s_ = 0;
  double turn_ = 0;  // of the mains, since the start; the start is at a rising crossing
  std::int64_t cycle_ = 0;
};

}  // namespace lk::sim::scene
