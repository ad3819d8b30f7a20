// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/calibrate/bench_file.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

using Json = nlohmann::ordered_json;

// A place in the file that knows its name, so that every complaint says where.
class Place {
 public:
  Place(const Json& json, std::string name) : json_(json), name_(std::move(name)) {
    if (!json_.is_object()) fail("expected an object { … }");
  }

  [[noreturn]] void fail(const std::string& what) const { throw UserError{name_ + ": " + what}; }
  [[nodiscard]] bool has(const char* key) const { return json_.contains(key); }
  [[nodiscard]] Place child(const char* key) const { return {of(key), name_ + "." + key}; }

  [[nodiscard]] double number(const char* key) const { return to_number(of(key), key); }
  [[nodiscard]] double number(const char* key, double otherwise) const {
    return has(key) ? number(key) : otherwise;
  }
  [[nodiscard]] unsigned whole(const char* key, unsigned otherwise, unsigned most) const {
    if (!has(key)) return otherwise;
    const double value = number(key);
    if (!(value >= 0 && value <= most) || value != static_cast<unsigned>(value)) {
      fail(std::string{key} + ": expected a whole number from 0 to " + std::to_string(most));
    }
    return static_cast<unsigned>(value);
  }
  [[nodiscard]] bool flag(const char* key, bool otherwise) const {
    if (!has(key)) return otherwise;
    if (!of(key).is_boolean()) fail(std::string{key} + ": expected true or false");
    return of(key).get<bool>();
  }
  [[nodiscard]] std::string text(const char* key) const {
    if (!of(key).is_string()) fail(std::string{key} + ": expected a text");
    return of(key).get<std::string>();
  }
  // `count` entries, one for each phase.
  [[nodiscard]] const Json& list(const char* key, std::size_t count) const {
    const Json& list = of(key);
    if (!list.is_array() || list.size() != count) {
      fail(std::string{key} + ": expected a list of " + std::to_string(count) + ", one for each phase");
    }
    return list;
  }
  void numbers(const char* key, std::size_t count, std::array<double, 3>& to) const {
    const Json& from = list(key, count);
    for (std::size_t k = 0; k < count; ++k) to[k] = to_number(from[k], key);
  }

 private:
  [[nodiscard]] const Json& of(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) fail(std::string{"\""} + key + "\" is missing");
    return *found;
  }
  [[nodiscard]] double to_number(const Json& json, const char* key) const {
    if (!json.is_number()) fail(std::string{key} + ": expected a number");
    return json.get<double>();
  }

  const Json& json_;
  std::string name_;
};

Design read_design(const Place& place) {
  Design design;
  design.phase_count = place.whole("phases", 1, 3);
  design.has_neutral = place.flag("neutral", true);
  design.has_shunts = place.flag("shunts", false);
  design.rate_hz = place.whole("rate_hz", 8000, 16'000);
  design.full_scale_count = static_cast<std::int32_t>(place.whole("full_scale_count", 8'388'607, 8'388'607));
  design.counts_per_volt = place.number("counts_per_volt");
  design.counts_per_ampere = place.number("counts_per_ampere");
  design.tolerance_percent = place.number("tolerance_percent", design.tolerance_percent);
  design.lead_degrees_most = place.number("lead_degrees_most", design.lead_degrees_most);
  design.nominal_frequency_hz = place.number("nominal_frequency_hz", design.nominal_frequency_hz);
  design.voltage_ppm_per_k = place.number("voltage_ppm_per_k", 0);
  design.current_ppm_per_k = place.number("current_ppm_per_k", 0);
  design.ppm_per_k2 = place.number("ppm_per_k2", 0);
  design.lead_microdegrees_per_k = place.number("lead_microdegrees_per_k", 0);
  if (design.phase_count != 1 && design.phase_count != 3) place.fail("phases: expected 1 or 3");
  return design;
}

ReferenceFigures read_reference(const Place& place, const Design& design) {
  ReferenceFigures figures;
  figures.frequency_hz = place.number("frequency_hz");
  figures.temperature_c = place.number("temperature_c");
  if (!(figures.frequency_hz >= 40 && figures.frequency_hz <= 70)) {
    place.fail("frequency_hz: expected 40 to 70");
  }
  place.numbers("voltage_v", design.phase_count, figures.voltage_v);
  place.numbers("current_a", design.phase_count, figures.current_a);
  place.numbers("lag_degrees", design.phase_count, figures.lag_degrees);
  figures.neutral_a = place.number("neutral_a", 0);
  figures.neutral_lag_degrees = place.number("neutral_lag_degrees", 0);
  return figures;
}

ChannelFigures read_channel(const Place& place) {
  return {.mean = place.number("mean"),
          .rms = place.number("rms"),
          .angle_degrees = place.number("angle_degrees"),
          .noise = place.number("noise")};
}

Capture read_capture(const Place& place, const Design& design) {
  Capture capture{.frequency_hz = place.number("frequency_hz"), .channels = {}};
  if (!(capture.frequency_hz > 0)) place.fail("frequency_hz: expected more than 0");
  const Json& voltages = place.list("voltage", design.phase_count);
  const Json& currents = place.list("current", design.phase_count);
  for (std::size_t k = 0; k < design.phase_count; ++k) {
    const std::string index = "[" + std::to_string(k) + "]";
    capture.channels[sim::voltage_channel(k)] = read_channel({voltages[k], "measured.voltage" + index});
    capture.channels[sim::current_channel(k)] = read_channel({currents[k], "measured.current" + index});
  }
  if (place.has("neutral")) capture.channels[sim::neutral_channel] = read_channel(place.child("neutral"));
  return capture;
}

Json channel_json(const ChannelFigures& figures) {
  return {{"rms", figures.rms},
          {"angle_degrees", figures.angle_degrees},
          {"mean", figures.mean},
          {"noise", figures.noise}};
}

Json point_json(const LoadPoint& point, unsigned phase_count) {
  const auto numbers = [&](const std::array<double, 3>& from) {
    return Json(std::vector<double>(from.begin(), from.begin() + phase_count));
  };
  Json reference = {{"frequency_hz", point.reference.frequency_hz},
                    {"temperature_c", point.reference.temperature_c},
                    {"voltage_v", numbers(point.reference.voltage_v)},
                    {"current_a", numbers(point.reference.current_a)},
                    {"lag_degrees", numbers(point.reference.lag_degrees)},
                    {"neutral_a", point.reference.neutral_a},
                    {"neutral_lag_degrees", point.reference.neutral_lag_degrees}};
  Json measured = {{"frequency_hz", point.measured.frequency_hz},
                   {"voltage", Json::array()},
                   {"current", Json::array()},
                   {"neutral", channel_json(point.measured.channels[sim::neutral_channel])}};
  for (std::size_t k = 0; k < phase_count; ++k) {
    measured["voltage"].push_back(channel_json(point.measured.channels[sim::voltage_channel(k)]));
    measured["current"].push_back(channel_json(point.measured.channels[sim::current_channel(k)]));
  }
  return {{"name", point.name}, {"reference", std::move(reference)}, {"measured", std::move(measured)}};
}

Json current_json(const metrology::CurrentCalibration& current) {
  Json curve = Json::array();
  for (std::size_t k = 0; k < current.curve_count; ++k) {
    const metrology::CurvePoint& point = current.curve[k];
    curve.push_back({{"milliamperes", point.milliamperes},
                     {"gain_ppm", point.gain_ppm},
                     {"lead_microdegrees", point.lead_microdegrees}});
  }
  return {{"microcounts_per_ampere", current.microcounts_per_ampere},
          {"offset_q8", current.offset_q8},
          {"noise_q8", current.noise_q8},
          {"drift_ppb_per_k", current.drift.first_ppb_per_kelvin},
          {"drift_ppb_per_k2", current.drift.second_ppb_per_kelvin2},
          {"delay_ns", current.delay_ns},
          {"lead_microdegrees_per_k", current.lead_microdegrees_per_kelvin},
          {"sees_direct_current", current.sees_direct_current},
          {"curve", std::move(curve)}};
}

}  // namespace

BenchFile read_bench_file(const std::string& path) {
  std::ifstream file{path};
  if (!file) throw UserError{path + ": cannot be opened for reading"};
  try {
    const Json json = Json::parse(file);
    const Place place{json, path};
    BenchFile bench;
    bench.design = read_design(place.child("design"));
    if (!json.contains("points") || !json["points"].is_array()) {
      throw UserError{path + ": \"points\": expected a list of one to three load points"};
    }
    for (const Json& entry : json["points"]) {
      const Place point{entry, path + ".points[" + std::to_string(bench.points.size()) + "]"};
      bench.points.push_back({.name = point.text("name"),
                              .reference = read_reference(point.child("reference"), bench.design),
                              .measured = read_capture(point.child("measured"), bench.design)});
    }
    return bench;
  } catch (const Json::parse_error& error) {
    throw UserError{path + ": not JSON: " + error.what()};
  }
}

std::string bench_file_text(const BenchFile& bench) {
  const Design& design = bench.design;
  Json json = {{"design",
                {{"phases", design.phase_count},
                 {"neutral", design.has_neutral},
                 {"shunts", design.has_shunts},
                 {"rate_hz", design.rate_hz},
                 {"full_scale_count", design.full_scale_count},
                 {"counts_per_volt", design.counts_per_volt},
                 {"counts_per_ampere", design.counts_per_ampere},
                 {"tolerance_percent", design.tolerance_percent},
                 {"lead_degrees_most", design.lead_degrees_most},
                 {"nominal_frequency_hz", design.nominal_frequency_hz},
                 {"voltage_ppm_per_k", design.voltage_ppm_per_k},
                 {"current_ppm_per_k", design.current_ppm_per_k},
                 {"ppm_per_k2", design.ppm_per_k2},
                 {"lead_microdegrees_per_k", design.lead_microdegrees_per_k}}},
               {"points", Json::array()}};
  for (const LoadPoint& point : bench.points) json["points"].push_back(point_json(point, design.phase_count));
  return json.dump(2) + "\n";
}

std::string calibration_text(const metrology::BoardCalibration& board) {
  Json json = {{"phases", board.phase_count},
               {"rate_hz", board.rate_hz},
               {"clock_ppb", board.clock_ppb},
               {"full_scale_count", board.full_scale_count},
               {"reference_millidegrees", board.reference_millidegrees},
               {"voltage", Json::array()},
               {"current", Json::array()}};
  for (std::size_t k = 0; k < board.phase_count; ++k) {
    const metrology::VoltageCalibration& voltage = board.voltage[k];
    json["voltage"].push_back({{"microcounts_per_volt", voltage.microcounts_per_volt},
                               {"offset_q8", voltage.offset_q8},
                               {"noise_q8", voltage.noise_q8},
                               {"drift_ppb_per_k", voltage.drift.first_ppb_per_kelvin},
                               {"drift_ppb_per_k2", voltage.drift.second_ppb_per_kelvin2}});
    json["current"].push_back(current_json(board.current[k]));
  }
  if (board.has_neutral) json["neutral"] = current_json(board.neutral);
  return json.dump();
}

}  // namespace lk::tools
