// SPDX-License-Identifier: Apache-2.0
#include "sim/scene/scene.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lk::sim::scene {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;
constexpr std::size_t stride = period_steps / guard::point_count;
constexpr int slices = 16;  // in a cycle; amounts hold for one
constexpr std::size_t noise_count = 1U << 14U;
constexpr double volts_per_point = 0.02;
constexpr double points_per_ampere = 200;

template <class Points>
Points thinned(const Period& wave) {
  Points points{};
  for (std::size_t k = 0; k < points.size(); ++k) {
    for (std::size_t step = 0; step < stride; ++step) points[k] += wave[k * stride + step] / stride;
  }
  return points;
}

std::int16_t point_of(float value) {
  return static_cast<std::int16_t>(std::clamp(std::lrint(value), -32'767L, 32'767L));
}

std::int32_t count_of(double value) {
  return static_cast<std::int32_t>(std::lround(value));
}

}  // namespace

metrology::Calibration calibration_of(const FrontEnd& front_end) {
  metrology::Calibration calibration;
  calibration.rate_hz = front_end.rate_hz;
  calibration.voltage_microcounts_per_volt = std::llround(front_end.counts_per_volt * 1e6);
  calibration.current_microcounts_per_ampere = std::llround(front_end.counts_per_ampere * 1e6);
  return calibration;
}

Scene::Scene(const Supply& supply, const FrontEnd& front_end, std::uint64_t seed)
    : supply_(supply), front_end_(front_end), random_(seed_of(seed, 1)), seed_(seed) {
  volts_ = thinned<Points>(supply.volts);
  noise_.resize(noise_count);
  for (float& value : noise_) value = static_cast<float>(random_.normal());
}

std::size_t Scene::add(Load load, double on_s, double off_s) {
  Entry entry{.load = std::move(load), .on_s = on_s, .off_s = off_s};
  entry.running = thinned<Points>(entry.load.running);
  entry.starting = thinned<Points>(entry.load.starting);
  entry.conducting = thinned<Points>(entry.load.gate);
  for (float& value : entry.conducting) {
    value = static_cast<float>(entry.load.siemens) * (entry.load.is_gated ? value : 1.0F);
  }
  if (entry.load.cycles) {
    for (const Period& cycle : *entry.load.cycles) entry.cycles.push_back(thinned<Points>(cycle));
  }
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void Scene::add_voltage_step(double at_s, double share) {
  steps_.push_back({at_s, share});
}

void Scene::drop_finished() {
  std::erase_if(entries_, [this](const Entry& entry) { return entry.off_s < now_s_ - 1; });
}

Amount Scene::amount_of(const Entry& entry, double at_s) const {
  if (at_s < entry.on_s || at_s >= entry.off_s) return {};
  return entry.load.amount(at_s - entry.on_s, cycle_);
}

// Wanders within 1 %, flickers a little, and steps.
double Scene::level(double at_s) const {
  const double phase = static_cast<double>(seed_ % 1000) / 1000;
  double level =
      1 + 0.006 * std::sin(two_pi * (at_s / 97 + phase)) + 0.004 * std::sin(two_pi * (at_s / 13.7 + phase));
  level += 0.0002 * static_cast<double>(noise_[static_cast<std::size_t>(cycle_) % noise_count]);
  double steps = 0;
  for (const VoltageStep& step : steps_) {
    if (at_s >= step.at_s) steps += step.share;
  }
  return level + std::remainder(steps, 0.05);  // a tap changer keeps it near
}

const Period& Scene::running_wave(const Entry& entry, std::int64_t cycle) const {
  if (!entry.load.cycles) return entry.load.running;
  const auto& cycles = *entry.load.cycles;
  return cycles[static_cast<std::size_t>(cycle) % cycles.size()];
}

std::vector<metrology::Sample> Scene::record(double seconds) {
  const auto count = static_cast<std::size_t>(seconds * front_end_.rate_hz);
  const double step = front_end_.frequency / front_end_.rate_hz;
  const double skew = front_end_.skew_degrees / 360 * period_steps;
  std::vector<metrology::Sample> samples;
  samples.reserve(count);
  std::vector<std::pair<const Entry*, Amount>> active;
  std::int64_t slice = -1;
  double level_now = 1;
  for (std::size_t n = 0; n < count; ++n) {
    const auto slice_now = static_cast<std::int64_t>(turn_ * slices);
    if (slice_now != slice) {
      slice = slice_now;
      cycle_ = slice / slices;
      level_now = level(now_s_);
      active.clear();
      for (const Entry& entry : entries_) {
        const Amount amount = amount_of(entry, now_s_);
        if (amount != Amount{}) active.emplace_back(&entry, amount);
      }
    }
    const double at = (turn_ - std::floor(turn_)) * period_steps;
    const auto index = static_cast<std::size_t>(at) % period_steps;
    const auto behind = static_cast<std::size_t>(at - skew + period_steps) % period_steps;
    double amperes = 0;
    double siemens = 0;
    for (const auto& [entry, amount] : active) {
      const Load& load = entry->load;
      amperes += static_cast<double>(amount.running * running_wave(*entry, cycle_)[behind]);
      if (amount.starting != 0) amperes += static_cast<double>(amount.starting * load.starting[behind]);
      const double gate = load.is_gated ? static_cast<double>(load.gate[behind]) : 1;
      siemens += static_cast<double>(amount.conducting) * load.siemens * gate;
    }
    const double open = static_cast<double>(supply_.volts[index]) * level_now;
    const double volts = (open - supply_.ohms * amperes) / (1 + supply_.ohms * siemens);
    const double through = static_cast<double>(supply_.volts[behind]) * level_now;
    amperes += siemens * (through - supply_.ohms * amperes) / (1 + supply_.ohms * siemens);
    const std::uint64_t chance = random_.next();
    const auto noise = [&](unsigned shift) {
      return static_cast<double>(noise_[(chance >> shift) % noise_count]);
    };
    samples.push_back(
        {count_of((volts + front_end_.volts_noise * noise(0)) * front_end_.counts_per_volt),
         count_of((amperes + front_end_.amperes_noise * noise(20)) * front_end_.counts_per_ampere)});
    turn_ += step;
    now_s_ += 1.0 / front_end_.rate_hz;
  }
  return samples;
}

void Scene::add_points(const Entry& entry, double cycle_s, Points& amperes, Points& siemens) const {
  const double length_s = 1 / front_end_.frequency;
  if (cycle_s + length_s <= entry.on_s || cycle_s >= entry.off_s) return;
  const Points& running = entry.cycles.empty()
                              ? entry.running
                              : entry.cycles[static_cast<std::size_t>(cycle_) % entry.cycles.size()];
  const auto add_range = [&](std::size_t from, std::size_t to, const Amount& amount) {
    if (amount == Amount{}) return;
    for (std::size_t k = from; k < to; ++k) {
      amperes[k] += amount.running * running[k] + amount.starting * entry.starting[k];
      siemens[k] += amount.conducting * entry.conducting[k];
    }
  };
  const Amount first = amount_of(entry, cycle_s);
  const Amount last = amount_of(entry, cycle_s + length_s * 0.999);
  if (first == last) return add_range(0, guard::point_count, first);
  constexpr std::size_t each = guard::point_count / slices;
  for (std::size_t slice = 0; slice < slices; ++slice) {
    const double at_s = cycle_s + length_s * static_cast<double>(slice) / slices;
    add_range(slice * each, (slice + 1) * each, amount_of(entry, at_s));
  }
}

void Scene::next_cycle(guard::CycleWave& out) {
  Points amperes{};
  Points siemens{};
  for (const Entry& entry : entries_) add_points(entry, now_s_, amperes, siemens);
  const auto level_now = static_cast<float>(level(now_s_));
  const auto ohms = static_cast<float>(supply_.ohms);
  const auto volts_noise = static_cast<float>(front_end_.volts_noise);
  const auto amperes_noise = static_cast<float>(front_end_.amperes_noise);
  const std::size_t from = random_.next() % (noise_count - 2 * guard::point_count);
  for (std::size_t k = 0; k < guard::point_count; ++k) {
    const float volts = (volts_[k] * level_now - ohms * amperes[k]) / (1 + ohms * siemens[k]);
    const float current = amperes[k] + siemens[k] * volts;
    out.voltage[k] =
        point_of((volts + volts_noise * noise_[from + k]) * static_cast<float>(1 / volts_per_point));
    out.current[k] = point_of((current + amperes_noise * noise_[from + guard::point_count + k]) *
                              static_cast<float>(points_per_ampere));
  }
  ++cycle_;
  turn_ += 1;
  now_s_ += 1 / front_end_.frequency;
}

}  // namespace lk::sim::scene
