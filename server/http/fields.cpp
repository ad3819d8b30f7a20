// SPDX-License-Identifier: Apache-2.0
#include "server/http/fields.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "server/ledger/decimal.hpp"

namespace lk::http {
namespace {

using Json = nlohmann::json;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// Parses with a bound on depth, and refuses a key that comes twice in an object.
std::optional<Json> parse(const std::string& body, std::string& why) {
  std::vector<std::set<std::string>> keys;
  std::string doubled;
  const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > 16) doubled = "nested too deeply";
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.empty()) {
      if (!keys.back().insert(parsed.get<std::string>()).second) doubled = "a field is there twice";
    }
    return doubled.empty();
  };
  try {
    Json json = Json::parse(body, watch);
    why = doubled;
    if (doubled.empty()) return json;
  } catch (const Json::exception& error) {
    why = error.what();
  }
  return std::nullopt;
}

}  // namespace

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

struct Fields::Body {
  Json json;
  [[nodiscard]] const Json* find(std::string_view name) const {
    const auto found = json.find(name);
    return found == json.end() || found->is_null() ? nullptr : &*found;
  }
};

Fields::Fields(const std::string& body) : body_(std::make_unique<Body>()) {
  std::string why;
  auto json = parse(body, why);
  if (json && json->is_object()) {
    body_->json = std::move(*json);
    return;
  }
  body_->json = Json::object();
  problem_ =
      Problem{400, "bad_json", "The body must be one JSON object" + (why.empty() ? "." : ": " + why), ""};
}

Fields::~Fields() = default;

bool Fields::has(std::string_view name) const {
  return body_->find(name) != nullptr;
}

void Fields::refuse(std::string_view name, std::string_view detail) {
  if (!problem_)
    problem_ = Problem{422, "bad_field", std::string(name) + " " + std::string(detail), std::string(name)};
}

std::optional<Problem> Fields::problem() {
  if (problem_) return problem_;
  for (const auto& [key, value] : body_->json.items()) {
    if (!known_.contains(key)) {
      problem_ = Problem{422, "unknown_field", "There is no field of this name here; leave it out.", key};
    }
  }
  return problem_;
}

const std::string* Fields::string_at(std::string_view name, bool required) {
  known_.emplace(name);
  const Json* value = body_->find(name);
  if (value == nullptr) {
    if (required) refuse(name, "is missing");
    return nullptr;
  }
  const auto* text = value->get_ptr<const std::string*>();
  if (text == nullptr) refuse(name, "must be a string");
  return text;
}

std::string Fields::text(std::string_view name, std::size_t most) {
  const std::string* text = string_at(name, true);
  if (text == nullptr) return {};
  if (text->empty() || text->size() > most) refuse(name, "must have 1 to " + std::to_string(most) + " bytes");
  if (std::ranges::any_of(*text, is_control)) refuse(name, "must not have control characters");
  return *text;
}

std::string Fields::optional_text(std::string_view name, std::size_t most) {
  known_.emplace(name);
  const Json* value = body_->find(name);
  if (value == nullptr || (value->is_string() && value->get_ref<const std::string&>().empty())) return {};
  return text(name, most);
}

std::string Fields::uuid(std::string_view name) {
  const std::string* text = string_at(name, true);
  if (text == nullptr) return {};
  if (!is_uuid(*text)) refuse(name, "must be a UUID, like 01929bd4-7f3a-7c44-9e52-0a1b2c3d4e5f");
  std::string lower = *text;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<std::string> Fields::optional_uuid(std::string_view name) {
  known_.emplace(name);
  if (!has(name)) return std::nullopt;
  return uuid(name);
}

std::string Fields::digits(std::string_view name, std::size_t count) {
  const std::string* text = string_at(name, true);
  if (text == nullptr) return {};
  if (text->size() != count || !std::ranges::all_of(*text, is_digit)) {
    refuse(name, "must be " + std::to_string(count) + " digits");
  }
  return *text;
}

std::string Fields::code(std::string_view name) {
  const std::string* text = string_at(name, true);
  if (text == nullptr) return {};
  const bool fits = !text->empty() && text->size() <= 32 && std::ranges::all_of(*text, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  });
  if (!fits) refuse(name, "must be 1 to 32 characters of a-z, 0-9 and -");
  return *text;
}

std::string Fields::word(std::string_view name, std::initializer_list<std::string_view> words,
                         bool required) {
  const std::string* text = string_at(name, required);
  if (text == nullptr) return std::string(*words.begin());
  if (std::ranges::find(words, *text) != words.end()) return *text;
  std::string list = "must be one of";
  for (const std::string_view word : words) list += " " + std::string(word);
  refuse(name, list);
  return std::string(*words.begin());
}

quantity::Money Fields::money(std::string_view name) {
  const std::string* text = string_at(name, true);
  if (text == nullptr) return {};
  if (const auto amount = ledger::parse_money(*text)) return *amount;
  refuse(name, "must be a decimal string with at most 13 digits and 5 decimals, like \"50.00\"");
  return {};
}

quantity::Price Fields::price(std::string_view name) {
  const std::string* text = string_at(name, true);
  if (text == nullptr) return {};
  if (const auto price = ledger::parse_price(*text)) return *price;
  refuse(name, "must be a decimal string with at most 6 digits and 4 decimals, like \"0.2500\"");
  return {};
}

std::optional<std::int64_t> Fields::integer_at(std::string_view name, std::int64_t least, std::int64_t most,
                                               bool required) {
  known_.emplace(name);
  const Json* value = body_->find(name);
  if (value == nullptr) {
    if (required) refuse(name, "is missing");
    return std::nullopt;
  }
  const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  if (!value->is_number_integer() || huge || value->get<std::int64_t>() < least ||
      value->get<std::int64_t>() > most) {
    refuse(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::int64_t Fields::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  return integer_at(name, least, most, true).value_or(least);
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name, std::int64_t least,
                                                     std::int64_t most) {
  return integer_at(name, least, most, false);
}

bool Fields::flag(std::string_view name, bool otherwise) {
  known_.emplace(name);
  const Json* value = body_->find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) {
    refuse(name, "must be true or false");
    return otherwise;
  }
  return value->get<bool>();
}

std::expected<std::int64_t, Problem> query_integer(const Request& request, std::string_view name,
                                                   std::int64_t least, std::int64_t most,
                                                   std::int64_t otherwise) {
  const std::string* text = request.asked(name);
  if (text == nullptr) return otherwise;
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error == std::errc{} && stop == end && !text->empty() && number >= least && number <= most)
    return number;
  return std::unexpected(Problem{
      422, "bad_field",
      std::string(name) + " must be an integer from " + std::to_string(least) + " to " + std::to_string(most),
      std::string(name)});
}

}  // namespace lk::http
