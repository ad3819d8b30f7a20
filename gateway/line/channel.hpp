// SPDX-License-Identifier: Apache-2.0
// The wire of a line: a serial port or a TCP serial line, opened anew after it went. Bytes in, bytes out,
// each with a deadline; frames are the master's business. All on the thread of its io_context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "gateway/setup/configuration.hpp"

namespace lk::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

class Channel {
 public:
  Channel(boost::asio::any_io_executor executor, const LineConfiguration& line);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Opens the wire; on failure what the system said, as "Connection refused".
  boost::asio::awaitable<std::expected<void, std::string>> open();
  [[nodiscard]] bool is_open() const;
  void close();
  // Throws away what came unasked, so that a late answer is not taken for the next one.
  void discard_input();
  // False where the wire went.
  boost::asio::awaitable<bool> write(std::span<const std::byte> bytes);

  enum class ReadError : std::uint8_t {
    deadline,  // nothing more came in time
    gone,      // the wire went
  };
  // At least one byte; how many.
  boost::asio::awaitable<std::expected<std::size_t, ReadError>> read(std::span<std::byte> room,
                                                                     SteadyTime deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lk::gateway
