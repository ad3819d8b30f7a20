// SPDX-License-Identifier: Apache-2.0
// A value of a JSON document together with its place, so that every problem can name it. Reading a value that
// is wrong notes the problem and gives a harmless one, so that all problems are found in one go.
#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tools/latchkey/tariff/document.hpp"

namespace lk::tools {

class Node {
 public:
  Node(const nlohmann::ordered_json& value, std::string place, std::vector<Problem>& problems)
      : value_(&value), place_(std::move(place)), problems_(&problems) {}

  void error(const std::string& text) const { problems_->push_back({true, place_, text}); }

  // This must be an object with no other keys than these; notes each that is unknown or missing.
  bool object(std::initializer_list<const char*> required, std::initializer_list<const char*> optional) const;
  // The member, or nothing.
  [[nodiscard]] std::optional<Node> find(const char* key) const;
  // The same where `object` has found that it is there.
  [[nodiscard]] Node required(const char* key) const;
  // Names and members of an object, in the document's order; `what` says what it should have been.
  [[nodiscard]] std::vector<std::pair<std::string, Node>> members(const char* what) const;
  // The elements of a list of at most `most`.
  [[nodiscard]] std::vector<Node> elements(const char* what, std::size_t most) const;

  [[nodiscard]] std::string text(std::size_t most_characters) const;
  [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;
  // A decimal number in a string, in counts of 10^-places, up to `most`; `unit` goes into the example.
  [[nodiscard]] std::int64_t decimal(int places, std::int64_t most) const;
  // "HH:MM" as minutes, 00:00 to 24:00.
  [[nodiscard]] int time_of_day() const;
  // Which of the names this is; notes an error where it is none of them.
  [[nodiscard]] std::uint8_t name(const std::vector<std::string>& names, const char* what) const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_text() const;
  [[nodiscard]] const std::string& place() const { return place_; }

 private:
  const nlohmann::ordered_json* value_;
  std::string place_;
  std::vector<Problem>* problems_;
};

}  // namespace lk::tools
