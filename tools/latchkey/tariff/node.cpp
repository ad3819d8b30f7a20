// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/node.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "tools/latchkey/tariff/fixed.hpp"

namespace lk::tools {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool is_among(const std::string& key, std::initializer_list<const char*> keys) {
  return std::ranges::any_of(keys, [&](const char* k) { return key == k; });
}

// Cut, so that a wrong value does not flood the terminal.
std::string shown(const nlohmann::ordered_json& value) {
  const std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return text.size() <= 40 ? text : text.substr(0, 40) + "…";
}

}  // namespace

bool Node::object(std::initializer_list<const char*> required,
                  std::initializer_list<const char*> optional) const {
  if (!value_->is_object()) {
    error("is " + shown(*value_) + "; it must be an object { … }");
    return false;
  }
  for (const auto& [key, unused] : value_->items()) {
    if (is_among(key, required) || is_among(key, optional)) continue;
    std::string known;
    for (const auto& keys : {required, optional}) {
      for (const char* k : keys) known += (known.empty() ? "" : ", ") + std::string{k};
    }
    error("has an unknown member \"" + key.substr(0, 40) + "\"; remove it, or use one of: " + known);
  }
  bool is_whole = true;
  for (const char* key : required) {
    if (value_->contains(key)) continue;
    error(std::string{"lacks \""} + key + "\"; add it");
    is_whole = false;
  }
  return is_whole;
}

std::optional<Node> Node::find(const char* key) const {
  if (!value_->is_object()) return {};
  const auto found = value_->find(key);
  if (found == value_->end()) return {};
  return Node{*found, place_.empty() ? key : place_ + "." + key, *problems_};
}

Node Node::required(const char* key) const {
  return value_of(find(key));
}

std::vector<std::pair<std::string, Node>> Node::members(const char* what) const {
  std::vector<std::pair<std::string, Node>> list;
  if (!value_->is_object()) {
    error("is " + shown(*value_) + "; it must be " + what);
    return list;
  }
  for (const auto& [key, value] : value_->items())
    list.emplace_back(key, Node{value, place_ + "." + key, *problems_});
  return list;
}

std::vector<Node> Node::elements(const char* what, std::size_t most) const {
  std::vector<Node> list;
  if (!value_->is_array()) {
    error("is " + shown(*value_) + "; it must be a list [ … ] of " + what);
    return list;
  }
  if (value_->size() > most) {
    error("has " + std::to_string(value_->size()) + " " + what + "; at most " + std::to_string(most) +
          " are possible");
    return list;
  }
  for (const auto& value : *value_) {
    list.emplace_back(value, place_ + "[" + std::to_string(list.size()) + "]", *problems_);
  }
  return list;
}

std::string Node::text(std::size_t most_characters) const {
  if (value_->is_string()) {
    const auto& text = value_->get_ref<const std::string&>();
    if (!text.empty() && text.size() <= most_characters) return text;
  }
  error("is " + shown(*value_) + "; write a text of 1 to " + std::to_string(most_characters) + " characters");
  return "?";
}

std::int64_t Node::integer(std::int64_t least, std::int64_t most) const {
  if (value_->is_number_integer() &&
      !(value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX)) {
    const auto number = value_->get<std::int64_t>();
    if (number >= least && number <= most) return number;
  }
  error("is " + shown(*value_) + "; write a whole number from " + std::to_string(least) + " to " +
        std::to_string(most));
  return least;
}

std::int64_t Node::decimal(int places, std::int64_t most) const {
  if (value_->is_string()) {
    const auto count = parse_fixed(value_->get_ref<const std::string&>(), places);
    if (count && *count <= most) return *count;
  }
  error("is " + shown(*value_) + "; write a decimal number in quotes, from 0 to " +
        print_fixed(most, places) + ", with at most " + std::to_string(places) + " places");
  return 0;
}

int Node::time_of_day() const {
  if (value_->is_string()) {
    const auto& text = value_->get_ref<const std::string&>();
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
      const int hour = (text[0] - '0') * 10 + text[1] - '0';
      const int minute = (text[3] - '0') * 10 + text[4] - '0';
      if (minute < 60 && hour * 60 + minute <= 1440) return hour * 60 + minute;
    }
  }
  error("is " + shown(*value_) + "; write a time of day as \"06:30\", from \"00:00\" to \"24:00\"");
  return 0;
}

std::uint8_t Node::name(const std::vector<std::string>& names, const char* what) const {
  if (value_->is_string()) {
    const auto found = std::ranges::find(names, value_->get_ref<const std::string&>());
    if (found != names.end()) return static_cast<std::uint8_t>(found - names.begin());
  }
  error("is " + shown(*value_) + ", which is no " + what + "; use one of: " + joined(names) + ", or add it");
  return 0;
}

bool Node::is_object() const {
  return value_->is_object();
}

bool Node::is_text() const {
  return value_->is_string();
}

}  // namespace lk::tools
