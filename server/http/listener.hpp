// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 and WebSocket on a TCP port (Boost.Beast, one thread). Requests go to a Handler as plain data; its
// answer comes back from any thread. Sizes, times and the number of connections are bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "server/http/message.hpp"
#include "server/http/router.hpp"

namespace lk::http {

using Reply = std::function<void(Response)>;

class Handler {
 public:
  // Answers by calling `reply` exactly once, now or later, from any thread.
  virtual void handle(Request request, Reply reply) = 0;
  // A WebSocket is asked for: whether the caller may have it; same way of answering.
  virtual void admit(Request request, std::function<void(std::expected<Caller, Problem>)> reply) = 0;

 protected:
  ~Handler() = default;
};

struct Address {
  std::string host;
  std::uint16_t port = 0;  // 0 takes a free one
  std::set<std::string> trusted_proxies;
};

class Listener {
 public:
  // Binds at once; throws std::runtime_error with a message for a person where it cannot.
  Listener(const Address& address, Handler& handler);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Serves on the calling thread until stop().
  void run();
  // Any thread. Takes nothing new, answers what is under way (for some seconds at most), and ends `run`.
  void stop();
  // Runs `signalled` on the serving thread at SIGTERM or SIGINT.
  void on_signal(std::function<void()> signalled);

  // Sends a text to the WebSockets whose caller it is for. Any thread. A socket that does not keep up is
  // closed.
  void broadcast(std::string text, std::function<bool(const Caller&)> is_for);
  // Whether anybody listens.
  [[nodiscard]] bool has_sockets() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace lk::http
