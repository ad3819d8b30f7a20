// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/recording/recording.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/guard/guard_replay.hpp"
#include "tools/latchkey/replay/replay.hpp"

namespace lk::tools {
namespace {

struct Options {
  double rate_hz = 0;
  double v_scale = 0;
  double i_scale = 0;
  std::string order = "iv";
  bool is_json = false;
  std::string guard;
  std::string file;
};

std::int64_t microcounts(double scale, const char* option, const char* unit) {
  constexpr double least = 0.1;
  constexpr double most = 1e6;
  if (!(scale >= least && scale <= most)) {
    throw UserError(std::string{option} + ": expected counts of the recording for one " + unit +
                    ", from 0.1 to 1000000; for example " + option + " 21.3872");
  }
  return std::llround(scale * 1e6);
}

metrology::Calibration calibration_of(const Options& options) {
  if (!(options.rate_hz >= 4000 && options.rate_hz <= 16'000) ||
      options.rate_hz != std::floor(options.rate_hz)) {
    throw UserError(
        "--rate: expected the samples a second of each channel, a whole number from 4000 to 16000");
  }
  metrology::Calibration calibration;
  calibration.rate_hz = static_cast<std::uint32_t>(options.rate_hz);
  calibration.voltage_microcounts_per_volt = microcounts(options.v_scale, "--v-scale", "volt");
  calibration.current_microcounts_per_ampere = microcounts(options.i_scale, "--i-scale", "ampere");
  calibration.starting_current = {};  // a recording is measured as it is
  return calibration;
}

void print_json(const ReplaySummary& summary) {
  std::printf(
      "{\"seconds\": %.6f, \"v_rms\": %.6f, \"i_rms\": %.6f, \"p_w\": %.6f, \"q_var\": %.6f, \"s_va\": %.6f, "
      "\"pf\": %.6f, \"f_hz\": %.6f, \"energy_wh\": %.9f, \"events\": [",
      summary.seconds, summary.v_rms, summary.i_rms, summary.p_w, summary.q_var, summary.s_va, summary.pf,
      summary.f_hz, summary.energy_wh);
  const char* separator = "";
  for (const ReplayEvent& event : summary.events) {
    std::printf("%s{\"t_s\": %.3f, \"name\": \"%s\"", separator, event.t_s, event.name.c_str());
    if (!event.detail.empty()) std::printf(", \"detail\": %s", event.detail.c_str());
    std::printf("}");
    separator = ", ";
  }
  std::printf("]}\n");
}

void print_table(const ReplaySummary& summary) {
  std::printf("duration        %12.3f s\n", summary.seconds);
  std::printf("voltage         %12.3f V\n", summary.v_rms);
  std::printf("current         %12.4f A\n", summary.i_rms);
  std::printf("active power    %12.3f W\n", summary.p_w);
  std::printf("reactive power  %12.3f var (fundamental)\n", summary.q_var);
  std::printf("apparent power  %12.3f VA\n", summary.s_va);
  std::printf("power factor    %12.4f\n", summary.pf);
  std::printf("frequency       %12.3f Hz\n", summary.f_hz);
  std::printf("energy          %12.6f Wh\n", summary.energy_wh);
  for (const ReplayEvent& event : summary.events)
    std::printf("%8.3f s  %s %s\n", event.t_s, event.name.c_str(), event.detail.c_str());
}

// The guard's events take the place of those that replay finds by itself.
void guard_events(const std::string& file, std::span<const metrology::Sample> samples,
                  const metrology::Calibration& calibration, std::vector<ReplayEvent>& out) {
  const auto guard_file = read_guard_file(file);
  if (!guard_file) throw UserError(guard_file.error());
  out.clear();
  for (GuardEvent& event : replay_guard(samples, calibration, *guard_file))
    out.push_back({event.t_s, std::move(event.name), std::move(event.detail)});
}

void run(const Options& options) {
  const metrology::Calibration calibration = calibration_of(options);
  const auto order =
      options.order == "vi" ? sim::ChannelOrder::voltage_first : sim::ChannelOrder::current_first;
  const auto samples = sim::read_recording(options.file, order);
  if (!samples) throw UserError(samples.error());
  ReplaySummary summary = replay(*samples, calibration);
  if (!options.guard.empty()) guard_events(options.guard, *samples, calibration, summary.events);
  options.is_json ? print_json(summary) : print_table(summary);
}

}  // namespace

void add_replay_command(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "replay", "Run a recorded waveform through the meter's metrology and print what it measures");
  const auto options = std::make_shared<Options>();
  command->add_option("--rate", options->rate_hz, "samples a second of each channel, 4000 to 16000")
      ->required();
  command->add_option("--v-scale", options->v_scale, "counts of the recording for one volt")->required();
  command->add_option("--i-scale", options->i_scale, "counts of the recording for one ampere")->required();
  command->add_option("--order", options->order, "which channel comes first: iv (current) or vi (voltage)")
      ->check(CLI::IsMember({"iv", "vi"}))
      ->capture_default_str();
  command->add_flag("--json", options->is_json, "print one JSON object instead of a table");
  command->add_option("--guard", options->guard,
                      "TOML file with the guard's parameters: events are then the guard's");
  command->add_option("FILE", options->file, "int16 little-endian, two interleaved channels")->required();
  command->callback([options] { run(*options); });
}

}  // namespace lk::tools
