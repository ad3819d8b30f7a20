// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/guard/scenes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lk::bench_guard {
namespace {

using sim::Random;
using sim::scene::Kind;
using sim::scene::Load;
using sim::scene::Recorded;
using sim::scene::Scene;
using sim::scene::Supply;

constexpr double volts = 230;
constexpr double share_recorded = 0.25;
constexpr double switchings_per_s = 60.0 / 3600;
constexpr double seconds_for_slow = 12;
// Of background alone, before what is to be found.
constexpr double least_lead_s = 2;
constexpr double most_lead_s = 3;
// A meter has watched for hours; what comes slowly is told from how the background changes by itself.
constexpr double least_slow_lead_s = 15;
constexpr double most_slow_lead_s = 20;

sim::scene::FrontEnd draw_front_end(Random& random) {
  sim::scene::FrontEnd front_end;
  front_end.frequency = random.between(49.85, 50.15);
  front_end.volts_noise = random.between(0.03, 0.15);
  front_end.amperes_noise = random.between(0.002, 0.008);
  front_end.skew_degrees = random.between(-0.15, 0.15);
  return front_end;
}

const Recorded* draw_recorded(std::span<const Recorded> recorded, Kind kind, Random& random) {
  std::vector<const Recorded*> fitting;
  for (const Recorded& one : recorded) {
    // Lamps of the one-cycle set were recorded in the middle of their inrush.
    if (one.load.kind == kind && one.name != "incandescent_bulb" && one.name != "water_kettle")
      fitting.push_back(&one);
  }
  return fitting.empty() ? nullptr : fitting[random.next() % fitting.size()];
}

// As often as a flat has them running.
Kind draw_other_kind(Random& random) {
  struct Row {
    Kind kind;
    double weight;
  };
  constexpr std::array<Row, 13> rows = {{{Kind::fridge, 3},
                                         {Kind::fan, 2},
                                         {Kind::pump, 0.4},
                                         {Kind::vacuum, 0.5},
                                         {Kind::washing_machine, 0.8},
                                         {Kind::charger, 4},
                                         {Kind::television, 2},
                                         {Kind::led, 4},
                                         {Kind::dimmed_led, 0.7},
                                         {Kind::computer, 3},
                                         {Kind::microwave, 0.8},
                                         {Kind::air_conditioner, 2},
                                         {Kind::induction_cooker, 0.8}}};
  double sum = 0;
  for (const Row& row : rows) sum += row.weight;
  double left = random.uniform() * sum;
  for (const Row& row : rows) {
    left -= row.weight;
    if (left < 0) return row.kind;
  }
  return Kind::led;
}

Load draw_other(const Supply& supply, std::span<const Recorded> recorded, Random& random) {
  if (!recorded.empty() && random.uniform() < share_recorded) return recorded_other(recorded, random);
  return draw_load(draw_other_kind(random), supply, random);
}

// What runs already: other loads, and now and then a resistor that has been on for long.
void add_background(Scene& scene, const Supply& supply, std::span<const Recorded> recorded, double amperes,
                    Random& random) {
  double left = amperes * volts * 0.9;
  if (left > 200 && random.uniform() < 0.25) {
    const double watts = random.between(40, left * 0.6);
    scene.add(draw_load(Kind::heater, supply, random, watts), -600);
    left -= watts;
  }
  for (int tries = 0; left > 20 && tries < 60; ++tries) {
    Load load = draw_other(supply, recorded, random);
    if (load.watts > left * 1.15) continue;
    left -= load.watts;
    scene.add(std::move(load), -random.between(100, 900));
  }
}

Kind draw_resistive_kind(double watts, Random& random) {
  std::vector<Kind> fitting = {Kind::kettle, Kind::heater, Kind::immersion_rod, Kind::rice_cooker};
  if (watts >= 300) fitting.push_back(Kind::hair_dryer);
  if (watts >= 800) fitting.push_back(Kind::fan_heater);
  if (watts >= 200) fitting.push_back(Kind::quartz_heater);
  if (watts <= 200) fitting.push_back(Kind::lamp);
  return fitting[random.next() % fitting.size()];
}

void gate(Load& load, const Supply& supply, auto&& is_on) {
  load.is_gated = true;
  for (std::size_t step = 0; step < sim::period_steps; ++step) {
    const double turn = static_cast<double>(step) / sim::period_steps;
    load.gate[step] = is_on(supply.volts[step], turn) ? 1.0F : 0.0F;
  }
  double watts = 0;
  for (std::size_t step = 0; step < sim::period_steps; ++step)
    watts += static_cast<double>(supply.volts[step] * supply.volts[step] * load.gate[step]);
  load.siemens = load.watts / (watts / sim::period_steps);  // the watts are what it draws behind the switch
}

void put_behind_diode(Load& load, const Supply& supply, Random& random) {
  const bool is_positive = random.uniform() < 0.5;
  gate(load, supply, [&](float voltage, double) { return (voltage > 0) == is_positive; });
}

void put_behind_dimmer(Load& load, const Supply& supply, Random& random) {
  const double firing = random.between(30, 120) / 180;  // of a half cycle
  const bool is_leading = random.uniform() < 0.7;
  gate(load, supply, [&](float, double turn) {
    const double within = std::fmod(turn * 2, 1);
    return is_leading ? within > firing : within < 1 - firing;
  });
}

void put_beside_capacitor(Load& load, const Supply& supply, Random& random) {
  const auto wave = sim::scene::capacitor_wave(supply, load.watts * random.between(0.2, 1));
  for (std::size_t step = 0; step < sim::period_steps; ++step) load.running[step] += wave[step];
}

// Adds what is to be found; returns when it is all there.
double add_target(Scene& scene, const Supply& supply, Trick trick, Load load, double on_s, Random& random) {
  switch (trick) {
    case Trick::plain:
      break;
    case Trick::diode:
      put_behind_diode(load, supply, random);
      break;
    case Trick::dimmer:
      put_behind_dimmer(load, supply, random);
      break;
    case Trick::capacitor:
      put_beside_capacitor(load, supply, random);
      break;
    case Trick::slow:
      load.course.ramp_s = random.between(2, 40);
      scene.add(load, on_s);
      return on_s + load.course.ramp_s;
    case Trick::steps: {
      double left = load.watts;
      while (left > 0) {
        const double watts = random.between(30, 70);
        scene.add(draw_load(Kind::heater, supply, random, watts), on_s);
        left -= watts;
        if (left > 0) on_s += random.between(0.5, 4);
      }
      return on_s;
    }
  }
  scene.add(std::move(load), on_s);
  return on_s;
}

bool is_slow(Trick trick) {
  return trick == Trick::steps || trick == Trick::slow;
}

// The converter's samples through the guard's own sampler, from which findings come.
class Watch {
 public:
  Watch(const guard::RecognitionParameters& parameters, const sim::scene::FrontEnd& front_end)
      : sampler_(calibration_of(front_end)), detector_(parameters) {}

  std::optional<guard::Finding> feed(std::span<const metrology::Sample> samples) {
    std::optional<guard::Finding> found;
    while (!samples.empty()) {
      const auto result = sampler_.feed(samples);
      samples = samples.subspan(result.consumed_count);
      if (result.event == guard::CycleSampler::Event::no_mains) detector_.interrupt();
      if (result.event != guard::CycleSampler::Event::cycle) continue;
      if (const auto finding = detector_.take(sampler_.wave()); finding && !found) found = finding;
    }
    return found;
  }
  std::optional<guard::Finding> feed(const guard::CycleWave& cycle) { return detector_.take(cycle); }

 private:
  guard::CycleSampler sampler_;
  guard::MaliciousLoad detector_;
};

}  // namespace

std::string_view name_of(Trick trick) {
  constexpr std::array<std::string_view, trick_count> names = {
      "plain", "series diode", "dimmer", "many small steps", "slow rise", "capacitor beside"};
  return names[static_cast<std::size_t>(trick)];
}

std::string_view name_of(guard::LoadKind kind) {
  constexpr std::array<std::string_view, 6> names = {"resistive",      "half wave", "phase cut",
                                                     "with capacitor", "in steps",  "slow rise"};
  return names[static_cast<std::size_t>(kind)];
}

Load recorded_other(std::span<const Recorded> recorded, Random& random) {
  const Recorded* const one = draw_recorded(recorded, Kind::recorded_other, random);
  if (one == nullptr) return {};
  Load load = one->load;
  load.course.seed = random.next();
  // Recordings are of the running appliance: how it comes to run is its class's.
  if (one->name == "air_conditioner") {
    load.course.delay_s = random.between(1, 3);
    load.course.ramp_s = random.between(10, 60);
  } else if (one->name == "induction_cooker") {
    load.course.delay_s = random.between(0.2, 1);
    load.course.ramp_s = random.between(0.3, 2);
  } else if (one->name == "tv_xiaomi5") {
    load.course.delay_s = random.between(0.2, 1);
    load.course.tau_s = random.between(0.03, 0.1);
  }
  return load;
}

Outcome run_scene(const Plan& plan, const guard::RecognitionParameters& parameters,
                  std::span<const Recorded> recorded, std::uint64_t seed) {
  Random random{seed};
  Supply supply = sim::scene::draw_supply(random, volts * random.between(0.94, 1.05));
  Outcome outcome{.seed = seed};
  outcome.watts = random.between(plan.watts.least, plan.watts.most);
  Load load;
  const Recorded* const own = random.uniform() < share_recorded && plan.trick == Trick::plain
                                  ? draw_recorded(recorded, Kind::recorded_resistive, random)
                                  : nullptr;
  if (own != nullptr && own->load.watts >= plan.watts.least && own->load.watts < plan.watts.most) {
    supply.volts = own->supply.volts;  // a resistor is recorded with its voltage
    supply.rms = own->supply.rms;
    load = own->load;
    outcome.watts = load.watts;
  } else {
    load = draw_load(draw_resistive_kind(outcome.watts, random), supply, random, outcome.watts);
  }
  outcome.kind = load.kind;

  const sim::scene::FrontEnd front_end = draw_front_end(random);
  Scene scene{supply, front_end, random.next()};
  add_background(scene, supply, recorded,
                 random.between(plan.background_amperes.least, plan.background_amperes.most), random);
  const double on_s = is_slow(plan.trick) ? random.between(least_slow_lead_s, most_slow_lead_s)
                                          : random.between(least_lead_s, most_lead_s);
  const double all_s = add_target(scene, supply, plan.trick, std::move(load), on_s, random);
  const double end_s = all_s + (is_slow(plan.trick) ? seconds_for_slow : 1.0);
  for (double at = -std::log(1 - random.uniform()) / switchings_per_s; at < end_s;
       at -= std::log(1 - random.uniform()) / switchings_per_s) {
    scene.add(draw_other(supply, recorded, random), at);
  }
  if (random.uniform() < 0.05) scene.add_voltage_step(random.between(0, end_s), random.between(-0.01, 0.01));

  Watch watch{parameters, front_end};
  while (scene.now_s() < end_s) {
    std::optional<guard::Finding> finding;
    if (is_slow(plan.trick)) {
      guard::CycleWave cycle;
      scene.next_cycle(cycle);
      finding = watch.feed(cycle);
    } else {
      finding = watch.feed(scene.record(0.02));
    }
    if (!finding) continue;
    // Wrong, and the scene with it: a relay that is open already finds nothing.
    if (scene.now_s() < on_s) {
      outcome.is_false_before = true;
      break;
    }
    outcome.is_found = true;
    outcome.found_as = finding->kind;
    outcome.found_watts = static_cast<double>(finding->power.count()) / 1e3;
    outcome.seconds = scene.now_s() - (is_slow(plan.trick) ? all_s : on_s);
    break;
  }
  return outcome;
}

SoakResult& SoakResult::operator+=(const SoakResult& other) {
  hours += other.hours;
  switchings += other.switchings;
  for (std::size_t k = 0; k < switched_on.size(); ++k) {
    switched_on[k] += other.switched_on[k];
    false_findings[k] += other.false_findings[k];
  }
  for (std::size_t k = 0; k < false_as.size(); ++k) false_as[k] += other.false_as[k];
  findings.insert(findings.end(), other.findings.begin(), other.findings.end());
  return *this;
}

SoakResult run_soak(double hours, const guard::RecognitionParameters& parameters,
                    std::span<const Recorded> recorded, std::uint64_t seed) {
  Random random{seed};
  const Supply supply = sim::scene::draw_supply(random, volts * random.between(0.94, 1.05));
  const sim::scene::FrontEnd front_end = draw_front_end(random);
  Scene scene{supply, front_end, random.next()};
  Watch watch{parameters, front_end};
  SoakResult result;
  result.hours = hours;
  if (random.uniform() < 0.4)
    scene.add(draw_load(Kind::heater, supply, random, random.between(100, 1200)), -10);

  struct Running {
    double off_s;
    double watts;
  };
  std::vector<Running> running;
  double next_s = 0;
  double next_voltage_s = 0;
  Kind last{};
  while (scene.now_s() < hours * 3600) {
    const double now = scene.now_s();
    if (now >= next_s) {
      next_s = now - std::log(1 - random.uniform()) * 2 / switchings_per_s;  // each comes and goes: twice
      scene.drop_finished();
      std::erase_if(running, [now](const Running& one) { return one.off_s <= now; });
      double watts = 0;
      for (const Running& one : running) watts += one.watts;
      Load load = draw_other(supply, recorded, random);
      if (watts + load.watts < 2500) {
        const double off_s = now + 5 - std::log(1 - random.uniform()) * 600;
        running.push_back({off_s, load.watts});
        last = load.kind;
        ++result.switched_on[static_cast<std::size_t>(last)];
        result.switchings += 2;
        scene.add(std::move(load), now + random.uniform() * 0.02, off_s);
      }
    }
    if (now >= next_voltage_s) {
      next_voltage_s = now - std::log(1 - random.uniform()) * 120;
      scene.add_voltage_step(now, random.between(-0.012, 0.012));
    }
    guard::CycleWave cycle;
    scene.next_cycle(cycle);
    if (const auto finding = watch.feed(cycle)) {
      ++result.false_findings[static_cast<std::size_t>(last)];
      ++result.false_as[static_cast<std::size_t>(finding->kind)];
      result.findings.push_back({seed, scene.now_s(), *finding});
    }
  }
  return result;
}

}  // namespace lk::bench_guard
