// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/command.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "crypto/sha256.hpp"
#include "tariff/codec.hpp"
#include "tariff/local_time.hpp"
#include "tariff/transfer.hpp"
#include "tools/latchkey/tariff/bill.hpp"
#include "tools/latchkey/tariff/document.hpp"
#include "tools/latchkey/tariff/readings.hpp"
#include "tools/latchkey/tariff/zone.hpp"

namespace lk::tools {
namespace {

struct Options {
  std::string tariff_path;
  std::string readings_path;
  std::string out_path;
  std::string zone;
  std::string stamp = "start";
  std::int64_t interval_minutes = 0;
  bool is_json = false;
};

TariffDocument read_document(const std::string& path) {
  constexpr std::size_t most_bytes = 1'000'000;
  std::ifstream file{path, std::ios::binary};
  if (std::filesystem::is_directory(path)) throw UserError{path + ": is a folder; name a file in it"};
  if (!file) throw UserError{path + ": cannot be opened; is the path right?"};
  std::stringstream text;
  text << file.rdbuf();
  if (text.view().size() > most_bytes) throw UserError{path + ": is larger than 1 MB; that is no tariff"};
  return parse_tariff(text.view());
}

void tell(const TariffDocument& document, const std::string& path, std::FILE* to) {
  for (const Problem& problem : document.problems) {
    const std::string place = problem.place.empty() ? "the tariff" : problem.place;
    std::fprintf(to, "%s: %s: %s %s\n", path.c_str(), problem.is_error ? "error" : "warning", place.c_str(),
                 problem.text.c_str());
  }
}

void flush_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw UserError{"standard output is closed or full"};
}

void check(const Options& options) {
  const TariffDocument document = read_document(options.tariff_path);
  if (document.is_valid()) std::fputs(explain(document).c_str(), stdout);
  tell(document, options.tariff_path, stdout);
  flush_output();
  if (!document.is_valid())
    throw CheckFailed{options.tariff_path + ": no meter can use this tariff; mend the errors above"};
}

// The tariff, or its errors told and the end.
TariffDocument usable_document(const std::string& path) {
  TariffDocument document = read_document(path);
  if (document.is_valid()) return document;
  tell(document, path, stderr);
  throw CheckFailed{path + ": no meter can use this tariff; mend the errors above"};
}

void compile(const Options& options) {
  const TariffDocument document = usable_document(options.tariff_path);
  std::array<std::byte, tariff::set_max_bytes> room{};
  const auto bytes = tariff::encode(document.set, room);
  std::ofstream file{options.out_path, std::ios::binary | std::ios::trunc};
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.flush();
  if (!file) throw UserError{options.out_path + ": cannot be written; is there a folder, and room?"};
  std::string digest;
  for (const std::byte byte : crypto::Sha256::of(bytes)) {
    std::array<char, 3> hex{};
    std::snprintf(hex.data(), hex.size(), "%02x", std::to_integer<unsigned>(byte));
    digest += hex.data();
  }
  std::printf("version %u, %zu bytes, %zu orders, SHA-256 %s\n", document.set.version, bytes.size(),
              (bytes.size() + tariff::chunk_bytes - 1) / tariff::chunk_bytes + 1, digest.c_str());
  flush_output();
}

// Where the zone of the readings is not that of the tariff, day and night may begin at other times than is
// meant.
void compare_zones(const Options& options, const tariff::Zone& zone, Readings& readings) {
  if (options.zone.empty()) return;
  for (const Reading& reading : readings.list) {
    const std::int64_t own = tariff::zone_at(zone, reading.from).offset_ms / tariff::ms_per_minute;
    if (offset_minutes_by_name(options.zone, reading.from) == own) continue;
    readings.warnings.push_back("from line " + std::to_string(reading.line) + " on, the clock of " +
                                options.zone +
                                " is not that of the tariff: switching times follow the tariff's");
    return;
  }
}

void price_readings(const Options& options) {
  const TariffDocument document = usable_document(options.tariff_path);
  std::ifstream file{options.readings_path};
  if (std::filesystem::is_directory(options.readings_path))
    throw UserError{options.readings_path + ": is a folder; name a file in it"};
  if (!file) throw UserError{options.readings_path + ": cannot be opened; is the path right?"};
  ReadingOptions how;
  how.stamp = options.stamp == "end" ? Stamp::end : Stamp::start;
  how.interval_minutes = options.interval_minutes;
  how.to_utc = options.zone.empty() ? to_utc_by_rule(document.set.zone) : to_utc_by_name(options.zone);
  how.zone_name = options.zone.empty() ? "the tariff's zone" : options.zone;
  Readings readings = read_readings(file, options.readings_path, how);
  compare_zones(options, document.set.zone, readings);
  const Bill bill = price(document.set, readings, options.readings_path);
  if (options.is_json) {
    print_json(bill, document, readings.warnings, stdout);
  } else {
    print_table(bill, document, stdout);
  }
  for (const std::string& warning : readings.warnings) {
    std::fprintf(stderr, "%s: warning: %s\n", options.readings_path.c_str(), warning.c_str());
  }
  flush_output();
}

void add_price(CLI::App& tariff, const std::shared_ptr<Options>& options) {
  CLI::App* const command = tariff.add_subcommand(
      "price",
      "Price interval readings line by line and in total; every figure is exact, as a meter deducts it");
  command->add_option("--tariff", options->tariff_path, "Tariff in JSON")->required();
  command
      ->add_option("--readings", options->readings_path,
                   "CSV with a header: timestamp,kwh (2026-01-31T00:30,0.141)")
      ->required();
  command->add_option(
      "--zone", options->zone,
      "Zone of timestamps without offset, as Europe/Berlin; without it the tariff's own zone. Where the "
      "clock goes back, the hour that comes twice is taken in the order of the lines");
  command->add_option("--stamp", options->stamp, "Which end of its interval a timestamp is: start or end")
      ->check(CLI::IsMember({"start", "end"}))
      ->capture_default_str();
  command
      ->add_option("--interval", options->interval_minutes,
                   "Minutes of an interval; without it the least distance between two lines")
      ->check(CLI::Range(1, 1440 * 31));
  command->add_flag("--json", options->is_json, "Print one JSON object instead of a table");
  command->callback([options] { price_readings(*options); });
}

}  // namespace

void add_tariff_command(CLI::App& app) {
  CLI::App* const tariff =
      app.add_subcommand("tariff", "Check a tariff, price readings by it, make its binary form");
  tariff->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  CLI::App* const check_command = tariff->add_subcommand(
      "check",
      "Explain a tariff in words; name gaps, overlaps and what makes no sense. Status 1 where it has errors");
  check_command->add_option("FILE", options->tariff_path, "Tariff in JSON (docs/formats/tariff.md)")
      ->required();
  check_command->callback([options] { check(*options); });
  add_price(*tariff, options);
  CLI::App* const compile_command =
      tariff->add_subcommand("compile", "Make the binary form that meters get (docs/formats/tariff.md)");
  compile_command->add_option("FILE", options->tariff_path, "Tariff in JSON")->required();
  compile_command->add_option("-o,--output", options->out_path, "Where to write it")->required();
  compile_command->callback([options] { compile(*options); });
}

}  // namespace lk::tools
