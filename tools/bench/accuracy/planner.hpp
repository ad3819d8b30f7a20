// SPDX-License-Identifier: Apache-2.0
// The making of the plan: each part of the standards in a file of its own (plan_*.cpp).
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "tools/bench/accuracy/plan.hpp"

namespace lk::bench {

inline constexpr double no_limit = std::numeric_limits<double>::quiet_NaN();

struct PowerFactor {
  const char* title;
  Factor factor;
  double lag_degrees;
};

[[nodiscard]] inline double degrees_of_cosine(double cosine) {
  return std::acos(cosine) * 180 / std::numbers::pi;
}
[[nodiscard]] inline double degrees_of_sine(double sine) {
  return std::asin(sine) * 180 / std::numbers::pi;
}

// 1, 0.5 inductive, 0.8 capacitive, 0.25 inductive, 0.5 capacitive.
[[nodiscard]] const std::vector<PowerFactor>& power_factors();

// Long enough that the front end's own noise leaves about 0.012 % of the energy, from 4 to 120 s.
[[nodiscard]] double seconds_for(const MeterType& meter, double volts, double amperes, double cosine,
                                 double loaded_phases);

class Planner {
 public:
  explicit Planner(bool quick) : quick_(quick) {}
  Plan make();

 private:
  struct Influence {
    std::string name;
    double amperes;
    const PowerFactor& factor;
    Limits limits;  // no goal: half of class 0.5 S
    std::function<void(Point&)> change;
    double base_amperes = 0;  // 0: the same
    Quantity quantity = Quantity::active;
  };

  [[nodiscard]] const MeterType& meter_of(std::size_t meter) const { return plan_.meters[meter]; }
  [[nodiscard]] static unsigned phases_of(const MeterType& meter) { return meter.front_end.phase_count; }
  [[nodiscard]] Run run_of(std::size_t meter, double amperes, double lag_degrees, double volts = 230) const;
  std::size_t add(Point point);

  void active_curves(std::size_t meter);
  void single_phase_loads(std::size_t meter);
  void reactive_curves(std::size_t meter);

  void influence(std::size_t meter, const Influence& what);
  std::size_t base_of(Point base);
  void influences(std::size_t meter);
  void voltages(std::size_t meter);
  void wave_forms(std::size_t meter);
  void unbalances(std::size_t meter);
  void temperatures(std::size_t meter);
  void reactive_influences(std::size_t meter);

  void figures(std::size_t meter);
  void figure(std::size_t meter, Quantity quantity, const char* section, const std::string& title, double x,
              const Run& run, double goal);
  void distortions(std::size_t meter);
  void starting(std::size_t meter);

  void keep_slice();
  [[nodiscard]] static bool is_in_slice(const Point& point);

  bool quick_;
  Plan plan_;
};

}  // namespace lk::bench
