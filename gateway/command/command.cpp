// SPDX-License-Identifier: Apache-2.0
#include "gateway/command/command.hpp"

#include <algorithm>
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
  } else {
    return "kind: neither \"token\" nor \"order\"";
  }
  const auto expires = message.find("expires");
  if (expires == message.end() || !expires->is_number_integer()) return "expires: not a time in ms";
  command.expires_ms = expires->get<std::int64_t>();
  for (const auto& [key, value] : message.items()) {
    const bool known =
        key == "id" || key == "meter" || key == "kind" || key == "expires" || key == kind_name(command.kind);
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
  return kind == CommandKind::token ? "token" : "order";
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
