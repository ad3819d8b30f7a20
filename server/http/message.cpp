// SPDX-License-Identifier: Apache-2.0
#include "server/http/message.hpp"

#include <nlohmann/json.hpp>

#include "assert/assert.hpp"

namespace lk::http {
namespace {

const std::string* find(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return &value;
  }
  return nullptr;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad request";
    case 401:
      return "Not logged in";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Too large";
    case 415:
      return "Unsupported content type";
    case 422:
      return "Cannot be done";
    case 426:
      return "Upgrade required";
    case 429:
      return "Too many attempts";
    case 503:
      return "Not available now";
    default:
      return "Server error";
  }
}

}  // namespace

const std::string& Request::parameter(std::string_view name) const {
  const std::string* value = find(parameters, name);
  ensure(value != nullptr);
  return *value;
}

const std::string* Request::asked(std::string_view name) const {
  return find(query, name);
}

Response response_of(const Problem& problem) {
  nlohmann::ordered_json body = {{"type", "urn:latchkey:problem:" + problem.name},
                                 {"title", title_of(problem.status)},
                                 {"status", problem.status},
                                 {"detail", problem.detail}};
  if (!problem.field.empty()) body["field"] = problem.field;
  Response response{problem.status,
                    body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                    "application/problem+json",
                    {}};
  if (problem.status == 429) response.headers.emplace_back("Retry-After", "60");
  return response;
}

bool percent_decode(std::string_view text, bool query, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return true;
}

bool parse_target(std::string_view target, Request& request) {
  if (target.empty() || target.front() != '/') return false;
  const auto question = target.find('?');
  if (!percent_decode(target.substr(0, question), false, request.path)) return false;
  if (question == std::string_view::npos) return true;
  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string_view item = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    std::pair<std::string, std::string> pair;
    if (!percent_decode(item.substr(0, equals), true, pair.first)) return false;
    if (equals != std::string_view::npos && !percent_decode(item.substr(equals + 1), true, pair.second))
      return false;
    request.query.push_back(std::move(pair));
  }
  return true;
}

std::string cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = header.find(';');
    std::string_view item = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    const auto equals = item.find('=');
    if (equals != std::string_view::npos && item.substr(0, equals) == name)
      return std::string(item.substr(equals + 1));
  }
  return {};
}

}  // namespace lk::http
