// SPDX-License-Identifier: Apache-2.0
#include "sim/scene/recorded.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string_view>
#include <utility>

#include "meter/metrology/zero_crossing.hpp"
#include "sim/recording/recording.hpp"

namespace lk::sim::scene {
namespace {

constexpr double two_pi = 2 * std::numbers::pi;
// The data set's own scale, and how much both of its channels read too low.
constexpr double counts_per_volt = 21.3872 / 1.26;
constexpr double counts_per_ampere = 41.4738 / 1.26;
constexpr std::uint32_t rate_hz = 6400;
// Recordings of one period at 120 V: the current's channel is so many of 500 samples early, and the same
// power is drawn from 230 V.
constexpr std::size_t early_samples = 7;
constexpr double other_volts = 230;

struct Cycle {
  Period volts{};
  Period amperes{};
};

bool is_resistive_class(std::string_view name) {
  constexpr std::array<std::string_view, 5> resistive = {"electric_kettle", "water_heater", "rice_cooker",
                                                         "water_kettle", "incandescent_bulb"};
  return std::ranges::find(resistive, name) != resistive.end();
}

double interpolated(const std::vector<double>& values, double at) {
  const double wrapped = std::clamp(at, 0.0, static_cast<double>(values.size()) - 1.001);
  const auto index = static_cast<std::size_t>(wrapped);
  const double share = wrapped - static_cast<double>(index);
  return values[index] * (1 - share) + values[index + 1] * share;
}

// Where in the period the fundamental rises through zero, in turns.
double start_turn(const Period& volts) {
  double sine = 0;
  double cosine = 0;
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double angle = two_pi * static_cast<double>(step) / period_steps;
    sine += static_cast<double>(volts[step]) * std::sin(angle);
    cosine += static_cast<double>(volts[step]) * std::cos(angle);
  }
  return -std::atan2(cosine, sine) / two_pi;  // v = A sin(angle − start)
}

std::vector<double> crossings_of(std::span<const metrology::Sample> samples) {
  metrology::ZeroCrossing crossing{rate_hz, 200};
  std::vector<double> crossings;
  std::size_t consumed = 0;
  while (consumed < samples.size()) {
    const auto found = crossing.scan(samples.subspan(consumed));
    consumed += found.consumed_count;
    if (found.is_crossing) {
      crossings.push_back(static_cast<double>(consumed) - 2 +
                          static_cast<double>(found.fraction_q16) / 65'536);
    }
  }
  return crossings;
}

Cycle cut(const std::vector<double>& volts, const std::vector<double>& amperes, double from, double length) {
  Cycle cycle;
  for (std::size_t step = 0; step < period_steps; ++step) {
    const double at = from + length * static_cast<double>(step) / period_steps;
    cycle.volts[step] = static_cast<float>(interpolated(volts, at));
    cycle.amperes[step] = static_cast<float>(interpolated(amperes, at));
  }
  return cycle;
}

void finish(Recorded& recorded, const Period& volts) {
  double squares = 0;
  for (const float value : volts) squares += static_cast<double>(value) * static_cast<double>(value);
  recorded.supply = {.volts = volts, .rms = std::sqrt(squares / period_steps)};
  recorded.load.kind = is_resistive_class(recorded.name) ? Kind::recorded_resistive : Kind::recorded_other;
  recorded.load.running = recorded.load.cycles->front();
  recorded.load.watts = watts_of(recorded.load.running, volts);
}

// Three seconds of both channels.
bool read_long(const std::filesystem::path& file, Recorded& out) {
  const auto samples = read_recording(file, ChannelOrder::current_first);
  if (!samples) return false;
  const std::vector<double> crossings = crossings_of(*samples);
  if (crossings.size() < 40) return false;
  std::vector<double> volts;
  std::vector<double> amperes;
  double mean = 0;
  for (const auto& sample : *samples) mean += sample.current_count;
  mean /= static_cast<double>(samples->size());
  for (const auto& sample : *samples) {
    volts.push_back(sample.voltage_count / counts_per_volt);
    amperes.push_back((sample.current_count - mean) / counts_per_ampere);
  }
  constexpr std::size_t settling = 8;
  Period mean_volts{};
  auto cycles = std::make_shared<std::vector<Period>>();
  double turn = 0;
  std::size_t count = 0;
  for (std::size_t n = settling; n + 3 < crossings.size(); ++n, ++count) {
    const double length = crossings[n + 1] - crossings[n];
    if (n == settling) turn = start_turn(cut(volts, amperes, crossings[n], length).volts);
    const Cycle cycle = cut(volts, amperes, crossings[n] + (turn - std::floor(turn)) * length, length);
    for (std::size_t k = 0; k < period_steps; ++k) mean_volts[k] += cycle.volts[k];
    cycles->push_back(cycle.amperes);
  }
  if (count % 2 != 0) cycles->pop_back();  // what runs every other cycle goes on so in the ring
  for (float& value : mean_volts) value /= static_cast<float>(count);
  out.load.cycles = std::move(cycles);
  finish(out, mean_volts);
  return true;
}

// One period.
bool read_period(const std::filesystem::path& file, Recorded& out) {
  std::ifstream stream{file};
  std::string line;
  std::vector<double> volts;
  std::vector<double> amperes;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    const auto comma = line.find(',');
    if (comma == std::string::npos) return false;
    volts.push_back(std::stod(line.substr(0, comma)));
    amperes.push_back(std::stod(line.substr(comma + 1)));
  }
  if (volts.size() < 100) return false;
  std::ranges::rotate(amperes, amperes.end() - early_samples);
  volts.push_back(volts.front());
  amperes.push_back(amperes.front());
  Cycle cycle = cut(volts, amperes, 0, static_cast<double>(volts.size() - 1));
  double squares = 0;
  for (const float value : cycle.volts) squares += static_cast<double>(value) * static_cast<double>(value);
  const double factor = other_volts / std::sqrt(squares / period_steps);
  for (std::size_t k = 0; k < period_steps; ++k) {
    cycle.volts[k] *= static_cast<float>(factor);
    cycle.amperes[k] /= static_cast<float>(factor);
  }
  out.load.cycles = std::make_shared<std::vector<Period>>(1, cycle.amperes);
  finish(out, cycle.volts);
  return true;
}

}  // namespace

std::vector<Recorded> read_recorded(const std::filesystem::path& waveforms) {
  std::vector<Recorded> all;
  std::ifstream manifest{waveforms / "manifest.csv"};
  std::string line;
  std::getline(manifest, line);  // dataset,cls,kind,file,…
  while (std::getline(manifest, line)) {
    std::istringstream fields{line};
    std::string set;
    Recorded recorded;
    std::string kind;
    std::string file;
    std::getline(fields, set, ',');
    std::getline(fields, recorded.name, ',');
    std::getline(fields, kind, ',');
    std::getline(fields, file, ',');
    const bool is_long = file.ends_with(".i16");
    if (is_long ? read_long(waveforms / file, recorded) : read_period(waveforms / file, recorded))
      all.push_back(std::move(recorded));
  }
  return all;
}

}  // namespace lk::sim::scene
