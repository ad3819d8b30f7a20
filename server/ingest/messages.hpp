// SPDX-License-Identifier: Apache-2.0
// The messages of docs/formats/mqtt.md, decoded: bad bytes give a reason, never a crash.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "server/meters/events.hpp"
#include "server/meters/ports.hpp"
#include "server/meters/reading.hpp"

namespace lk::ingest {

struct Status {
  bool online = false;
  std::optional<std::int64_t> ts;  // the last will has none
  std::string lines = "[]";        // JSON
  std::int64_t dropped = 0;        // readings and events that the gateway's outbox lost
};

struct Link {
  std::int64_t ts = 0;
  bool reachable = false;
  std::string reason;
};

enum class Outcome { done, refused, expired, failed };

struct CommandResult {
  std::string id;
  std::string meter;
  Outcome outcome = Outcome::failed;
  std::optional<std::int64_t> result;
  std::string result_name;
  std::string error;
  std::optional<std::int64_t> value;
  std::int64_t ts = 0;
};

struct Incoming {
  std::string gateway;
  std::string meter;  // of a reading, an event or a link
  std::variant<Status, meters::Reading, meters::Event, Link, CommandResult> body;
};

// Decodes a message of a topic `latchkey/v1/<site>/<gateway>/…`; the error says what is wrong with it.
[[nodiscard]] std::expected<Incoming, std::string> decode(std::string_view topic, std::string_view payload);

// The payload of a command.
[[nodiscard]] std::string encode(const meters::Command& command);

}  // namespace lk::ingest
