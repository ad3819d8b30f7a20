// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "meter/metrology/calibration_codec.hpp"
#include "sim/front_end/front_end.hpp"
#include "tools/latchkey/calibrate/bench_file.hpp"
#include "tools/latchkey/calibrate/simulated_bench.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

using Key = std::array<std::byte, 16>;

struct Options {
  std::string bench_path;
  bool simulate = false;
  std::uint64_t seed = 1;
  unsigned phases = 1;
  unsigned bits = 24;
  double snr_db = 92;
  std::string save_bench_path;
  std::string key_path;
  std::string out_path;
  bool is_json = false;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Key read_key(const std::string& path) {
  std::ifstream file{path};
  if (!file) throw UserError{path + ": cannot be opened for reading"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  Key key{};
  bool good = text.size() == 2 * key.size();
  for (std::size_t k = 0; good && k < key.size(); ++k) {
    const int high = hex_digit(text[2 * k]);
    const int low = hex_digit(text[2 * k + 1]);
    good = high >= 0 && low >= 0;
    key[k] = static_cast<std::byte>(16 * high + low);
  }
  if (!good) throw UserError{path + ": expected the seal's key as 32 hexadecimal digits and nothing else"};
  return key;
}

void write_file(const std::string& path, const char* data, std::size_t size) {
  std::ofstream file{path, std::ios::binary};
  file.write(data, static_cast<std::streamsize>(size));
  file.close();
  if (!file) throw UserError{path + ": cannot be written"};
}

BenchFile simulated(const Options& options) {
  sim::FrontEndType type = sim::direct_type();
  type.phase_count = options.phases;
  type.bits = options.bits;
  type.snr_db = options.snr_db;
  auto points = measure(sim::draw_unit(type, options.seed), {});
  if (!points) throw UserError{"the simulated bench: " + points.error()};
  return {design_of(type), std::move(*points)};
}

void print_current(const char* name, const metrology::CurrentCalibration& current) {
  std::printf("%-4s %14.6f counts/A  offset %9.1f  noise %7.1f\n", name,
              static_cast<double>(current.microcounts_per_ampere) / 1e6, current.offset_q8 / 256.0,
              current.noise_q8 / 256.0);
  for (std::size_t k = 0; k < current.curve_count; ++k) {
    const metrology::CurvePoint& point = current.curve[k];
    std::printf("       at %9.3f A: gain %+6d ppm, lead %+8.4f degrees\n", point.milliamperes / 1e3,
                point.gain_ppm, point.lead_microdegrees / 1e6);
  }
}

void print_table(const metrology::BoardCalibration& board) {
  std::printf("clock %+.2f ppm, calibrated at %.1f degrees Celsius\n", board.clock_ppb / 1e3,
              board.reference_millidegrees / 1e3);
  for (std::size_t phase = 0; phase < board.phase_count; ++phase) {
    const metrology::VoltageCalibration& voltage = board.voltage[phase];
    std::printf("U%zu   %14.6f counts/V  offset %9.1f  noise %7.1f\n", phase + 1,
                static_cast<double>(voltage.microcounts_per_volt) / 1e6, voltage.offset_q8 / 256.0,
                voltage.noise_q8 / 256.0);
    print_current(("I" + std::to_string(phase + 1)).c_str(), board.current[phase]);
  }
  if (board.has_neutral) print_current("IN", board.neutral);
}

void run(const Options& options) {
  if (options.simulate == !options.bench_path.empty()) {
    throw UserError{"give either a bench FILE or --simulate"};
  }
  if (options.out_path.empty() != options.key_path.empty()) {
    throw UserError{"--out and --key belong together: the coefficients are written sealed or not at all"};
  }
  const BenchFile bench = options.simulate ? simulated(options) : read_bench_file(options.bench_path);
  if (!options.save_bench_path.empty()) {
    const std::string text = bench_file_text(bench);
    write_file(options.save_bench_path, text.data(), text.size());
  }
  const auto board = calibrate(bench.design, bench.points);
  if (!board) throw UserError{board.error() + "; nothing was written"};
  if (!options.out_path.empty()) {
    const metrology::CalibrationBytes bytes = metrology::encode(*board, read_key(options.key_path));
    write_file(options.out_path, reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  options.is_json ? static_cast<void>(std::printf("%s\n", calibration_text(*board).c_str()))
                  : print_table(*board);
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "calibrate", "Compute a board's calibration from one to three load points of a bench, and seal it");
  const auto options = std::make_shared<Options>();
  command->add_option("FILE", options->bench_path,
                      "the bench's figures as JSON (docs/guides/calibrating.md)");
  command->add_flag("--simulate", options->simulate, "measure a simulated unit on a simulated bench instead");
  command->add_option("--seed", options->seed, "which simulated unit")->capture_default_str();
  command->add_option("--phases", options->phases, "of the simulated unit")
      ->check(CLI::IsMember({1, 3}))
      ->capture_default_str();
  command->add_option("--bits", options->bits, "of the simulated converter")
      ->check(CLI::Range(12, 24))
      ->capture_default_str();
  command->add_option("--snr", options->snr_db, "of the simulated converter, dB")
      ->check(CLI::Range(40.0, 140.0))
      ->capture_default_str();
  command->add_option("--save-bench", options->save_bench_path, "write the bench's figures as JSON");
  command->add_option("--key", options->key_path, "file with the seal's key, 32 hexadecimal digits");
  command->add_option("--out", options->out_path,
                      "write the sealed coefficients (docs/formats/calibration.md)");
  command->add_flag("--json", options->is_json, "print one JSON object instead of a table");
  command->callback([options] { run(*options); });
}

}  // namespace lk::tools
