// SPDX-License-Identifier: Apache-2.0
// A plain HTTP/1.1 client for the server's own interface: one request, one connection, JSON in and out. It
// speaks no TLS: where server and desk are apart, a proxy or a tunnel does.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lk::tools::sell {

struct Address {
  std::string host = "127.0.0.1";
  std::string port = "8080";
};

// "http://127.0.0.1:8080" or "127.0.0.1:8080"; nothing for anything else.
[[nodiscard]] std::expected<Address, std::string> parse_address(const std::string& text);

struct Answer {
  int status = 0;
  std::string content_type;
  std::string body;
};

// What went wrong below the answer.
struct Trouble {
  bool sent = false;  // the request may have reached the server: what became of it is not known
  std::string text;
};

// Sends and waits at most 60 s for the whole answer. `token` may be empty; `body` is sent where it is not.
[[nodiscard]] std::expected<Answer, Trouble> ask(const Address& address, const std::string& token,
                                                 const std::string& method, const std::string& path,
                                                 const std::string& body);

// The text for a person of an answer that is a problem.
[[nodiscard]] std::string problem_text(const Answer& answer);

// A random UUID.
[[nodiscard]] std::string new_id();

}  // namespace lk::tools::sell
