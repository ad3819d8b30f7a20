// SPDX-License-Identifier: Apache-2.0
// A command from the platform and its end, as in docs/formats/mqtt.md. Reading and writing the JSON; no I/O,
// no state.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace lk::gateway {

enum class CommandKind : std::uint8_t {
  token,
  order,
  events,  // for the gateway itself: events that it keeps, published again
};

struct Command {
  std::string id;     // the platform's; 1 to 64 visible characters
  std::string meter;  // as the platform wrote it
  CommandKind kind = CommandKind::token;
  std::string body;  // 20 digits, the order in hexadecimal, or "<from>-<to>" of the events
  std::int64_t expires_ms = 0;
  bool operator==(const Command&) const = default;
};

enum class Outcome : std::uint8_t {
  done,     // the meter accepted it, or had accepted it before
  refused,  // the meter refused it: `result` says why
  expired,  // not delivered in time
  failed,   // the gateway cannot: `error` says why
};

struct CommandResult {
  Outcome outcome = Outcome::failed;
  std::optional<std::int64_t> result;  // token_result or order_result
  std::optional<std::int64_t> value;   // token_amount, order_value or how many events the gateway had
  std::string error;                   // of `failed`
  bool uncertain = false;     // of `expired`: a frame was sent and the meter never told what became of it
  std::int64_t attempts = 0;  // frames sent since the gateway last started
};

// Why a message is no command. Where its id could be read the platform gets a `failed` answer.
struct BadCommand {
  std::string id;     // empty: nobody can be answered
  std::string meter;  // as far as it could be read
  std::string what;   // for the log
};

// The numbers of events that a command asks for, both included.
struct EventRange {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

// What the body of a command of kind `events` says.
[[nodiscard]] EventRange event_range(const Command& command);

// Reads the payload of a message on `B/command`.
[[nodiscard]] std::expected<Command, BadCommand> parse_command(std::string_view payload);

// The payload for `B/result`.
[[nodiscard]] std::string result_payload(std::string_view id, std::string_view meter, CommandKind kind,
                                         const CommandResult& result, std::int64_t now_ms);

// "accepted", "used" …; "unknown" for a code that the map does not have.
[[nodiscard]] std::string_view result_name(CommandKind kind, std::int64_t result);
[[nodiscard]] std::string_view kind_name(CommandKind kind);

}  // namespace lk::gateway
