// SPDX-License-Identifier: Apache-2.0
#include "server/http/wire.hpp"

namespace lk::http::wire {
namespace {

namespace bhttp = boost::beast::http;

std::string text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// The last address of a list: the one that the proxy itself saw; those before it anybody may have written.
std::string last_of(const std::string& list) {
  const auto comma = list.rfind(',');
  std::string last = comma == std::string::npos ? list : list.substr(comma + 1);
  last.erase(0, last.find_first_not_of(" \t"));
  last.erase(last.find_last_not_of(" \t") + 1);
  return last;
}

}  // namespace

Response refusal(int status, const char* name, const std::string& detail) {
  return response_of(Problem{status, name, detail, ""});
}

std::optional<Response> answer_to(const boost::beast::error_code& error) {
  if (error == bhttp::error::body_limit) return refusal(413, "too_large", "The body is above 64 KiB.");
  const bool is_http = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
  if (!is_http || error == bhttp::error::end_of_stream || error == bhttp::error::partial_message)
    return std::nullopt;
  return refusal(400, "bad_request", "This is not HTTP/1.1: " + error.message());
}

std::optional<Request> request_of(const Message& message, const std::string& remote,
                                  const std::set<std::string>& trusted_proxies) {
  Request request;
  if (!parse_target(text_of(message.target()), request)) return std::nullopt;
  request.method = text_of(message.method_string());
  request.body = message.body();
  request.content_type = text_of(message[bhttp::field::content_type]);
  request.authorization = text_of(message[bhttp::field::authorization]);
  request.cookie = text_of(message[bhttp::field::cookie]);
  request.if_none_match = text_of(message[bhttp::field::if_none_match]);
  request.remote = remote;
  if (trusted_proxies.contains(remote)) {
    const std::string forwarded = last_of(text_of(message["X-Forwarded-For"]));
    if (!forwarded.empty()) request.remote = forwarded;
    request.is_secure = message["X-Forwarded-Proto"] == "https";
  }
  return request;
}

Answer message_of(Response&& response, unsigned version, bool keep_alive, bool head) {
  Answer message(static_cast<bhttp::status>(response.status), version);
  if (!response.content_type.empty()) message.set(bhttp::field::content_type, response.content_type);
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "same-origin");
  message.set("X-Frame-Options", "DENY");
  message.set(
      "Content-Security-Policy",
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
      "frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
  bool has_caching = false;
  for (const auto& [name, value] : response.headers) {
    message.set(name, value);
    has_caching = has_caching || name == "Cache-Control";
  }
  if (!has_caching) message.set(bhttp::field::cache_control, "no-store");
  message.keep_alive(keep_alive);
  const bool bare = response.status == 204 || response.status == 304;
  const std::size_t size_bytes = response.body.size();
  if (!head && !bare) message.body() = std::move(response.body);
  if (!bare) message.content_length(size_bytes);
  return message;
}

bool same_origin(const Message& message) {
  const std::string origin = text_of(message[bhttp::field::origin]);
  if (origin.empty()) return true;
  const auto slashes = origin.find("://");
  return slashes != std::string::npos && origin.substr(slashes + 3) == text_of(message[bhttp::field::host]);
}

}  // namespace lk::http::wire
