// SPDX-License-Identifier: Apache-2.0
#include "gateway/line/channel.hpp"

#include <termios.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/serial_port.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace lk::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds connect_time{3};

error_code set_up(asio::serial_port& port, const LineConfiguration& line) {
  using port_base = asio::serial_port_base;
  error_code error;
  const auto parity = line.parity == Parity::even  ? port_base::parity::even
                      : line.parity == Parity::odd ? port_base::parity::odd
                                                   : port_base::parity::none;
  const auto apply = [&](const auto& option) {
    if (!error) port.set_option(option, error);
  };
  apply(port_base::baud_rate(line.baud));
  apply(port_base::character_size(8));
  apply(port_base::flow_control(port_base::flow_control::none));
  apply(port_base::stop_bits(port_base::stop_bits::one));
  apply(port_base::parity(parity));  // a pseudo-terminal knows none only
  return error;
}

}  // namespace

struct Channel::State {
  State(asio::any_io_executor executor_, const LineConfiguration& line_)
      : executor(std::move(executor_)), line(line_), timer(executor) {}

  // Cancels what `operation` waits for at the deadline. A timer that fires late finds another operation and
  // leaves it.
  void arm(SteadyTime deadline) {
    timer.expires_at(deadline);
    timer.async_wait([this, armed = operation](error_code error) {
      if (error || armed != operation) return;
      error_code ignored;
      if (socket) socket->cancel(ignored);
      if (port) port->cancel(ignored);
      if (resolver) resolver->cancel();
    });
  }
  void disarm() {
    ++operation;
    timer.cancel();
  }

  asio::awaitable<error_code> open_tcp(const TcpLine& where) {
    arm(std::chrono::steady_clock::now() + connect_time);
    resolver.emplace(executor);
    auto [error, places] = co_await resolver->async_resolve(where.host, std::to_string(where.port), awaiting);
    resolver.reset();
    if (!error) {
      error = asio::error::host_not_found;
      for (const auto& place : places) {
        socket.emplace(executor);
        std::tie(error) = co_await socket->async_connect(place.endpoint(), awaiting);
        if (!error || error == asio::error::operation_aborted) break;
      }
    }
    disarm();
    if (error == asio::error::operation_aborted) error = asio::error::timed_out;
    error_code ignored;
    if (error) {
      socket.reset();
    } else {
      socket->set_option(tcp::no_delay(true), ignored);
      socket->set_option(asio::socket_base::keep_alive(true), ignored);
    }
    co_return error;
  }

  error_code open_serial(const SerialLine& where) {
    error_code error;
    port.emplace(executor);
    port->open(where.device, error);
    if (!error) error = set_up(*port, line);
    if (error) port.reset();
    return error;
  }

  asio::any_io_executor executor;
  LineConfiguration line;
  asio::steady_timer timer;
  std::optional<tcp::resolver> resolver;
  std::optional<tcp::socket> socket;
  std::optional<asio::serial_port> port;
  std::uint64_t operation = 0;
};

Channel::Channel(asio::any_io_executor executor, const LineConfiguration& line)
    : state_(std::make_unique<State>(std::move(executor), line)) {}

Channel::~Channel() = default;

asio::awaitable<std::expected<void, std::string>> Channel::open() {
  close();
  error_code error;
  if (const auto* where = std::get_if<TcpLine>(&state_->line.where)) {
    error = co_await state_->open_tcp(*where);
  } else {
    error = state_->open_serial(std::get<SerialLine>(state_->line.where));
  }
  if (error) co_return std::unexpected(error.message());
  co_return std::expected<void, std::string>{};
}

bool Channel::is_open() const {
  return state_->socket.has_value() || state_->port.has_value();
}

void Channel::close() {
  state_->disarm();
  state_->socket.reset();
  state_->port.reset();
}

void Channel::discard_input() {
  if (state_->port) {
    ::tcflush(state_->port->native_handle(), TCIFLUSH);
    return;
  }
  if (!state_->socket) return;
  error_code error;
  std::array<std::byte, 512> rest{};
  while (state_->socket->available(error) > 0 && !error) {
    state_->socket->read_some(asio::buffer(rest), error);
  }
}

asio::awaitable<bool> Channel::write(std::span<const std::byte> bytes) {
  const auto data = asio::buffer(bytes.data(), bytes.size());
  error_code error = asio::error::not_connected;
  state_->arm(std::chrono::steady_clock::now() + connect_time);
  if (state_->socket) {
    std::tie(error, std::ignore) = co_await asio::async_write(*state_->socket, data, awaiting);
  } else if (state_->port) {
    std::tie(error, std::ignore) = co_await asio::async_write(*state_->port, data, awaiting);
  }
  state_->disarm();
  co_return !error;
}

asio::awaitable<std::expected<std::size_t, Channel::ReadError>> Channel::read(std::span<std::byte> room,
                                                                              SteadyTime deadline) {
  const auto buffer = asio::buffer(room.data(), room.size());
  error_code error = asio::error::not_connected;
  std::size_t count = 0;
  state_->arm(deadline);
  if (state_->socket) {
    std::tie(error, count) = co_await state_->socket->async_read_some(buffer, awaiting);
  } else if (state_->port) {
    std::tie(error, count) = co_await state_->port->async_read_some(buffer, awaiting);
  }
  state_->disarm();
  if (error == asio::error::operation_aborted) co_return std::unexpected(ReadError::deadline);
  if (error) co_return std::unexpected(ReadError::gone);
  co_return count;
}

}  // namespace lk::gateway
