// SPDX-License-Identifier: Apache-2.0
// The Modbus master of one line: one request, one answer or a named fault. It keeps the silence of 3.5
// characters between frames, and never takes an answer that does not belong to its request.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "gateway/line/channel.hpp"
#include "gateway/polling/plan.hpp"
#include "modbus/frame.hpp"

namespace lk::gateway {

struct Fault {
  enum class Kind : std::uint8_t {
    timeout,    // nothing came, or not all of it
    garbled,    // what came was damaged, or an answer to something else
    exception,  // the meter refused: see `exception`
    line_down,  // the wire went
  };
  Kind kind = Kind::timeout;
  modbus::Exception exception = modbus::Exception::none;
};

class Master {
 public:
  Master(const boost::asio::any_io_executor& executor, Channel& channel, const LineConfiguration& line);

  // Reads a block by function 03: its 2 · count bytes.
  boost::asio::awaitable<std::expected<std::vector<std::byte>, Fault>> read(std::uint8_t unit, Block block);
  // Writes whole registers by function 10.
  boost::asio::awaitable<std::expected<void, Fault>> write(std::uint8_t unit, std::uint16_t address,
                                                           std::span<const std::byte> registers);

 private:
  using Frame = std::span<const std::byte>;
  boost::asio::awaitable<std::expected<std::vector<std::byte>, Fault>> transact(Frame request);
  boost::asio::awaitable<std::expected<std::size_t, Fault>> receive(Frame request, std::span<std::byte> room);
  boost::asio::awaitable<void> keep_silence();
  boost::asio::awaitable<void> settle();
  [[nodiscard]] std::chrono::microseconds wire_time(std::size_t size_bytes) const;

  Channel& channel_;
  boost::asio::steady_timer timer_;
  modbus::Timing timing_;
  std::chrono::milliseconds timeout_;
  SteadyTime last_activity_{};
};

}  // namespace lk::gateway
