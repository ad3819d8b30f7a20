// SPDX-License-Identifier: Apache-2.0
// Between Beast's messages and the plain data of message.hpp. Included by the listener alone: Beast is slow
// to compile.
#pragma once

#include <boost/beast/http.hpp>
#include <optional>
#include <set>
#include <string>

#include "server/http/message.hpp"

namespace lk::http::wire {

using Message = boost::beast::http::request<boost::beast::http::string_body>;
using Answer = boost::beast::http::response<boost::beast::http::string_body>;

[[nodiscard]] Response refusal(int status, const char* name, const std::string& detail);

// What to say to bytes that are no request, where there is anybody to say it to.
[[nodiscard]] std::optional<Response> answer_to(const boost::beast::error_code& error);

// `remote`: address of the other end of the connection. Where that is one of `trusted_proxies`, it is
// believed what it tells in X-Forwarded-For (its last address) and X-Forwarded-Proto. Nothing where the path
// is damaged.
[[nodiscard]] std::optional<Request> request_of(const Message& message, const std::string& remote,
                                                const std::set<std::string>& trusted_proxies);

[[nodiscard]] Answer message_of(Response&& response, unsigned version, bool keep_alive, bool head);

// A page of another origin must not open a socket with this one's cookie.
[[nodiscard]] bool same_origin(const Message& message);

}  // namespace lk::http::wire
