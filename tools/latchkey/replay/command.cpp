// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/recording/recording.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/guard/guard_replay.hpp"
#include "tools/latchkey/replay/set_replay.hpp"

namespace lk::tools {
namespace {

struct Options {
  double rate_hz = 0;
  double v_scale = 0;
  double i_scale = 0;
  std::string order = "iv";
  std::string format = "i16";
  int phases = 1;
  bool has_neutral = false;
  bool is_full = false;
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

Layout layout_of(const Options& options) {
  return {static_cast<std::size_t>(options.phases), options.has_neutral, options.order == "vi"};
}

// A recording does not say where its converter ended: by its format, or where a meter's converter would at
// the most.
std::int32_t full_scale_of(const Options& options) {
  constexpr double most_volts = 9000;
  constexpr double most_amperes = 19'000;
  const double by_format = options.format == "i16" ? 32'767 : 8'388'607;
  return static_cast<std::int32_t>(
      std::max(1000.0, std::min({by_format, most_volts * options.v_scale, most_amperes * options.i_scale})));
}

metrology::BoardCalibration board_of(const Options& options) {
  if (!(options.rate_hz >= 4000 && options.rate_hz <= 16'000) ||
      options.rate_hz != std::floor(options.rate_hz)) {
    throw UserError(
        "--rate: expected the samples a second of each channel, a whole number from 4000 to 16000");
  }
  metrology::BoardCalibration board = metrology::design_calibration(
      static_cast<std::uint8_t>(options.phases), options.has_neutral,
      static_cast<std::uint32_t>(options.rate_hz), microcounts(options.v_scale, "--v-scale", "volt"),
      microcounts(options.i_scale, "--i-scale", "ampere"));
  board.full_scale_count = full_scale_of(options);
  return board;
}

// What measures whole windows is a meter and wants a converter that a meter could have.
void require_meter(const metrology::BoardCalibration& board) {
  if (metrology::check(board)) return;
  throw UserError(
      "--full: with these --v-scale and --i-scale the recording's full scale is not that of a meter (50 to "
      "10000 V, "
      "0.5 to 20000 A); check the scales and --format");
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

// The guard's events, which take the place of those that replay finds by itself.
std::vector<ReplayEvent> guard_events(const Options& options, std::span<const std::int32_t> counts,
                                      const Layout& layout) {
  if (layout.phase_count != 1) throw UserError("--guard watches one phase; leave --phases at 1");
  const auto file = read_guard_file(options.guard);
  if (!file) throw UserError(file.error());
  metrology::Calibration calibration;
  calibration.rate_hz = static_cast<std::uint32_t>(options.rate_hz);
  calibration.voltage_microcounts_per_volt = microcounts(options.v_scale, "--v-scale", "volt");
  calibration.current_microcounts_per_ampere = microcounts(options.i_scale, "--i-scale", "ampere");
  calibration.starting_current = {};  // a recording is measured as it is
  std::vector<metrology::Sample> samples;
  for (std::size_t at = 0; at + 1 < counts.size(); at += layout.channel_count()) {
    const std::int32_t first = counts[at];
    const std::int32_t second = counts[at + 1];
    samples.push_back(layout.is_voltage_first ? metrology::Sample{first, second}
                                              : metrology::Sample{second, first});
  }
  std::vector<ReplayEvent> events;
  for (GuardEvent& event : replay_guard(samples, calibration, *file)) {
    events.push_back({event.t_s, std::move(event.name), 0, std::move(event.detail)});
  }
  return events;
}

void print_phase_tables(const SetReplay& replay) {
  for (std::size_t p = 0; p < replay.phases.size() && replay.phases.size() > 1; ++p) {
    std::printf("\nphase %zu\n", p + 1);
    print_table(replay.phases[p]);
  }
  if (replay.neutral_i_rms) std::printf("\nneutral current %12.4f A\n", *replay.neutral_i_rms);
}

// Pairs of int16 read as int32 are counts that no converter of 24 bits gives.
void require_24_bits(std::span<const std::int32_t> counts, const Options& options) {
  constexpr std::int32_t end = 1 << 23;
  const auto found =
      std::ranges::find_if(counts, [](std::int32_t count) { return count < -end || count >= end; });
  if (found == counts.end()) return;
  throw UserError(options.file + ": has the count " + std::to_string(*found) +
                  ", beyond 24 bits; is it of int16 (--format i16), or are the bytes the other way round?");
}

void run(const Options& options) {
  const metrology::BoardCalibration board = board_of(options);
  const Layout layout = layout_of(options);
  const auto format = options.format == "i32" ? sim::CountFormat::i32 : sim::CountFormat::i16;
  if (options.is_full) require_meter(board);
  const auto counts = sim::read_counts(options.file, format, layout.channel_count());
  if (!counts) throw UserError(counts.error());
  require_24_bits(*counts, options);
  SetReplay replay = replay_sets(*counts, layout, board, options.is_full);
  if (!options.guard.empty()) replay.total.events = guard_events(options, *counts, layout);
  for (const SetWindow& window : replay.windows) std::printf("%s\n", json_line(window, layout).c_str());
  if (options.is_json) {
    std::printf("%s\n", json_line(replay, layout).c_str());
    return;
  }
  print_table(replay.total);
  print_phase_tables(replay);
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
  command
      ->add_option(
          "--order", options->order,
          "which channel of each phase comes first: iv (current) or vi (voltage). Three phases follow each "
          "other (iv: i1 v1 i2 v2 i3 v3), the neutral's current comes last")
      ->check(CLI::IsMember({"iv", "vi"}))
      ->capture_default_str();
  command->add_option("--format", options->format, "i16, or i32 for counts of up to 24 bits; little-endian")
      ->check(CLI::IsMember({"i16", "i32"}))
      ->capture_default_str();
  command->add_option("--phases", options->phases, "1 or 3 (four-wire)")
      ->check(CLI::IsMember({1, 3}))
      ->capture_default_str();
  command->add_flag("--neutral", options->has_neutral, "the last channel is the neutral's current");
  command->add_flag("--full", options->is_full,
                    "also harmonics and quadrant, and every window as a line of JSON before the summary");
  command->add_flag("--json", options->is_json, "print one JSON object instead of a table");
  command->add_option(
      "--guard", options->guard,
      "TOML file with the guard's parameters (docs/formats/guard-file.md): events are then the guard's");
  command->add_option("FILE", options->file, "interleaved channels of counts, little-endian")->required();
  command->callback([options] { run(*options); });
}

}  // namespace lk::tools
