// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "dictionary/dictionary.hpp"
#include "modbus/master.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/read/dlt645_reader.hpp"
#include "tools/latchkey/read/dlt645_reading.hpp"
#include "tools/latchkey/read/line_port.hpp"
#include "tools/latchkey/read/reading.hpp"

namespace lk::tools {

namespace {

constexpr int retries = 2;

struct Options {
  std::string tcp;
  std::string device;
  std::string dlt645;  // the meter's number; empty: Modbus
  SerialSettings serial;
  std::string parity = "none";
  int address = 1;
  int timeout_ms = 500;
  int function = 3;
  std::vector<std::string> names;
  std::string first_register;
  std::string type = "u16";
  int count = 1;
  int scale = 0;
  bool all = false;
  bool list = false;
  bool json = false;
};

const std::string device_answered = "the device answered: ";

std::string exception_words(modbus::Exception exception) {
  const std::string code = " (exception " + std::to_string(static_cast<int>(exception)) + ")";
  switch (exception) {
    case modbus::Exception::illegal_function:
      return "illegal function" + code + "; try --function 3 or 4";
    case modbus::Exception::illegal_address:
      return "illegal data address" + code + "; it has no such register";
    case modbus::Exception::illegal_value:
      return "illegal data value" + code + "; it does not give that many registers at once";
    case modbus::Exception::device_failure:
      return "device failure" + code;
    case modbus::Exception::acknowledge:
      return "accepted, still at work" + code + "; ask again later";
    case modbus::Exception::busy:
      return "busy" + code + "; ask again later";
    case modbus::Exception::none:
      break;
  }
  return "a code that Modbus does not define" + code;
}

std::string reply_error_words(modbus::ReplyError error) {
  switch (error) {
    case modbus::ReplyError::other_unit:
      return "another device answered; is there a second master on the line, or one address given twice?";
    case modbus::ReplyError::other_function:
    case modbus::ReplyError::other_content:
      return "the answer is of another request; is there a second master on the line?";
    case modbus::ReplyError::wrong_size:
      return "the answer has another number of registers than asked for";
    case modbus::ReplyError::too_short:
    case modbus::ReplyError::too_long:
    case modbus::ReplyError::bad_crc:
      break;
  }
  return "the answer was damaged (CRC error)";
}

class Reader {
 public:
  Reader(LinePort port, const Options& options) : port_(std::move(port)), options_(options) {}

  std::vector<std::byte> read(const Batch& batch, std::span<const Item> items) {
    const auto is_input = [items](std::size_t index) { return items[index].is_input; };
    by_input_ = options_.function == 4 || std::ranges::all_of(batch.items, is_input);
    std::string complaint;
    for (int attempt = 0; attempt <= retries; ++attempt) {
      auto registers = attempt_read(batch, complaint);
      if (!registers.empty()) return registers;
    }
    throw DeviceError(place(batch) + ": " + complaint + " (asked " + std::to_string(retries + 1) + " times)");
  }

 private:
  std::string place(const Batch& batch) const {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "address %d, registers 0x%04X to 0x%04X", options_.address,
                  batch.address, batch.address + batch.register_count - 1);
    return text.data();
  }

  std::vector<std::byte> attempt_read(const Batch& batch, std::string& complaint) {
    std::array<std::byte, modbus::max_frame_bytes> room;
    const auto function =
        by_input_ ? modbus::Function::read_input_registers : modbus::Function::read_holding_registers;
    const std::size_t size = modbus::read_request(room, static_cast<std::uint8_t>(options_.address), function,
                                                  batch.address, batch.register_count);
    const auto request = std::span(room).first(size);
    const auto frame = port_.ask(request, std::chrono::milliseconds(options_.timeout_ms));
    if (!frame) {
      complaint = frame.error() == NoAnswer::silent
                      ? "no answer in " + std::to_string(options_.timeout_ms) +
                            " ms; check wiring, --address, --baud and --parity"
                      : "the answer was damaged (CRC error); check --baud, --parity, termination and noise";
      return {};
    }
    const auto reply = modbus::parse_reply(request, *frame);
    if (!reply) {
      complaint = reply_error_words(reply.error());
      return {};
    }
    if (reply->exception != modbus::Exception::none) {
      throw DeviceError(place(batch) + ": " + device_answered + exception_words(reply->exception));
    }
    return {reply->data.begin(), reply->data.end()};
  }

  LinePort port_;
  const Options& options_;
  bool by_input_ = false;
};

// "limit_power[3]" is slot 3; a name alone is slot 0.
std::pair<std::string, std::uint16_t> name_and_slot(const std::string& name) {
  const std::size_t open = name.find('[');
  if (open == std::string::npos) return {name, 0};
  const std::string digits = name.substr(open + 1, name.size() - open - 2);
  const bool is_slot = name.back() == ']' && !digits.empty() && digits.size() <= 3 &&
                       digits.find_first_not_of("0123456789") == std::string::npos;
  if (!is_slot) throw UserError("\"" + name + "\": a slot is written as name[0]");
  return {name.substr(0, open), static_cast<std::uint16_t>(std::stoul(digits))};
}

Item named_item(const std::string& name) {
  if (const dictionary::FloatView* view = dictionary::find_float(name)) return item_of(*view);
  const auto [plain_name, slot] = name_and_slot(name);
  const dictionary::Row* row = dictionary::find(plain_name);
  if (row == nullptr) {
    std::string near;
    for (const std::string& candidate : near_names(name)) near += (near.empty() ? "" : ", ") + candidate;
    throw UserError(
        "no value is called \"" + name + "\"; " +
        (near.empty() ? "`latchkey read --list` shows all names" : "did you mean: " + near + "?"));
  }
  if (!row->is_readable()) throw UserError("\"" + name + "\" can only be written");
  if (slot >= row->slot_count) {
    throw UserError("\"" + plain_name + "\" has the slots 0 to " + std::to_string(row->slot_count - 1));
  }
  return item_of(*row, slot);
}

std::vector<Item> raw_items(const Options& options) {
  std::size_t used = 0;
  unsigned long first = 0;
  try {
    first = std::stoul(options.first_register, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != options.first_register.size() || first > 0xFFFF) {
    throw UserError("--register: \"" + options.first_register +
                    "\" is no register; 0 to 65535 or 0x0000 to 0xFFFF");
  }
  const auto type = value_type(options.type);
  if (!type) throw UserError("--type: one of u16, i16, u32, i32, u64, i64, float32, ascii");
  // A text is one value of `count` registers; of numbers there are `count`.
  const bool is_text = *type == ValueType::ascii;
  const int registers = is_text ? options.count : register_count_of(*type);
  const int values = is_text ? 1 : options.count;
  if (first + static_cast<unsigned long>(registers * values) > 0x10000)
    throw UserError("--count: goes past 0xFFFF");
  if (registers > modbus::max_read_registers) throw UserError("--count: a text has at most 125 registers");
  std::vector<Item> items;
  for (int i = 0; i < values; ++i) {
    Item item{.address = static_cast<std::uint16_t>(first + static_cast<unsigned long>(i * registers)),
              .register_count = static_cast<std::uint16_t>(registers),
              .type = *type,
              .scale = options.scale};
    std::array<char, 8> name{};
    std::snprintf(name.data(), name.size(), "0x%04X", item.address);
    item.name = name.data();
    items.push_back(item);
  }
  return items;
}

std::vector<Item> wanted_items(const Options& options) {
  std::vector<Item> items;
  for (const dictionary::Row& row : dictionary::rows()) {
    if (!options.all || !row.is_readable()) continue;
    if (row.type == dictionary::Type::counted) continue;  // bytes of a log: nothing for the eye
    for (std::uint16_t slot = 0; slot < row.slot_count; ++slot) items.push_back(item_of(row, slot));
  }
  for (const std::string& name : options.names) items.push_back(named_item(name));
  if (!options.first_register.empty()) {
    for (Item& item : raw_items(options)) items.push_back(std::move(item));
  }
  if (items.empty())
    throw UserError("nothing to read; give names (`latchkey read --list`), --register or --all");
  return items;
}

void print_list() {
  for (const dictionary::FloatView& view : dictionary::float_views()) {
    std::printf("0x%04X  %-26s  %s\n", view.address, std::string(view.name).c_str(),
                std::string(dictionary::symbol(view.unit)).c_str());
  }
  for (const dictionary::Row& row : dictionary::rows()) {
    if (!row.is_readable()) continue;
    std::printf("0x%04X  %-26.*s  %.*s\n", row.address, static_cast<int>(row.name.size()), row.name.data(),
                static_cast<int>(dictionary::symbol(row.unit).size()), dictionary::symbol(row.unit).data());
  }
}

void print_text(const std::vector<Item>& items, const std::vector<Value>& values) {
  std::size_t width = 0;
  for (const Item& item : items) width = std::max(width, item.name.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string unit = values[i].unit.empty() ? "" : " " + values[i].unit;
    std::printf("%-*s  %s%s\n", static_cast<int>(width), items[i].name.c_str(), values[i].text.c_str(),
                unit.c_str());
  }
}

void print_json(const std::vector<Item>& items, const std::vector<Value>& values) {
  std::string line = "{";
  for (std::size_t i = 0; i < items.size(); ++i) {
    line += (i == 0 ? "" : ", ") + json_text(items[i].name) + ": {\"value\": " + values[i].json;
    if (!values[i].raw.empty()) line += ", \"raw\": " + values[i].raw;
    if (!items[i].unit.empty()) line += ", \"unit\": " + json_text(items[i].unit);
    line += "}";
  }
  std::printf("%s}\n", line.c_str());
}

LinePort open_port(Options& options) {
  options.serial.parity = options.parity == "even"  ? Parity::even
                          : options.parity == "odd" ? Parity::odd
                                                    : Parity::none;
  if (options.tcp.empty() == options.device.empty()) {
    throw UserError("give either --tcp HOST:PORT or --device PATH");
  }
  return options.tcp.empty() ? LinePort::open_device(options.device, options.serial)
                             : LinePort::connect_tcp(options.tcp, options.serial);
}

// One line or member for each identifier; the values of a block behind each other.
void read_dlt645(Options& options) {
  if (options.names.empty())
    throw UserError(
        "nothing to read; give names or data identifiers of eight digits (docs/formats/dlt645.md)");
  std::vector<std::uint32_t> identifiers;
  for (const std::string& name : options.names) {
    const auto identifier = identifier_of(name);
    if (!identifier) {
      throw UserError("\"" + name +
                      "\": DL/T 645 has no such value; give a data identifier of eight digits, or a "
                      "name of the dictionary that one of them shows (docs/formats/dlt645.md)");
    }
    identifiers.push_back(*identifier);
  }
  Dlt645Reader reader{open_port(options), options.dlt645, std::chrono::milliseconds(options.timeout_ms)};
  std::string json;
  for (std::size_t i = 0; i < identifiers.size(); ++i) {
    std::string texts;
    std::string members;
    std::string unit;
    for (const Dlt645Value& value : values_of(identifiers[i], reader.read(identifiers[i]))) {
      texts += (texts.empty() ? "" : " ") + value.text;
      members += (members.empty() ? "" : ", ") + json_text(value.text);
      unit = value.unit;
    }
    if (!options.json) {
      std::printf("%-20s  %s%s\n", options.names[i].c_str(), texts.c_str(),
                  unit.empty() ? "" : (" " + unit).c_str());
      continue;
    }
    json += (json.empty() ? "{" : ", ") + json_text(options.names[i]) + ": {\"values\": [" + members + "]";
    if (!unit.empty()) json += ", \"unit\": " + json_text(unit);
    json += "}";
  }
  if (options.json) std::printf("%s}\n", json.c_str());
}

void read(Options& options) {
  if (!options.dlt645.empty()) {
    read_dlt645(options);
    return;
  }
  if (options.list) {
    print_list();
    return;
  }
  const std::vector<Item> items = wanted_items(options);
  Reader reader(open_port(options), options);
  std::vector<Value> values(items.size());
  for (const Batch& batch : plan(items)) {
    const std::vector<std::byte> registers = reader.read(batch, items);
    for (const std::size_t index : batch.items) {
      const Item& item = items[index];
      const auto first = static_cast<std::size_t>(item.address - batch.address);
      const std::size_t count = item.register_count;
      values[index] = value_of(item, std::span(registers).subspan(2 * first, 2 * count));
    }
  }
  options.json ? print_json(items, values) : print_text(items, values);
}

}  // namespace

void add_read_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "read", "Read a Modbus RTU device by dictionary name or register, or a meter by DL/T 645");
  command->add_option("--tcp", options->tcp, "TCP serial line, HOST:PORT");
  command->add_option("--device", options->device, "serial port or pseudo-terminal");
  command->add_option(
      "--dlt645", options->dlt645,
      "by DL/T 645-2007: the meter's number, or `any`; names may be data identifiers, like 00010000");
  command->add_option("--baud", options->serial.baud, "baud rate of the line")
      ->capture_default_str()
      ->check(CLI::Range(1200, 115200));
  command->add_option("--parity", options->parity, "none, even or odd")
      ->check(CLI::IsMember({"none", "even", "odd"}));
  command->add_option("--stop-bits", options->serial.stop_bits, "1 or 2")->check(CLI::Range(1, 2));
  command->add_option("--address", options->address, "of the device")
      ->capture_default_str()
      ->check(CLI::Range(1, 247));
  command->add_option("--timeout", options->timeout_ms, "ms to wait for an answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 60'000));
  command->add_option("--function", options->function, "3 or 4")
      ->capture_default_str()
      ->check(CLI::Range(3, 4));
  command->add_option("names", options->names, "values by name (see --list)");
  command->add_option("--register", options->first_register, "first register, like 0x2000");
  command->add_option("--type", options->type, "u16, i16, u32, i32, u64, i64, float32, ascii")
      ->capture_default_str();
  command->add_option("--count", options->count, "how many values (of a text: registers)")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--scale", options->scale, "power of ten that a register's number is multiplied by")
      ->check(CLI::Range(-18, 18));
  command->add_flag("--all", options->all, "everything the dictionary knows");
  command->add_flag("--list", options->list, "only show the names");
  command->add_flag("--json", options->json, "one JSON object");
  command->callback([options] { read(*options); });
}

}  // namespace lk::tools
