// SPDX-License-Identifier: Apache-2.0
#include "server/http/listener.hpp"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <set>
#include <stdexcept>

#include "assert/assert.hpp"

namespace lk::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using Stream = beast::tcp_stream;

constexpr std::uint64_t most_body_bytes = 64U << 10U;
constexpr std::uint32_t most_header_bytes = 16U << 10U;
constexpr auto idle_time = std::chrono::seconds(30);
constexpr int most_connections = 512;
constexpr std::size_t most_queued = 256;

constexpr auto use = asio::as_tuple_t<asio::use_awaitable_t<>>{};

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

// Waits for an answer that comes from another thread.
template <class Answer>
asio::awaitable<Answer> answer_of(const std::function<void(std::function<void(Answer)>)>& start) {
  auto executor = co_await asio::this_coro::executor;
  auto timer = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
  auto answer = std::make_shared<std::optional<Answer>>();
  const std::function<void(Answer)> take = [executor, timer, answer](Answer given) {
    asio::post(executor, [timer, answer, given = std::move(given)]() mutable {
      *answer = std::move(given);
      timer->cancel();
    });
  };
  start(take);
  while (!*answer) co_await timer->async_wait(use);
  Answer given = std::move(value_of(*answer));
  co_return given;
}

Response refusal(int status, const char* name, const std::string& detail) {
  return response_of(Problem{status, name, detail, ""});
}

// What to say to bytes that are no request, where there is anybody to say it to.
std::optional<Response> answer_to(const beast::error_code& error) {
  if (error == bhttp::error::body_limit) return refusal(413, "too_large", "The body is above 64 KiB.");
  const bool is_http = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
  if (!is_http || error == bhttp::error::end_of_stream || error == bhttp::error::partial_message)
    return std::nullopt;
  return refusal(400, "bad_request", "This is not HTTP/1.1: " + error.message());
}

std::optional<Request> request_of(const bhttp::request<bhttp::string_body>& message,
                                  const std::string& remote) {
  Request request;
  if (!parse_target(text_of(message.target()), request)) return std::nullopt;
  request.method = text_of(message.method_string());
  request.body = message.body();
  request.content_type = text_of(message[bhttp::field::content_type]);
  request.authorization = text_of(message[bhttp::field::authorization]);
  request.cookie = text_of(message[bhttp::field::cookie]);
  request.if_none_match = text_of(message[bhttp::field::if_none_match]);
  request.remote = remote;
  return request;
}

bhttp::response<bhttp::string_body> message_of(Response&& response, unsigned version, bool keep_alive,
                                               bool head) {
  bhttp::response<bhttp::string_body> message(static_cast<bhttp::status>(response.status), version);
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

// A page of another origin must not open a socket with this one's cookie.
bool same_origin(const bhttp::request<bhttp::string_body>& message) {
  const std::string origin = text_of(message[bhttp::field::origin]);
  if (origin.empty()) return true;
  const auto slashes = origin.find("://");
  return slashes != std::string::npos && origin.substr(slashes + 3) == text_of(message[bhttp::field::host]);
}

struct Socket {
  beast::websocket::stream<Stream> stream;
  Caller caller;
  std::deque<std::shared_ptr<const std::string>> queue;
  bool sending = false;
};

}  // namespace

struct Listener::Body {
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::signal_set signals{context};
  Handler& handler;
  std::set<std::shared_ptr<Socket>> sockets;
  std::atomic<int> socket_count = 0;
  int connections = 0;

  explicit Body(Handler& taker) : handler(taker) {}

  asio::awaitable<void> accept_all() {
    while (acceptor.is_open()) {
      auto [error, peer] = co_await acceptor.async_accept(use);
      if (error == asio::error::operation_aborted) co_return;
      if (error || connections >= most_connections) {
        // Out of descriptors or over the bound: give those that are open a moment to end.
        asio::steady_timer pause(context, std::chrono::milliseconds(error ? 50 : 0));
        co_await pause.async_wait(use);
        continue;
      }
      asio::co_spawn(context, converse(std::move(peer)), asio::detached);
    }
  }

  asio::awaitable<void> converse(tcp::socket peer) {
    ++connections;
    beast::error_code error;
    peer.set_option(tcp::no_delay(true), error);
    const auto endpoint = peer.remote_endpoint(error);
    const std::string remote = error ? "?" : endpoint.address().to_string();
    Stream stream(std::move(peer));
    beast::flat_buffer buffer;
    bool more = true;
    while (more) more = co_await one_request(stream, buffer, remote);
    if (stream.socket().is_open()) stream.socket().shutdown(tcp::socket::shutdown_send, error);
    --connections;
  }

  // Whether another request may follow on this connection. No temporary stands in an expression that waits:
  // GCC 12 destroys such twice.
  asio::awaitable<bool> one_request(Stream& stream, beast::flat_buffer& buffer, const std::string& remote) {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.body_limit(most_body_bytes);
    parser.header_limit(most_header_bytes);
    stream.expires_after(idle_time);
    const auto [error, size] = co_await bhttp::async_read(stream, buffer, parser, use);
    if (error) {
      if (auto told = answer_to(error)) co_await answer(stream, *told, 11, false, false);
      co_return false;
    }
    const auto& message = parser.get();
    const unsigned version = message.version();
    const bool keep_alive = message.keep_alive();
    auto request = request_of(message, remote);
    if (!request) {
      Response damaged = refusal(400, "bad_request", "The path is damaged.");
      const bool more = co_await answer(stream, damaged, version, keep_alive, false);
      co_return more;
    }
    if (beast::websocket::is_upgrade(message)) {
      auto released = parser.release();
      co_await upgrade(stream, released, *request);
      co_return false;
    }
    const bool head = request->method == "HEAD";
    const std::function<void(Reply)> ask = [&](Reply reply) {
      handler.handle(std::move(*request), std::move(reply));
    };
    Response response = co_await answer_of<Response>(ask);
    const bool more = co_await answer(stream, response, version, keep_alive, head);
    co_return more;
  }

  asio::awaitable<bool> answer(Stream& stream, Response& response, unsigned version, bool keep_alive,
                               bool head) {
    auto message = message_of(std::move(response), version, keep_alive, head);
    bhttp::response_serializer<bhttp::string_body> serializer(message);
    serializer.split(head);
    stream.expires_after(idle_time);
    if (head) {
      const auto [error, size] = co_await bhttp::async_write_header(stream, serializer, use);
      co_return !error && keep_alive;
    }
    const auto [error, size] = co_await bhttp::async_write(stream, serializer, use);
    co_return !error && keep_alive;
  }

  asio::awaitable<void> upgrade(Stream& stream, bhttp::request<bhttp::string_body>& message,
                                Request& request) {
    if (!same_origin(message)) {
      Response foreign = refusal(403, "forbidden", "This page is of another origin.");
      co_await answer(stream, foreign, message.version(), false, false);
      co_return;
    }
    using Admission = std::expected<Caller, Problem>;
    using Take = std::function<void(Admission)>;
    const std::function<void(Take)> ask = [&](Take take) {
      handler.admit(std::move(request), std::move(take));
    };
    Admission admission = co_await answer_of<Admission>(ask);
    if (!admission) {
      Response refused = response_of(admission.error());
      co_await answer(stream, refused, message.version(), false, false);
      co_return;
    }
    stream.expires_never();
    auto socket = std::make_shared<Socket>(
        Socket{beast::websocket::stream<Stream>(std::move(stream)), *admission, {}, false});
    socket->stream.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
    socket->stream.read_message_max(1024);
    const auto [error] = co_await socket->stream.async_accept(message, use);
    if (error) co_return;
    sockets.insert(socket);
    ++socket_count;
    beast::flat_buffer ignored;
    while (true) {
      const auto [ended, size] = co_await socket->stream.async_read(ignored, use);
      if (ended) break;
      ignored.clear();
    }
    sockets.erase(socket);
    --socket_count;
  }

  asio::awaitable<void> send_queue(std::shared_ptr<Socket> socket) {
    socket->sending = true;
    while (!socket->queue.empty()) {
      const auto text = socket->queue.front();
      socket->queue.pop_front();
      socket->stream.text(true);
      const auto [error, size] = co_await socket->stream.async_write(asio::buffer(*text), use);
      if (error) socket->queue.clear();
    }
    socket->sending = false;
  }

  void send(const std::shared_ptr<Socket>& socket, const std::shared_ptr<const std::string>& text) {
    if (socket->queue.size() >= most_queued) {
      beast::get_lowest_layer(socket->stream).cancel();
      return;
    }
    socket->queue.push_back(text);
    if (!socket->sending) asio::co_spawn(context, send_queue(socket), asio::detached);
  }
};

Listener::Listener(const std::string& host, std::uint16_t port, Handler& handler)
    : body_(std::make_unique<Body>(handler)) {
  beast::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) throw std::runtime_error(host + " is not an IP address");
  const tcp::endpoint endpoint(address, port);
  tcp::acceptor& acceptor = body_->acceptor;
  acceptor.open(endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.bind(endpoint, error);
  if (error) {
    throw std::runtime_error("cannot listen on " + host + ":" + std::to_string(port) + ": " +
                             error.message());
  }
  acceptor.listen();
}

Listener::~Listener() = default;

std::uint16_t Listener::port() const {
  return body_->acceptor.local_endpoint().port();
}

void Listener::run() {
  asio::co_spawn(body_->context, body_->accept_all(), asio::detached);
  body_->context.run();
}

void Listener::stop() {
  body_->context.stop();
}

void Listener::on_signal(std::function<void()> signalled) {
  body_->signals.add(SIGTERM);
  body_->signals.add(SIGINT);
  body_->signals.async_wait([signalled = std::move(signalled)](const beast::error_code& error, int) {
    if (!error) signalled();
  });
}

void Listener::broadcast(std::string text, std::function<bool(const Caller&)> is_for) {
  asio::post(body_->context, [body = body_.get(), text = std::make_shared<const std::string>(std::move(text)),
                              is_for = std::move(is_for)] {
    for (const auto& socket : body->sockets) {
      if (is_for(socket->caller)) body->send(socket, text);
    }
  });
}

bool Listener::has_sockets() const {
  return body_->socket_count > 0;
}

}  // namespace lk::http
