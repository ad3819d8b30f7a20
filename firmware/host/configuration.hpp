// SPDX-License-Identifier: Apache-2.0
// What building.toml says (docs/processes.md), checked: whoever holds these values need not doubt them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "meter/links/port.hpp"
#include "quantity/quantity.hpp"

namespace lk::sim {
struct LoadOptions;
}

namespace lk::host {

// The configuration is wrong: a sentence with file, line, key and remedy.
struct ConfigurationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct TcpListener {
  std::string host;  // a loopback address
  std::uint16_t port = 0;
};

struct PseudoTerminal {
  std::string link;
};

using Attachment = std::variant<TcpListener, PseudoTerminal>;

// The line to the split keypad unit of a meter.
struct KeypadSettings {
  std::string link;  // of the pseudo-terminal
  double noise = 0;  // probability that a bit is flipped on its way
};

struct MeterSettings {
  std::string number;
  std::uint8_t address = 1;
  std::array<std::byte, 16> decoder_key{};
  std::array<std::byte, 16> order_key{};
  quantity::Price price;
  quantity::Money preset_credit;
  quantity::Money low_credit;
  std::string load = "flat";     // as `sim::parse_load` takes it; it has been tried. Not used for a feeder.
  bool is_feeder = false;        // measures the sum of all flats
  std::uint8_t phase_count = 1;  // or 3
  std::uint8_t phase = 1;        // which one of the mains', where it has one: 1 to 3
  // Of phases 2 and 3, where it has three.
  std::array<std::string, 2> other_loads{};
  std::uint64_t flat_seed = 1;
  std::string slot;              // file of the card that is in its slot at the start; empty: none
  double counts_per_volt = 0;    // of a recording
  double counts_per_ampere = 0;  // of a recording
  std::string calibration;       // file of the board's sealed calibration; empty: the design's
  std::array<std::byte, 16> calibration_key{};
  std::optional<Attachment> optical;
  std::optional<KeypadSettings> keypad_unit;
};

struct LineSettings {
  std::string name;
  Attachment attachment;
  links::Protocol protocol = links::Protocol::automatic;
  std::uint32_t baud = 9600;
  double noise = 0;
  std::chrono::milliseconds turnaround{2};
  std::vector<MeterSettings> meters;
};

struct BuildingSettings {
  std::uint64_t seed = 1;
  std::int64_t speed = 1;
  std::string state;
  std::string control;
  double mains_voltage = 230.0;
  double mains_frequency = 50.0;
  std::vector<LineSettings> lines;
};

// How `sim::parse_load` is to take this meter's load on a phase of its own, 1 to 3.
[[nodiscard]] sim::LoadOptions load_options(const MeterSettings& meter, std::uint8_t phase = 1);

// Reads and checks a configuration file; throws ConfigurationError at the first thing that is wrong.
[[nodiscard]] BuildingSettings read_configuration(const std::string& path);
// The same from text; `path` is only for messages.
[[nodiscard]] BuildingSettings parse_configuration(std::string_view text, const std::string& path);

}  // namespace lk::host
