// SPDX-License-Identifier: Apache-2.0
#include "sim/scene/load.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace lk::sim::scene {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;

struct Row {
  std::string_view name;
  double least_watts, most_watts;
};

constexpr std::array<Row, kind_count> rows = {{
    {"fridge", 60, 180},
    {"fan", 25, 90},
    {"pump", 250, 1100},
    {"vacuum", 500, 1800},
    {"washing machine (cold)", 150, 500},
    {"charger", 15, 70},
    {"television", 60, 250},
    {"LED lamps", 8, 120},
    {"dimmed LED lamps", 15, 120},
    {"computer", 120, 700},
    {"microwave oven", 900, 1500},
    {"air conditioner", 400, 1800},
    {"induction cooker", 600, 2100},
    {"recorded, other", 0, 0},
    {"kettle", 600, 2200},
    {"heater", 400, 2200},
    {"immersion rod", 300, 2000},
    {"rice cooker", 250, 900},
    {"hair dryer", 500, 2000},
    {"fan heater", 800, 2000},
    {"quartz heater", 300, 1200},
    {"incandescent lamps", 40, 200},
    {"recorded, resistive", 0, 0},
}};

void draw(Period& wave, const Period& shape, double watts) {
  for (std::size_t step = 0; step < period_steps; ++step)
    wave[step] += static_cast<float>(shape[step] * watts);
}

void add(Period& wave, const Period& amperes) {
  for (std::size_t step = 0; step < period_steps; ++step) wave[step] += amperes[step];
}

// The filter of everything electronic: a capacitor between the lines.
void add_filter(Load& load, const Supply& supply, Random& random, double least_var, double most_var) {
  add(load.running, capacitor_wave(supply, random.between(least_var, most_var)));
}

void make_motor(Load& load, const Supply& supply, Random& random, double lag, double inrush, double start_s) {
  draw(load.running, motor_wave(supply, lag, random.between(0.02, 0.12), random.between(0.005, 0.03), random),
       load.watts);
  // The starting current: mostly magnetic, several times the running one in RMS.
  const double start_lag = random.between(55, 75);
  const double cosine_ratio = std::cos(start_lag * two_pi / 360) / std::cos(lag * two_pi / 360);
  draw(load.starting, motor_wave(supply, start_lag, 0.05, 0.01, random), load.watts * inrush * cosine_ratio);
  load.course.start_s = start_s;
  load.course.waver = random.between(0, 0.015);
  load.course.waver_s = random.between(0.3, 4);
}

// A supply's empty capacitor takes large pulses for some cycles.
void add_charging(Load& load, const Supply& supply, Random& random) {
  draw(load.starting, rectifier_wave(supply, 0.5, 0.03), load.watts * random.between(2, 8));
  load.course.charge_tau_s = random.between(0.006, 0.03);
}

void make_corrected(Load& load, const Supply& supply, Random& random, double least_distortion,
                    double most_distortion) {
  const double likeness = random.uniform() < 0.5 ? 1.0 : random.between(0, 1);
  draw(load.running,
       corrected_wave(supply, likeness, random.between(least_distortion, most_distortion), random),
       load.watts);
}

void make_vacuum(Load& load, const Supply& supply, Random& random) {
  if (random.uniform() < 0.35) {
    const double firing = random.between(50, 110);
    draw(load.running, triac_motor_wave(supply, random.between(20, 40), firing), load.watts);
    load.course.ramp_s = random.between(0.2, 1);
  } else {
    draw(load.running,
         motor_wave(supply, random.between(8, 20), random.between(0.1, 0.2), random.between(0.01, 0.05),
                    random),
         load.watts);
    load.course.inrush = random.between(2, 5);
    load.course.inrush_tau_s = random.between(0.08, 0.3);
  }
  load.course.waver = random.between(0.005, 0.02);
  load.course.waver_s = random.between(0.1, 2);
}

void make_washing_machine(Load& load, const Supply& supply, Random& random) {
  draw(load.running, triac_motor_wave(supply, random.between(20, 40), random.between(40, 120)), load.watts);
  load.course.ramp_s = random.between(0.3, 1);
  load.course.on_s = random.between(6, 15);
  load.course.off_s = random.between(2, 6);
  load.course.waver = 0.1;
  load.course.waver_s = random.between(0.5, 1.2);
  add_filter(load, supply, random, 5, 25);
}

void make_rectifier(Load& load, const Supply& supply, Random& random) {
  draw(load.running, rectifier_wave(supply, random.between(0.08, 0.3), random.between(0.006, 0.03)),
       load.watts);
  add_filter(load, supply, random, 0.5, 8);
  add_charging(load, supply, random);
}

void make_led(Load& load, const Supply& supply, Random& random) {
  if (random.uniform() < 0.3) {  // behind a capacitor in place of a converter
    draw(load.running, motor_wave(supply, random.between(-70, -50), 0.1, 0.05, random), load.watts);
  } else {
    make_rectifier(load, supply, random);
  }
}

void make_television(Load& load, const Supply& supply, Random& random) {
  if (load.watts < 75) return make_rectifier(load, supply, random);
  make_corrected(load, supply, random, 0.02, 0.08);
  add_filter(load, supply, random, 8, 30);
  add_charging(load, supply, random);
  load.course.delay_s = random.between(0.1, 1.5);
  load.course.tau_s = random.between(0.03, 0.1);
  load.course.level_s = random.between(2, 20);
  load.course.level_least = random.between(0.6, 0.95);
}

// Loads of a processor and a graphics card jump within a millisecond; what the mains sees of it comes through
// the correction's slow loop.
void make_computer(Load& load, const Supply& supply, Random& random) {
  make_corrected(load, supply, random, 0.02, 0.06);
  add_filter(load, supply, random, 10, 40);
  add_charging(load, supply, random);
  load.course.delay_s = random.between(0.1, 0.5);
  load.course.tau_s = random.between(0.015, 0.08);
  load.course.level_s = random.between(1, 15);
  load.course.level_least = random.between(0.2, 0.5);
}

void make_microwave(Load& load, const Supply& supply, Random& random) {
  if (random.uniform() < 0.6) {  // with a transformer
    draw(load.running,
         motor_wave(supply, random.between(8, 25), random.between(0.15, 0.3), random.between(0.03, 0.08),
                    random),
         load.watts);
    load.course.inrush = random.between(1.5, 3);
    load.course.inrush_tau_s = random.between(0.03, 0.1);
    load.course.on_s = random.between(8, 25);  // power by time
    load.course.off_s = random.between(5, 15);
  } else {
    make_corrected(load, supply, random, 0.06, 0.14);
    add_filter(load, supply, random, 20, 80);
    load.course.delay_s = random.between(1, 2);
    load.course.ramp_s = random.between(0.5, 2);
  }
}

void make_air_conditioner(Load& load, const Supply& supply, Random& random) {
  if (random.uniform() < 0.25) {  // a compressor without converter
    return make_motor(load, supply, random, random.between(15, 30), random.between(3.5, 6),
                      random.between(0.15, 0.5));
  }
  if (random.uniform() < 0.3) {  // a converter with nothing but a choke
    draw(load.running,
         motor_wave(supply, random.between(-5, 15), random.between(0.15, 0.3), random.between(0.05, 0.12),
                    random),
         load.watts);
  } else {
    make_corrected(load, supply, random, 0.025, 0.07);
    add_filter(load, supply, random, 60, 160);
  }
  load.course.delay_s = random.between(1, 3);
  load.course.ramp_s = random.between(10, 90);
  load.course.waver = random.between(0.01, 0.06);
  load.course.waver_s = random.between(3, 20);
}

void make_induction_cooker(Load& load, const Supply& supply, Random& random) {
  make_corrected(load, supply, random, 0.025, 0.08);
  add_filter(load, supply, random, 60, 160);
  load.course.delay_s = random.between(0.2, 1);
  load.course.ramp_s = random.between(0.3, 2);
  const double choice = random.uniform();
  if (choice < 0.4) {
    load.course.burst_on = 1;
    load.course.burst_off = 1;
  } else if (choice < 0.6) {
    load.course.on_s = random.between(1.5, 4);
    load.course.off_s = random.between(1, 4);
  }
  load.course.waver = 0.02;
}

// A wire is a little colder than it will be: nickel-chrome 0 to 6 %, tungsten many times.
void make_resistor(Load& load, const Supply& supply, Random& random) {
  load.siemens = load.watts / (supply.rms * supply.rms);
  load.course.inrush = random.between(1, 1.06);
  load.course.inrush_tau_s = random.between(0.3, 3);
}

void make_hair_dryer(Load& load, const Supply& supply, Random& random) {
  const double motor = random.between(0.02, 0.06);
  make_resistor(load, supply, random);
  load.siemens *= 1 - motor;
  draw(load.running, rectifier_wave(supply, 1.5, 0.5), load.watts * motor);
}

void make_fan_heater(Load& load, const Supply& supply, Random& random) {
  make_resistor(load, supply, random);
  draw(load.running, motor_wave(supply, random.between(40, 60), 0.1, 0.02, random), random.between(12, 28));
}

void make_tungsten(Load& load, const Supply& supply, Random& random, double least, double most,
                   double tau_s) {
  make_resistor(load, supply, random);
  load.course.inrush = random.between(least, most);
  load.course.inrush_tau_s = random.between(0.6, 1.4) * tau_s;
}

void make(Load& load, const Supply& supply, Random& random) {
  switch (load.kind) {
    case Kind::fridge:
      return make_motor(load, supply, random, random.between(35, 52), random.between(5, 9),
                        random.between(0.2, 0.6));
    case Kind::fan:
      return make_motor(load, supply, random, random.between(12, 45), random.between(1.2, 2),
                        random.between(0.3, 1.5));
    case Kind::pump:
      return make_motor(load, supply, random, random.between(20, 40), random.between(4, 7),
                        random.between(0.1, 0.5));
    case Kind::vacuum:
      return make_vacuum(load, supply, random);
    case Kind::washing_machine:
      return make_washing_machine(load, supply, random);
    case Kind::charger:
      return make_rectifier(load, supply, random);
    case Kind::television:
      return make_television(load, supply, random);
    case Kind::led:
      return make_led(load, supply, random);
    case Kind::dimmed_led:
      draw(load.running,
           dimmed_rectifier_wave(supply, random.between(0.1, 0.4), random.between(0.01, 0.05),
                                 random.between(40, 110)),
           load.watts);
      return;
    case Kind::computer:
      return make_computer(load, supply, random);
    case Kind::microwave:
      return make_microwave(load, supply, random);
    case Kind::air_conditioner:
      return make_air_conditioner(load, supply, random);
    case Kind::induction_cooker:
      return make_induction_cooker(load, supply, random);
    case Kind::kettle:
    case Kind::heater:
    case Kind::immersion_rod:
    case Kind::rice_cooker:
      return make_resistor(load, supply, random);
    case Kind::hair_dryer:
      return make_hair_dryer(load, supply, random);
    case Kind::fan_heater:
      return make_fan_heater(load, supply, random);
    case Kind::quartz_heater:
      return make_tungsten(load, supply, random, 2, 5, 0.25);
    case Kind::lamp:
      return make_tungsten(load, supply, random, 6, 12, 0.04);
    case Kind::recorded_other:
    case Kind::recorded_resistive:
      return;
  }
}

// The size of the level that begins with the slot, 0 to 1.
double level(const Course& course, std::int64_t slot) {
  const double uniform =
      static_cast<double>(mixed(course.seed + static_cast<std::uint64_t>(slot)) >> 11U) * 0x1p-53;
  return course.level_least + (1 - course.level_least) * uniform;
}

double level_at(const Course& course, double t) {
  const double slots = t / course.level_s;
  const auto slot = static_cast<std::int64_t>(slots);
  const double since = (slots - static_cast<double>(slot)) * course.level_s;
  const double now = level(course, slot);
  if (since > 12 * course.tau_s) return now;
  return now + (level(course, slot - 1) - now) * std::exp(-since / course.tau_s);
}

}  // namespace

std::string_view name_of(Kind kind) {
  return rows[static_cast<std::size_t>(kind)].name;
}

Amount Load::amount(double t, std::int64_t mains_cycle) const {
  if (course.on_s > 0) {
    t = std::fmod(t, course.on_s + course.off_s);
    if (t >= course.on_s) return {};
  }
  Amount amount;
  if (course.start_s > 0 && t < course.start_s) {
    amount.starting = 1;
    return amount;
  }
  if (course.charge_tau_s > 0 && t < 12 * course.charge_tau_s)
    amount.starting = static_cast<float>(std::exp(-t / course.charge_tau_s));
  if (t < course.delay_s) return amount;
  const double since = t - course.delay_s;
  double size = 1;
  if (course.ramp_s > 0) size *= std::min(1.0, since / course.ramp_s);
  if (course.tau_s > 0 && since < 12 * course.tau_s) size *= 1 - std::exp(-since / course.tau_s);
  if (course.inrush_tau_s > 0 && since < 12 * course.inrush_tau_s)
    size *= 1 + (course.inrush - 1) * std::exp(-since / course.inrush_tau_s);
  if (course.level_s > 0) size *= level_at(course, t);
  if (course.waver > 0) size *= 1 + course.waver * std::sin(two_pi * t / course.waver_s);
  if (course.burst_on > 0 && mains_cycle % (course.burst_on + course.burst_off) >= course.burst_on) size = 0;
  amount.running = static_cast<float>(size);
  amount.conducting = static_cast<float>(size);
  return amount;
}

Load draw_load(Kind kind, const Supply& supply, Random& random, double watts) {
  const Row& row = rows[static_cast<std::size_t>(kind)];
  Load load;
  load.kind = kind;
  load.watts = watts > 0 ? watts : random.between(row.least_watts, row.most_watts);
  load.course.seed = random.next();
  make(load, supply, random);
  return load;
}

}  // namespace lk::sim::scene
