// SPDX-License-Identifier: Apache-2.0
// A request and a response as the handlers see them: plain data, without sockets, so that a test calls a
// handler as a function. A refusal is a Problem (RFC 9457).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lk::http {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string path;  // decoded, without the query
  Pairs query;       // decoded
  std::string body;
  std::string content_type;
  std::string authorization;
  std::string cookie;
  std::string if_none_match;
  std::string remote;      // address of the other end, or what a trusted proxy says it is
  bool is_secure = false;  // a trusted proxy took it over TLS
  Pairs parameters;        // what the route's {names} stand for

  // The value of a path parameter of the matched route.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
  // The value of a query parameter, or nullptr.
  [[nodiscard]] const std::string* asked(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  Pairs headers;
};

struct Problem {
  int status = 422;
  std::string name;    // of urn:latchkey:problem:<name>
  std::string detail;  // what was wrong and what to do
  std::string field;   // at fault, or empty
};

using Result = std::expected<Response, Problem>;

// The body of the error answer.
[[nodiscard]] Response response_of(const Problem& problem);

// Percent-decoding, for a path or (with '+' as space) a query; false where an escape is damaged or gives a
// NUL.
[[nodiscard]] bool percent_decode(std::string_view text, bool query, std::string& out);

// Splits and decodes the target of a request line into path and query; false where it is damaged.
[[nodiscard]] bool parse_target(std::string_view target, Request& request);

// The value of a cookie, or empty.
[[nodiscard]] std::string cookie_value(std::string_view header, std::string_view name);

}  // namespace lk::http
