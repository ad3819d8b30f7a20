// SPDX-License-Identifier: Apache-2.0
// gateway.toml (docs/processes.md) as values, checked whole: every problem of the file is found in one go and
// named with its line, its key and the remedy, before a line is opened.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lk::gateway {

struct TcpLine {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const TcpLine&) const = default;
};

struct SerialLine {
  std::string device;
  bool operator==(const SerialLine&) const = default;
};

enum class Parity : std::uint8_t { none, even, odd };

struct MeterConfiguration {
  std::string number;  // 11 digits
  std::uint8_t address = 1;
};

struct LineConfiguration {
  std::string name;
  std::variant<TcpLine, SerialLine> where;
  std::uint32_t baud = 19200;
  Parity parity = Parity::none;
  std::int64_t timeout_ms = 300;  // from the end of a request to the begin of its answer
  std::int64_t poll_ms = 1000;
  std::vector<MeterConfiguration> meters;
};

struct MqttConfiguration {
  std::string host;
  std::uint16_t port = 1883;
  std::int64_t outbox_mb = 64;
  std::string user;
  std::string password;  // the first line of `password_file`
  std::string ca_file;   // TLS where it is set; the authorities that are trusted
  std::string cert_file;
  std::string key_file;
};

struct Configuration {
  std::string site;
  std::string name;
  std::filesystem::path state;
  MqttConfiguration mqtt;
  std::vector<LineConfiguration> lines;
};

// One thing wrong in a file.
struct Problem {
  std::uint32_t line = 0;  // 0: no place in the file
  std::string key;         // as "line[1].meter[0].address"; empty for the file itself
  std::string what;
  std::string remedy;
};

// "gateway.toml:12: line[0].baud: 1234 is not a baud rate: use one of …"
[[nodiscard]] std::string describe(const Problem& problem, std::string_view file);

using ConfigurationResult = std::expected<Configuration, std::vector<Problem>>;

// Reads the text of a configuration file.
[[nodiscard]] ConfigurationResult parse_configuration(std::string_view text);
// Reads a file; one that cannot be read is a problem too.
[[nodiscard]] ConfigurationResult read_configuration(const std::filesystem::path& file);

}  // namespace lk::gateway
