// SPDX-License-Identifier: Apache-2.0
#include "server/ingest/messages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace lk::ingest {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t farthest = 1LL << 60;

// Reads the fields of a message and notes the first that is wrong. Unknown fields are let be: a newer gateway
// may tell more.
class Message {
 public:
  explicit Message(const Json& json) : json_(json) {}

  std::optional<std::int64_t> integer(std::string_view name, bool required) {
    const auto found = json_.find(name);
    if (found == json_.end() || found->is_null()) {
      if (required) fault(name);
      return std::nullopt;
    }
    if (!found->is_number_integer()) return fault(name);
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > std::uint64_t{farthest})
      return fault(name);
    const auto value = found->get<std::int64_t>();
    if (value < -farthest || value > farthest) return fault(name);
    return value;
  }
  std::int64_t must(std::string_view name) { return integer(name, true).value_or(0); }

  std::string text(std::string_view name, bool required) {
    const auto found = json_.find(name);
    const bool absent = found == json_.end() || found->is_null();
    if (!absent && found->is_string() && found->get_ref<const std::string&>().size() <= 256) return *found;
    if (!absent || required) fault(name);
    return {};
  }

  bool flag(std::string_view name) {
    const auto found = json_.find(name);
    if (found == json_.end() || !found->is_boolean()) {
      fault(name);
      return false;
    }
    return found->get<bool>();
  }

  // A list of short words without commas.
  std::vector<std::string> words(std::string_view name) {
    std::vector<std::string> list;
    const auto found = json_.find(name);
    if (found == json_.end() || found->is_null()) return list;
    if (!found->is_array() || found->size() > 16) {
      fault(name);
      return list;
    }
    for (const Json& word : *found) {
      const auto* text_of_word = word.get_ptr<const std::string*>();
      const bool plain = text_of_word != nullptr && !text_of_word->empty() && text_of_word->size() <= 32 &&
                         std::ranges::all_of(*text_of_word, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
                         });
      if (!plain) {
        fault(name);
        return {};
      }
      list.push_back(*text_of_word);
    }
    return list;
  }

  std::nullopt_t fault(std::string_view name) {
    if (error_.empty()) error_ = "field " + std::string(name) + " is missing or wrong";
    return std::nullopt;
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  const Json& json_;
  std::string error_;
};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_number(std::string_view text) {
  return text.size() == 11 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string_view> split(std::string_view topic) {
  std::vector<std::string_view> parts;
  while (parts.size() < 8) {
    const auto slash = topic.find('/');
    parts.push_back(topic.substr(0, slash));
    if (slash == std::string_view::npos) break;
    topic.remove_prefix(slash + 1);
  }
  return parts;
}

// The lines of a status, with their plain fields only: what is deeper is not ours to keep.
Json lines_of(const Json& lines) {
  constexpr std::size_t most = 64;
  Json kept = Json::array();
  if (!lines.is_array()) return kept;
  for (const Json& line : lines) {
    if (!line.is_object() || kept.size() == most) continue;
    Json plain = Json::object();
    for (const auto& [key, value] : line.items()) {
      if (value.is_primitive() && plain.size() < most) plain[key] = value;
    }
    kept.push_back(std::move(plain));
  }
  return kept;
}

Status status_of(Message& message, const Json& json) {
  Status status{message.flag("online"), message.integer("ts", false), "[]", 0};
  if (const auto lines = json.find("lines"); lines != json.end()) status.lines = lines_of(*lines).dump();
  status.dropped = message.integer("dropped", false).value_or(0);
  return status;
}

meters::Reading reading_of(Message& message) {
  meters::Reading reading;
  reading.ts = message.must("ts");
  reading.seq = message.must("seq");
  for (const meters::ReadingField& field : meters::reading_fields) {
    reading.*field.member = message.integer(field.name, false);
  }
  const std::string supply = message.text("supply_state", false);
  if (supply == "open" || supply == "closed") {
    reading.supply_closed = supply == "closed";
  } else if (!supply.empty()) {
    message.fault("supply_state");
  }
  reading.hold_reasons = message.words("hold_reasons");
  reading.alarms = message.words("alarms");
  return reading;
}

CommandResult result_of(Message& message) {
  CommandResult result;
  result.id = message.text("id", true);
  result.meter = message.text("meter", false);
  const std::string outcome = message.text("outcome", true);
  if (outcome == "done") {
    result.outcome = Outcome::done;
  } else if (outcome == "refused") {
    result.outcome = Outcome::refused;
  } else if (outcome == "expired") {
    result.outcome = Outcome::expired;
  } else if (outcome != "failed") {
    message.fault("outcome");
  }
  result.result = message.integer("result", false);
  result.result_name = message.text("result_name", false);
  result.error = message.text("error", false);
  result.value = message.integer("value", false);
  result.ts = message.integer("ts", false).value_or(0);
  return result;
}

}  // namespace

std::expected<Incoming, std::string> decode(std::string_view topic, std::string_view payload) {
  const auto parts = split(topic);
  if (parts.size() < 5 || parts[0] != "latchkey" || parts[1] != "v1" || !is_name(parts[3])) {
    return std::unexpected("the topic is not of a gateway");
  }
  if (payload.size() > 64U << 10U) return std::unexpected("the payload is above 64 KiB");
  const Json json = Json::parse(payload, nullptr, false);
  if (!json.is_object()) return std::unexpected("the payload is not a JSON object");
  Message message(json);
  Incoming incoming{std::string(parts[3]), "", Status{}};
  if (parts.size() == 5 && parts[4] == "status") {
    incoming.body = status_of(message, json);
  } else if (parts.size() == 5 && parts[4] == "result") {
    incoming.body = result_of(message);
  } else if (parts.size() == 7 && parts[4] == "meter" && is_number(parts[5])) {
    incoming.meter = parts[5];
    if (parts[6] == "reading") {
      incoming.body = reading_of(message);
    } else if (parts[6] == "event") {
      const std::int64_t ts = message.must("ts");
      const std::int64_t number = message.must("number");
      const std::int64_t code = message.must("code");
      std::string name = message.text("name", false);
      if (name.empty()) name = "event_" + std::to_string(code);
      incoming.body = meters::Event{ts,
                                    number,
                                    code,
                                    std::move(name),
                                    message.integer("detail", false).value_or(0),
                                    message.integer("value", false).value_or(0)};
    } else if (parts[6] == "link") {
      const std::int64_t ts = message.must("ts");
      const bool reachable = message.flag("reachable");
      incoming.body = Link{ts, reachable, message.text("reason", false)};
    } else {
      return std::unexpected("the topic is not known");
    }
  } else {
    return std::unexpected("the topic is not known");
  }
  if (!message.error().empty()) return std::unexpected(message.error());
  return incoming;
}

std::string encode(const meters::Command& command) {
  Json json{{"id", command.id}, {"meter", command.meter}, {"expires", command.expires}};
  switch (command.kind) {
    case meters::CommandKind::token:
      json["kind"] = "token";
      json["token"] = command.content;
      break;
    case meters::CommandKind::order:
      json["kind"] = "order";
      json["order"] = command.content;
      break;
    case meters::CommandKind::events:
      json["kind"] = "events";
      json["from"] = command.events.first;
      json["to"] = command.events.last;
      break;
  }
  return json.dump();
}

}  // namespace lk::ingest
