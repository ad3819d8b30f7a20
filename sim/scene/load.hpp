// SPDX-License-Identifier: Apache-2.0
// Appliances as makes: each drawn by chance with a size, a waveform and a course of its own, so that no two
// kettles and no two air conditioners are alike. A load is two waves of current (running and starting), a
// conductance that may be gated within the cycle, and a pure function of time that says how much of each.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/scene/shapes.hpp"

namespace lk::sim::scene {

enum class Kind : std::uint8_t {
  // no resistive appliance
  fridge,
  fan,
  pump,
  vacuum,
  washing_machine,  // motor only: washing cold
  charger,
  television,
  led,
  dimmed_led,
  computer,
  microwave,
  air_conditioner,
  induction_cooker,
  recorded_other,
  // resistive ones
  kettle,
  heater,
  immersion_rod,
  rice_cooker,
  hair_dryer,
  fan_heater,
  quartz_heater,
  lamp,
  recorded_resistive,
};
inline constexpr std::size_t kind_count = 23;
inline constexpr std::size_t other_count = 14;

[[nodiscard]] std::string_view name_of(Kind kind);
[[nodiscard]] constexpr bool is_resistive(Kind kind) {
  return static_cast<std::size_t>(kind) >= other_count;
}

// How much runs, over the time since switching on.
struct Course {
  double delay_s = 0;       // before anything but the start runs
  double ramp_s = 0;        // to full size, in a straight line
  double tau_s = 0;         // to full size, as a control loop comes
  double start_s = 0;       // the starting wave holds so long in place of the running one
  double charge_tau_s = 0;  // the starting wave sinks so, beside the running one
  double inrush = 1;        // times the size at first
  double inrush_tau_s = 0;
  double waver = 0;  // share by which the size hunts
  double waver_s = 5;
  double level_s = 0;      // a new size every so often ...
  double level_least = 1;  // ... between this share and all, reached within tau_s
  double on_s = 0;         // runs so long ...
  double off_s = 0;        // ... and rests so long
  int burst_on = 0;        // cycles of the mains
  int burst_off = 0;
  std::uint64_t seed = 0;
};

struct Amount {
  float running = 0;
  float starting = 0;
  float conducting = 0;
  bool operator==(const Amount&) const = default;
};

struct Load {
  Kind kind = Kind::kettle;
  double watts = 0;  // when all of it runs
  Period running{};  // amperes
  Period starting{};
  double siemens = 0;
  Period gate{};  // 0 or 1: where in the cycle the conductance is connected
  bool is_gated = false;
  Course course;
  // Recorded cycles, played in a ring in place of `running`.
  std::shared_ptr<const std::vector<Period>> cycles;

  // `since_on_s` is not negative; `mains_cycle` counts the cycles of the mains, for what runs in bursts.
  [[nodiscard]] Amount amount(double since_on_s, std::int64_t mains_cycle) const;
};

// An appliance of the kind, of `watts` (0: its usual spread). Not for the recorded kinds.
[[nodiscard]] Load draw_load(Kind kind, const Supply& supply, Random& random, double watts = 0);

}  // namespace lk::sim::scene
