// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/configuration.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "firmware/host/toml_section.hpp"
#include "sim/household/building.hpp"

namespace lk::host {

namespace {

// What must be one of a kind over the whole file.
struct Uniques {
  std::set<std::string> line_names;
  std::set<std::string> attachments;
  std::set<std::string> numbers;
};

// ISO/IEC 7812-1 annex B: from the right, every second digit doubled, digits summed, a multiple of ten.
bool luhn_holds(const std::string& digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

std::string meter_number(const TomlSection& section) {
  const std::string number = section.text("number");
  const bool digits = std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number.size() != 11 || !digits) section.refuse("number", "must have 11 digits");
  if (!luhn_holds(number)) {
    section.refuse("number",
                   number + " has a wrong check digit (Luhn); `latchkey provision` makes good numbers");
  }
  return number;
}

TcpListener read_listen(const TomlSection& section, const char* key) {
  const std::string listen = section.text(key);
  const std::size_t colon = listen.rfind(':');
  TcpListener result;
  result.host = listen.substr(0, colon);
  unsigned port = 0;
  const char* const end = listen.data() + listen.size();
  if (colon != std::string::npos) {
    const auto parsed = std::from_chars(listen.data() + colon + 1, end, port);
    if (parsed.ec != std::errc{} || parsed.ptr != end) port = 0;
  }
  if (port == 0 || port > 65535 || !result.host.starts_with("127.")) {
    section.refuse(key, "must be a loopback address and a port, like \"127.0.0.1:5601\"");
  }
  result.port = static_cast<std::uint16_t>(port);
  return result;
}

// "127.0.0.1:5701", or else the path of a pseudo-terminal.
void read_optical(const TomlSection& section, MeterSettings& meter, Uniques& uniques) {
  if (!section.has("optical")) return;
  const std::string where = section.text("optical");
  if (!uniques.attachments.insert(where).second)
    section.refuse("optical", "another line or port has it already; give each its own");
  if (where.starts_with("127.")) {
    meter.optical = read_listen(section, "optical");
  } else if (where.empty()) {
    section.refuse("optical", "must be a loopback address and a port, or the path of a pseudo-terminal");
  } else {
    meter.optical = PseudoTerminal{where};
  }
}

void read_keypad_unit(const TomlSection& section, MeterSettings& meter, Uniques& uniques) {
  if (!section.has("keypad_unit")) return;
  KeypadSettings unit{section.text("keypad_unit"), section.number("keypad_noise", 0, 0.5, 0)};
  if (unit.link.empty()) section.refuse("keypad_unit", "must be the path of a pseudo-terminal");
  if (!uniques.attachments.insert(unit.link).second)
    section.refuse("keypad_unit", "another line or port has it already; give each its own");
  meter.keypad_unit = std::move(unit);
}

// Where nothing else is said, phases 2 and 3 have a load of the same kind.
void read_other_loads(const TomlSection& section, MeterSettings& meter) {
  constexpr std::array<const char*, 2> keys{"load_2", "load_3"};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (meter.phase_count == 1 && section.has(keys[i]))
      section.refuse(keys[i], "is for a meter with phases = 3");
    if (meter.phase_count == 1) continue;
    const char* const key = section.has(keys[i]) ? keys[i] : "load";
    meter.other_loads[i] = section.text(key, "flat");
    if (meter.other_loads[i].starts_with("recording:") || meter.load.starts_with("recording:"))
      section.refuse(key, "a recording is of one phase; take households or resistors for a meter with three");
    const auto load =
        sim::parse_load(meter.other_loads[i], load_options(meter, static_cast<std::uint8_t>(i + 2)));
    if (!load) section.refuse(key, load.error());
  }
}

void read_load(const TomlSection& section, MeterSettings& meter) {
  meter.flat_seed = static_cast<std::uint64_t>(section.integer("flat_seed", 0, INT64_MAX, 1));
  // The scale of the recordings of the public data set HFHAD-C.
  meter.counts_per_volt = section.number("counts_per_volt", 1, 1e6, 21.3872);
  meter.counts_per_ampere = section.number("counts_per_ampere", 1, 1e6, 41.4738);
  meter.load = section.text("load", "flat");
  meter.is_feeder = meter.load == "feeder";
  meter.phase_count = static_cast<std::uint8_t>(section.integer("phases", 1, 3, 1));
  if (meter.phase_count == 2) section.refuse("phases", "must be 1 or 3");
  if (section.has("phase") && (meter.phase_count == 3 || meter.is_feeder))
    section.refuse("phase", "is for a meter of a flat with one phase");
  meter.phase = static_cast<std::uint8_t>(section.integer("phase", 1, 3, 1));
  if (meter.is_feeder) return;
  const auto load = sim::parse_load(meter.load, load_options(meter));
  const bool has_file = meter.load.find(':') != std::string::npos;
  if (!load) section.refuse("load", load.error() + (has_file ? "" : ", or feeder for the sum of all flats"));
  read_other_loads(section, meter);
}

MeterSettings read_meter(const toml::table& table, const std::string& file, Uniques& uniques,
                         std::set<std::uint8_t>& addresses) {
  const TomlSection section(table, file, "line.meter",
                            {"number",
                             "address",
                             "decoder_key",
                             "order_key",
                             "price",
                             "preset_credit",
                             "low_credit",
                             "load",
                             "flat_seed",
                             "counts_per_volt",
                             "counts_per_ampere",
                             "calibration",
                             "calibration_key",
                             "optical",
                             "slot",
                             "keypad_unit",
                             "keypad_noise",
                             "phases",
                             "phase",
                             "load_2",
                             "load_3"});
  MeterSettings meter;
  meter.number = meter_number(section);
  if (!uniques.numbers.insert(meter.number).second) {
    section.refuse("number", meter.number + " stands twice; each meter has a number of its own");
  }
  meter.address = static_cast<std::uint8_t>(section.integer("address", 1, 247));
  if (!addresses.insert(meter.address).second) {
    section.refuse("address", "another meter of this line has it; each needs its own");
  }
  meter.decoder_key = section.key128("decoder_key");
  meter.order_key = section.key128("order_key");
  const std::int64_t price = section.decimal("price", 4);
  if (price > UINT32_MAX) section.refuse("price", "is too high; at most 429496.7295");
  meter.price = quantity::Price::of(price);
  meter.preset_credit = quantity::Money::of(section.decimal("preset_credit", 5, "0"));
  meter.low_credit = quantity::Money::of(section.decimal("low_credit", 5, "0"));
  meter.slot = section.text("slot", "");
  meter.calibration = section.text("calibration", "");
  if (!meter.calibration.empty()) meter.calibration_key = section.key128("calibration_key");
  read_load(section, meter);
  read_optical(section, meter, uniques);
  read_keypad_unit(section, meter, uniques);
  return meter;
}

LineSettings read_line(const toml::table& table, const std::string& file, Uniques& uniques) {
  const TomlSection section(table, file, "line",
                            {"name", "listen", "pty", "protocol", "baud", "noise", "turnaround_ms", "meter"});
  LineSettings line;
  line.name = section.text("name");
  if (!uniques.line_names.insert(line.name).second) {
    section.refuse("name", "\"" + line.name + "\" stands twice; each line has a name of its own");
  }
  if (section.has("listen") == section.has("pty")) {
    section.refuse("listen",
                   "give either listen (a TCP serial line) or pty (a pseudo-terminal), one of them");
  }
  const char* const attachment = section.has("listen") ? "listen" : "pty";
  if (!uniques.attachments.insert(section.text(attachment)).second) {
    section.refuse(attachment, "another line has it already; give each line its own");
  }
  if (section.has("listen")) {
    line.attachment = read_listen(section, "listen");
  } else {
    line.attachment = PseudoTerminal{section.text("pty")};
  }
  const auto protocol = links::protocol_of(section.text("protocol", "auto"));
  if (!protocol) section.refuse("protocol", "must be modbus, dlt645 or auto");
  line.protocol = *protocol;
  line.baud = static_cast<std::uint32_t>(section.integer("baud", 1200, 115'200, 9600));
  line.noise = section.number("noise", 0, 0.1, 0);
  line.turnaround = std::chrono::milliseconds(section.integer("turnaround_ms", 0, 1000, 2));
  std::set<std::uint8_t> addresses;
  for (const toml::node& node : section.tables("meter")) {
    line.meters.push_back(read_meter(*node.as_table(), file, uniques, addresses));
  }
  return line;
}

}  // namespace

sim::LoadOptions load_options(const MeterSettings& meter, std::uint8_t phase) {
  constexpr std::uint64_t seeds_of_a_phase = 1'000'000;
  return {.seed = meter.flat_seed + (phase - 1U) * seeds_of_a_phase,
          .counts_per_volt = meter.counts_per_volt,
          .counts_per_ampere = meter.counts_per_ampere};
}

BuildingSettings parse_configuration(std::string_view text, const std::string& path) {
  toml::table root;
  try {
    root = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    throw ConfigurationError(path + ":" + std::to_string(error.source().begin.line) +
                             ": not TOML: " + std::string(error.description()) + "; correct that line");
  }
  const TomlSection section(root, path, "", {"seed", "speed", "state", "control", "mains", "line"});
  BuildingSettings building;
  building.seed = static_cast<std::uint64_t>(section.integer("seed", 0, INT64_MAX, 1));
  building.speed = section.integer("speed", 1, 10'000, 1);
  building.state = section.text("state");
  building.control = section.text("control");
  if (const toml::table* table = section.table("mains")) {
    const TomlSection mains(*table, path, "mains", {"voltage", "frequency"});
    building.mains_voltage = mains.number("voltage", 50, 300, 230);
    building.mains_frequency = mains.number("frequency", 45, 65, 50);
  }
  Uniques uniques;
  for (const toml::node& node : section.tables("line")) {
    building.lines.push_back(read_line(*node.as_table(), path, uniques));
  }
  return building;
}

BuildingSettings read_configuration(const std::string& path) {
  const std::ifstream file(path);
  if (!file)
    throw ConfigurationError(path + ": cannot be read; give the path of a building.toml with --config");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_configuration(text.str(), path);
}

}  // namespace lk::host
