// SPDX-License-Identifier: Apache-2.0
#include "gateway/command/command.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "dictionary/codes.hpp"

namespace lk::gateway {
namespace {

using nlohmann::json;

constexpr std::size_t token_digits = 20;
constexpr std::size_t id_bytes_max = 64;
// Sealed order (docs/formats/order.md): 17 bytes, 0 to 45 of arguments, 16 of seal.
constexpr std::size_t order_bytes_min = 33;
constexpr std::size_t order_bytes_max = 78;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_visible(char c) {
  return c > ' ' && c < 0x7F;
}

std::string text_of(const json& message, const char* key) {
  const auto found = message.find(key);
  return found != message.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool is_token(const std::string& body) {
  return body.size() == token_digits && std::ranges::all_of(body, is_digit);
}

bool is_order(const std::string& body) {
  return body.size() % 2 == 0 && body.size() >= 2 * order_bytes_min && body.size() <= 2 * order_bytes_max &&
         std::ranges::all_of(body, is_hex);
}

// "<from>-<to>"; empty where the fields are not a range of event numbers.
std::string range_of(const json& message) {
  const auto from = message.find("from");
  const auto to = message.find("to");
  if (from == message.end() || to == message.end()) return {};
  if (!from->is_number_integer() || !to->is_number_integer()) return {};
  const auto first = from->get<std::int64_t>();
  const auto last = to->get<std::int64_t>();
  return first >= 1 && first <= last ? std::to_string(first) + "-" + std::to_string(last) : std::string{};
}

bool is_body_field(CommandKind kind, const std::string& key) {
  return kind == CommandKind::events ? key == "from" || key == "to" : key == kind_name(kind);
}

// What is wrong with the fields behind id and meter; empty where nothing is.
std::string read_body(const json& message, Command& command) {
  const std::string kind = text_of(message, "kind");
  if (kind == "token") {
    command.kind = CommandKind::token;
    command.body = text_of(message, "token");
    if (!is_token(command.body)) return "token: not 20 digits";
  } else if (kind == "order") {
    command.kind = CommandKind::order;
    command.body = text_of(message, "order");
    if (!is_order(command.body)) return "order: not 33 to 78 bytes in hexadecimal";
  } else if (kind == "events") {
    command.kind = CommandKind::events;
    command.body = range_of(message);
    if (command.body.empty()) return "from, to: not numbers of events";
  } else {
    return "kind: neither \"token\" nor \"order\" nor \"events\"";
  }
  const auto expires = message.find("expires");
  if (expires == message.end() || !expires->is_number_integer()) return "expires: not a time in ms";
  command.expires_ms = expires->get<std::int64_t>();
  for (const auto& [key, value] : message.items()) {
    const bool known = key == "id" || key == "meter" || key == "kind" || key == "expires" ||
                       is_body_field(command.kind, key);
    if (!known) return key + ": not a field of this command";
  }
  return {};
}

}  // namespace

std::expected<Command, BadCommand> parse_command(std::string_view payload) {
  const json message = json::parse(payload, nullptr, false);
  if (!message.is_object()) return std::unexpected(BadCommand{"", "", "not a JSON object"});
  Command command;
  command.id = text_of(message, "id");
  command.meter = text_of(message, "meter");
  const bool answerable =
      !command.id.empty() && command.id.size() <= id_bytes_max && std::ranges::all_of(command.id, is_visible);
  if (!answerable)
    return std::unexpected(BadCommand{"", command.meter, "id: not 1 to 64 visible characters"});
  if (command.meter.empty()) return std::unexpected(BadCommand{command.id, "", "meter: missing"});
  if (std::string wrong = read_body(message, command); !wrong.empty()) {
    return std::unexpected(BadCommand{command.id, command.meter, std::move(wrong)});
  }
  return command;
}

std::string_view kind_name(CommandKind kind) {
  switch (kind) {
    case CommandKind::token:
      return "token";
    case CommandKind::order:
      return "order";
    case CommandKind::events:
      return "events";
  }
  return {};
}

EventRange event_range(const Command& command) {
  EventRange range;
  const char* end = command.body.data() + command.body.size();
  const auto [dash, error] = std::from_chars(command.body.data(), end, range.from);
  if (error == std::errc{} && dash != end) std::from_chars(dash + 1, end, range.to);
  return range;
}

std::string_view result_name(CommandKind kind, std::int64_t result) {
  const auto code = static_cast<std::uint16_t>(result);
  return kind == CommandKind::token ? dictionary::token_result_name(code)
                                    : dictionary::order_result_name(code);
}

std::string result_payload(std::string_view id, std::string_view meter, CommandKind kind,
                           const CommandResult& result, std::int64_t now_ms) {
  nlohmann::ordered_json message{{"id", id}, {"meter", meter}};
  switch (result.outcome) {
    case Outcome::done:
      message["outcome"] = "done";
      break;
    case Outcome::refused:
      message["outcome"] = "refused";
      break;
    case Outcome::expired:
      message["outcome"] = "expired";
      break;
    case Outcome::failed:
      message["outcome"] = "failed";
      message["error"] = result.error;
      break;
  }
  if (result.result) {
    message["result"] = *result.result;
    message["result_name"] = result_name(kind, *result.result);
  }
  if (result.value) message["value"] = *result.value;
  if (result.uncertain) message["uncertain"] = true;
  message["attempts"] = result.attempts;
  message["ts"] = now_ms;
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace lk::gateway
