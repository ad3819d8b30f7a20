// SPDX-License-Identifier: Apache-2.0
#include "gateway/setup/configuration.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "gateway/setup/toml_table.hpp"

namespace lk::gateway {
namespace {

constexpr std::array<std::int64_t, 8> baud_rates{1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};
constexpr std::size_t meter_number_digits = 11;
constexpr std::size_t name_bytes_max = 32;

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= name_bytes_max && std::ranges::all_of(text, fits);
}

bool is_number(std::string_view text) {
  return text.size() == meter_number_digits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string name_of(TomlTable& table, const char* key) {
  std::string name = table.text(key);
  if (table.has(key) && !name.empty() && !is_name(name)) {
    table.problem(key, "\"" + name + "\" cannot be part of a topic",
                  "use 1 to 32 of a-z, 0-9 and -, as in \"demo\"");
  }
  return name;
}

std::uint16_t port_of(TomlTable& table, const char* key, std::int64_t otherwise) {
  return static_cast<std::uint16_t>(table.integer(key, 1, 65535, otherwise));
}

// "127.0.0.1:5601" or "[::1]:5601".
std::expected<TcpLine, std::string> parse_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::unexpected("has no port");
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::string digits = text.substr(colon + 1);
  const bool numeric = !digits.empty() && digits.size() <= 5 &&
                       std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  const int port = numeric ? std::stoi(digits) : 0;
  if (port < 1 || port > 65535) return std::unexpected("has no port from 1 to 65535");
  return TcpLine{host, static_cast<std::uint16_t>(port)};
}

void read_place(TomlTable& table, LineConfiguration& line) {
  const std::string tcp = table.text_or("tcp", "");
  const std::string device = table.text_or("device", "");
  if (table.has("tcp") && table.has("device")) {
    table.problem("device", "this line has both `tcp` and `device`", "keep the one that the meters are on");
  } else if (table.has("device")) {
    if (device.empty()) {
      table.problem("device", "is empty", "name the adapter, best as /dev/serial/by-id/…");
    }
    line.where = SerialLine{device};
  } else if (table.has("tcp")) {
    if (const auto endpoint = parse_endpoint(tcp)) {
      line.where = *endpoint;
    } else {
      table.problem("tcp", "\"" + tcp + "\" " + endpoint.error(),
                    "write host:port, as in \"127.0.0.1:5601\"");
    }
  } else {
    table.problem("", "this line is nowhere", "add tcp = \"host:port\" or device = \"/dev/ttyUSB0\"");
  }
}

Parity read_parity(TomlTable& table) {
  const std::string parity = table.text_or("parity", "none");
  if (parity == "even") return Parity::even;
  if (parity == "odd") return Parity::odd;
  if (parity != "none") {
    table.problem("parity", "\"" + parity + "\" is no parity", "use \"none\", \"even\" or \"odd\"");
  }
  return Parity::none;
}

std::uint32_t read_baud(TomlTable& table) {
  const std::int64_t baud = table.integer("baud", 1, std::numeric_limits<std::int32_t>::max(), 19200);
  if (std::ranges::find(baud_rates, baud) == baud_rates.end()) {
    table.problem("baud", std::to_string(baud) + " is not a baud rate of meters",
                  "use one of 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200");
  }
  return static_cast<std::uint32_t>(baud);
}

MeterConfiguration read_meter(TomlTable& table) {
  MeterConfiguration meter;
  meter.number = table.text("number");
  if (table.has("number") && !is_number(meter.number)) {
    table.problem("number", "\"" + meter.number + "\" is not a meter number",
                  "write the 11 digits on the meter's plate, in quotes");
  }
  meter.address = static_cast<std::uint8_t>(table.required_integer("address", 1, 247));
  table.refuse_unknown();
  return meter;
}

LineConfiguration read_line(TomlTable& table) {
  LineConfiguration line;
  line.name = name_of(table, "name");
  read_place(table, line);
  line.baud = read_baud(table);
  line.parity = read_parity(table);
  line.timeout_ms = table.integer("timeout_ms", 20, 10'000, 300);
  line.poll_ms = table.integer("poll_ms", 50, 3'600'000, 1000);
  std::map<int, std::size_t> seen;
  for (TomlTable& meter_table : table.tables("meter")) {
    const MeterConfiguration meter = read_meter(meter_table);
    const auto [other, fresh] = seen.try_emplace(meter.address, line.meters.size());
    if (!fresh) {
      meter_table.problem("address",
                          "the line's meters " + std::to_string(other->second) + " and " +
                              std::to_string(line.meters.size()) + " share address " +
                              std::to_string(meter.address),
                          "give each meter of a line its own address");
    }
    line.meters.push_back(meter);
  }
  if (line.meters.empty()) {
    table.problem("meter", "this line has no meters", "add a [[line.meter]] with number and address");
  }
  table.refuse_unknown();
  return line;
}

// Two names of one adapter (a link below /dev/serial and its device) are one place.
std::string place_text(const LineConfiguration& line) {
  if (const auto* serial = std::get_if<SerialLine>(&line.where)) {
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(serial->device, error);
    return error ? serial->device : real.string();
  }
  const auto& tcp = std::get<TcpLine>(line.where);
  return tcp.host.empty() ? "" : tcp.host + ":" + std::to_string(tcp.port);
}

// Who the gateway is at the broker, and whether it speaks TLS.
void read_identity(TomlTable& table, MqttConfiguration& mqtt) {
  mqtt.user = table.text_or("user", "");
  const std::string password_file = table.text_or("password_file", "");
  if (!password_file.empty()) {
    std::ifstream file{password_file};
    if (!std::getline(file, mqtt.password)) {
      table.problem("password_file", "\"" + password_file + "\" cannot be read",
                    "name a file with the password in its first line");
    }
    if (mqtt.user.empty()) {
      table.problem("password_file", "there is a password, but no user", "add user = \"…\"");
    }
  }
  for (const auto& [key, file] :
       {std::pair{"ca_file", &mqtt.ca_file}, std::pair{"cert_file", &mqtt.cert_file},
        std::pair{"key_file", &mqtt.key_file}}) {
    *file = table.text_or(key, "");
    if (!file->empty() && !std::ifstream{*file}) {
      table.problem(key, "\"" + *file + "\" cannot be read", "name a file in PEM form");
    }
  }
  if (!mqtt.cert_file.empty() && mqtt.ca_file.empty()) {
    table.problem("cert_file", "there is no ca_file, and so no TLS", "add ca_file = \"…\"");
  }
  if (mqtt.cert_file.empty() != mqtt.key_file.empty()) {
    table.problem(mqtt.cert_file.empty() ? "key_file" : "cert_file", "cert_file and key_file go together",
                  "name both, or none");
  }
}

void read_lines(TomlTable& root, Configuration& configuration) {
  std::map<std::string, std::string> places;
  std::set<std::string> names;
  std::map<std::string, std::string> numbers;
  for (TomlTable& table : root.tables("line")) {
    LineConfiguration line = read_line(table);
    if (!line.name.empty() && !names.insert(line.name).second) {
      table.problem("name", "two lines are called \"" + line.name + "\"", "give each line its own name");
    }
    const std::string place = place_text(line);
    if (const auto [other, fresh] = places.try_emplace(place, line.name); !place.empty() && !fresh) {
      table.problem(std::holds_alternative<SerialLine>(line.where) ? "device" : "tcp",
                    "lines \"" + other->second + "\" and \"" + line.name + "\" are both on " + place,
                    "put their meters into one [[line]], or correct the place");
    }
    for (const MeterConfiguration& meter : line.meters) {
      if (const auto [other, fresh] = numbers.try_emplace(meter.number, line.name);
          !fresh && !meter.number.empty()) {
        table.problem("meter",
                      "meter " + meter.number + " is twice in the file, on line \"" + other->second +
                          "\" and on line \"" + line.name + "\"",
                      "keep the place where it is wired");
      }
    }
    configuration.lines.push_back(std::move(line));
  }
  if (configuration.lines.empty()) {
    root.problem("line", "there is no line to read", "add a [[line]] with its meters");
  }
}

}  // namespace

std::string describe(const Problem& problem, std::string_view file) {
  std::string text{file};
  if (problem.line > 0) text += ":" + std::to_string(problem.line);
  text += ": ";
  if (!problem.key.empty()) text += problem.key + ": ";
  text += problem.what;
  if (!problem.remedy.empty()) text += ": " + problem.remedy;
  return text;
}

ConfigurationResult parse_configuration(std::string_view text) {
  TomlDocument document{text};
  if (document.parsed()) {
    TomlTable& root = document.root();
    Configuration configuration;
    configuration.site = name_of(root, "site");
    configuration.name = name_of(root, "name");
    configuration.state = root.text("state");
    TomlTable& mqtt = root.table("mqtt");
    configuration.mqtt.host = mqtt.text("host");
    configuration.mqtt.port = port_of(mqtt, "port", 1883);
    configuration.mqtt.outbox_mb = mqtt.integer("outbox_mb", 1, 65536, 64);
    read_identity(mqtt, configuration.mqtt);
    mqtt.refuse_unknown();
    read_lines(root, configuration);
    root.refuse_unknown();
    if (document.problems().empty()) return configuration;
  }
  std::vector<Problem> problems = document.problems();
  std::ranges::stable_sort(problems, {}, &Problem::line);
  return std::unexpected(std::move(problems));
}

ConfigurationResult read_configuration(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    return std::unexpected(std::vector{
        Problem{0, "", "cannot be read", "name a file that exists and is not empty, with --config FILE"}});
  }
  return parse_configuration(text.str());
}

}  // namespace lk::gateway
