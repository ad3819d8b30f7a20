// SPDX-License-Identifier: Apache-2.0
#include "server/http/listener.hpp"

#include <algorithm>
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
#include "server/http/wire.hpp"

namespace lk::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using wire::Message;
using Stream = beast::tcp_stream;

constexpr std::uint64_t most_body_bytes = 64U << 10U;
constexpr std::uint32_t most_header_bytes = 16U << 10U;
constexpr auto idle_time = std::chrono::seconds(30);
constexpr int most_connections = 512;
constexpr std::size_t most_queued = 256;
constexpr std::size_t most_sockets = 256;
constexpr std::ptrdiff_t most_sockets_of_a_user = 8;
// How long a socket outlives the session it was opened with.
constexpr auto admission_time = std::chrono::seconds(10);
// What is under way when the server stops has this long to be answered.
constexpr auto last_answers_time = std::chrono::seconds(5);

constexpr auto use = asio::as_tuple_t<asio::use_awaitable_t<>>{};

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

using Admission = std::expected<Caller, Problem>;

struct Socket {
  Socket(beast::websocket::stream<Stream> opened, Caller admitted)
      : stream(std::move(opened)), caller(std::move(admitted)), admission_timer(stream.get_executor()) {}

  beast::websocket::stream<Stream> stream;
  Caller caller;
  asio::steady_timer admission_timer;
  std::deque<std::shared_ptr<const std::string>> queue;
  bool is_accepted = false;
  bool sending = false;
};

}  // namespace

struct Listener::Body {
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::signal_set signals{context};
  Handler& handler;
  std::set<std::string> trusted_proxies;
  asio::steady_timer last_answers{context};
  std::set<Stream*> idle;  // connections that wait for a request
  bool stopping = false;
  std::set<std::shared_ptr<Socket>> sockets;
  std::atomic<int> socket_count = 0;
  int connections = 0;

  explicit Body(Handler& taker) : handler(taker) {}

  // Takes nothing new, and lets what is under way be answered; `run` returns when the last of it is.
  void stop() {
    if (stopping) return;
    stopping = true;
    beast::error_code ignored;
    acceptor.cancel(ignored);
    signals.cancel(ignored);
    for (Stream* stream : idle) stream->cancel();
    for (const auto& socket : sockets) beast::get_lowest_layer(socket->stream).cancel();
    if (connections == 0) return;
    last_answers.expires_after(last_answers_time);
    last_answers.async_wait([this](const beast::error_code& error) {
      if (!error) context.stop();
    });
  }

  asio::awaitable<void> accept_all() {
    while (!stopping) {
      auto [error, peer] = co_await acceptor.async_accept(use);
      if (stopping) co_return;
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
    while (more && !stopping) more = co_await one_request(stream, buffer, remote);
    if (stream.socket().is_open()) stream.socket().shutdown(tcp::socket::shutdown_send, error);
    --connections;
    if (stopping && connections == 0) last_answers.cancel();
  }

  // Whether another request may follow on this connection. No temporary stands in an expression that waits:
  // GCC 12 destroys such twice.
  asio::awaitable<bool> one_request(Stream& stream, beast::flat_buffer& buffer, const std::string& remote) {
    bhttp::request_parser<bhttp::string_body> parser;
    parser.body_limit(most_body_bytes);
    parser.header_limit(most_header_bytes);
    stream.expires_after(idle_time);
    idle.insert(&stream);
    const auto [error, size] = co_await bhttp::async_read(stream, buffer, parser, use);
    idle.erase(&stream);
    if (error) {
      if (auto told = wire::answer_to(error)) co_await answer(stream, *told, 11, false, false);
      co_return false;
    }
    const auto& message = parser.get();
    const unsigned version = message.version();
    const bool keep_alive = message.keep_alive();
    auto request = wire::request_of(message, remote, trusted_proxies);
    if (!request) {
      Response damaged = wire::refusal(400, "bad_request", "The path is damaged.");
      const bool more = co_await answer(stream, damaged, version, keep_alive, false);
      co_return more;
    }
    if (beast::websocket::is_upgrade(message)) {
      auto released = parser.release();
      co_await upgrade(stream, released, std::move(*request));
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
    auto message = wire::message_of(std::move(response), version, keep_alive, head);
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

  asio::awaitable<void> upgrade(Stream& stream, Message& message, Request request) {
    if (!wire::same_origin(message)) {
      Response foreign = wire::refusal(403, "forbidden", "This page is of another origin.");
      co_await answer(stream, foreign, message.version(), false, false);
      co_return;
    }
    Admission admission = co_await admission_of(request);
    if (!admission) {
      Response refused = response_of(admission.error());
      co_await answer(stream, refused, message.version(), false, false);
      co_return;
    }
    const auto of_user = std::ranges::count_if(
        sockets, [&](const auto& socket) { return socket->caller.user == admission->user; });
    if (of_user >= most_sockets_of_a_user || sockets.size() >= most_sockets) {
      Response full =
          wire::refusal(429, "too_many_sockets", "This user watches from too many pages; close one.");
      co_await answer(stream, full, message.version(), false, false);
      co_return;
    }
    stream.expires_never();
    auto socket = std::make_shared<Socket>(beast::websocket::stream<Stream>(std::move(stream)), *admission);
    socket->stream.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
    socket->stream.read_message_max(1024);
    sockets.insert(socket);
    ++socket_count;
    const auto [error] = co_await socket->stream.async_accept(message, use);
    if (!error) {
      socket->is_accepted = true;
      asio::co_spawn(context, watch_admission(socket, std::move(request)), asio::detached);
      beast::flat_buffer ignored;
      while (true) {
        const auto [ended, size] = co_await socket->stream.async_read(ignored, use);
        if (ended) break;
        ignored.clear();
      }
    }
    socket->admission_timer.cancel();
    sockets.erase(socket);
    --socket_count;
  }

  asio::awaitable<Admission> admission_of(const Request& request) {
    using Take = std::function<void(Admission)>;
    const std::function<void(Take)> ask = [&](Take take) { handler.admit(request, std::move(take)); };
    Admission admission = co_await answer_of<Admission>(ask);
    co_return admission;
  }

  // A socket ends with the session it was opened with: logged out, over, or its user taken away.
  asio::awaitable<void> watch_admission(std::shared_ptr<Socket> socket, Request request) {
    while (sockets.contains(socket)) {
      socket->admission_timer.expires_after(admission_time);
      const auto [cancelled] = co_await socket->admission_timer.async_wait(use);
      if (cancelled) co_return;
      const Admission admission = co_await admission_of(request);
      if (!admission) beast::get_lowest_layer(socket->stream).cancel();
    }
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

Listener::Listener(const Address& address, Handler& handler) : body_(std::make_unique<Body>(handler)) {
  body_->trusted_proxies = address.trusted_proxies;
  beast::error_code error;
  const auto ip = asio::ip::make_address(address.host, error);
  if (error) throw std::runtime_error(address.host + " is not an IP address");
  const tcp::endpoint endpoint(ip, address.port);
  tcp::acceptor& acceptor = body_->acceptor;
  acceptor.open(endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.bind(endpoint, error);
  if (error) {
    throw std::runtime_error("cannot listen on " + address.host + ":" + std::to_string(address.port) + ": " +
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
  asio::post(body_->context, [body = body_.get()] { body->stop(); });
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
      if (socket->is_accepted && is_for(socket->caller)) body->send(socket, text);
    }
  });
}

bool Listener::has_sockets() const {
  return body_->socket_count > 0;
}

}  // namespace lk::http
