// SPDX-License-Identifier: Apache-2.0
// A master's end of a serial port or of a TCP serial line, Modbus RTU or DL/T 645, for a command that asks
// and waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace lk::tools {

enum class Parity : std::uint8_t { none, even, odd };

struct SerialSettings {
  std::uint32_t baud = 9600;
  Parity parity = Parity::none;
  int stop_bits = 1;
};

enum class NoAnswer : std::uint8_t {
  silent,   // nothing came
  damaged,  // something came whose check fails
};

class LinePort {
 public:
  // Each throws UserError with what failed and what to do.
  [[nodiscard]] static LinePort open_device(const std::string& path, const SerialSettings& settings);
  // `where` is HOST:PORT; the settings only say how long silences are.
  [[nodiscard]] static LinePort connect_tcp(const std::string& where, const SerialSettings& settings);

  LinePort(LinePort&& other) noexcept;
  LinePort& operator=(LinePort&&) = delete;
  ~LinePort();

  // Sends a whole request and waits for a whole frame with a good check, at most `timeout` beyond
  // the time that both take on the wire. Throws UserError where the port itself fails.
  [[nodiscard]] std::expected<std::vector<std::byte>, NoAnswer> ask(std::span<const std::byte> request,
                                                                    std::chrono::milliseconds timeout);

  // The same in DL/T 645: the first whole frame of a slave that comes.
  [[nodiscard]] std::expected<std::vector<std::byte>, NoAnswer> ask_dlt645(std::span<const std::byte> request,
                                                                           std::chrono::milliseconds timeout);

 private:
  LinePort(int descriptor, std::string name, std::uint32_t baud)
      : descriptor_(descriptor), name_(std::move(name)), baud_(baud) {}
  void send(std::span<const std::byte> request) const;
  void drop_input() const;
  [[nodiscard]] std::vector<std::byte> receive(std::chrono::microseconds longest) const;

  int descriptor_;
  std::string name_;
  std::uint32_t baud_;
};

}  // namespace lk::tools
