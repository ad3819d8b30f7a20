// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/read/line_port.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "dlt645/receiver.hpp"
#include "dlt645/words.hpp"
#include "modbus/assembler.hpp"
#include "modbus/master.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools {

namespace {

using std::chrono::microseconds;

constexpr std::uint32_t longest_gap_us = 50'000;

std::string reason() {
  return std::strerror(errno);
}

speed_t speed_of(std::uint32_t baud) {
  static constexpr std::array<std::pair<std::uint32_t, speed_t>, 8> speeds{{{1200, B1200},
                                                                            {2400, B2400},
                                                                            {4800, B4800},
                                                                            {9600, B9600},
                                                                            {19200, B19200},
                                                                            {38400, B38400},
                                                                            {57600, B57600},
                                                                            {115200, B115200}}};
  for (const auto& [rate, speed] : speeds) {
    if (rate == baud) return speed;
  }
  throw UserError("--baud: " + std::to_string(baud) +
                  " is not offered; one of 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200");
}

void set_up(int descriptor, const std::string& path, const SerialSettings& settings) {
  termios mode{};
  if (tcgetattr(descriptor, &mode) != 0) throw UserError(path + ": not a serial port (" + reason() + ")");
  cfmakeraw(&mode);
  mode.c_cflag |= CLOCAL | CREAD;
  mode.c_cflag &= ~static_cast<tcflag_t>(PARENB | PARODD | CSTOPB | CRTSCTS);
  if (settings.parity != Parity::none) mode.c_cflag |= PARENB;
  if (settings.parity == Parity::odd) mode.c_cflag |= PARODD;
  if (settings.stop_bits == 2) mode.c_cflag |= CSTOPB;
  const speed_t speed = speed_of(settings.baud);
  cfsetispeed(&mode, speed);
  cfsetospeed(&mode, speed);
  if (tcsetattr(descriptor, TCSANOW, &mode) != 0) {
    throw UserError(path + ": does not take these settings (" + reason() +
                    "); a pseudo-terminal takes only --parity none");
  }
}

microseconds now() {
  return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

LinePort LinePort::open_device(const std::string& path, const SerialSettings& settings) {
  const int descriptor = open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0)
    throw UserError("cannot open " + path + ": " + reason() + "; check --device and your rights");
  LinePort port(descriptor, path, settings.baud);
  set_up(descriptor, path, settings);
  return port;
}

LinePort LinePort::connect_tcp(const std::string& where, const SerialSettings& settings) {
  const std::size_t colon = where.rfind(':');
  if (colon == std::string::npos) throw UserError("--tcp: must be HOST:PORT, like 127.0.0.1:5601");
  const addrinfo hints{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(where.substr(0, colon).c_str(), where.substr(colon + 1).c_str(), &hints, &found);
  if (error != 0) throw UserError("--tcp: " + where + ": " + gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) continue;
    LinePort port(descriptor, where, settings.baud);
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) != 0) continue;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return port;
  }
  throw UserError("cannot connect to " + where + ": " + reason() + "; is the other end running?");
}

LinePort::LinePort(LinePort&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)), baud_(other.baud_) {}

LinePort::~LinePort() {
  if (descriptor_ >= 0) close(descriptor_);
}

void LinePort::send(std::span<const std::byte> request) const {
  // A request is far smaller than any output buffer: it goes out at once or not at all.
  const ssize_t written = write(descriptor_, request.data(), request.size());
  if (written != static_cast<ssize_t>(request.size())) throw UserError(name_ + ": cannot send: " + reason());
}

// What is left of an earlier answer must not pass for the next one.
void LinePort::drop_input() const {
  std::array<std::byte, modbus::max_frame_bytes> rest;
  while (read(descriptor_, rest.data(), rest.size()) > 0) {
  }
}

std::vector<std::byte> LinePort::receive(microseconds longest) const {
  pollfd entry{descriptor_, POLLIN, 0};
  const auto nanoseconds = std::chrono::nanoseconds(std::max(longest, microseconds{0})).count();
  const timespec timeout{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
  if (ppoll(&entry, 1, &timeout, nullptr) <= 0) return {};
  std::vector<std::byte> bytes(modbus::max_frame_bytes);
  const ssize_t size = read(descriptor_, bytes.data(), bytes.size());
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) {
    throw UserError(name_ + ": the other end closed the connection");
  }
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

std::expected<std::vector<std::byte>, NoAnswer> LinePort::ask(std::span<const std::byte> request,
                                                              std::chrono::milliseconds timeout) {
  modbus::Timing timing = modbus::timing_of(baud_);
  // Adapters, sockets and a busy machine tear gaps into a frame that the line never had: its length ends it.
  timing.t3_5_us = std::max(timing.t3_5_us, longest_gap_us);
  auto assembler = modbus::Assembler::of_master(timing);
  const auto copy = [](std::span<const std::byte> frame) { return std::vector(frame.begin(), frame.end()); };
  drop_input();
  send(request);
  // Both frames take their time on the wire, the request's after `send` has returned.
  const auto characters = static_cast<std::int64_t>(request.size() + modbus::expected_reply_bytes(request));
  const microseconds deadline = now() + timing.character_us * microseconds(characters) + timeout;
  bool heard = false;
  while (now() < deadline) {
    const microseconds until = std::min(deadline, microseconds(assembler.deadline_us()));
    for (const std::byte byte : receive(until - now())) {
      heard = true;
      if (const auto frame = assembler.take(byte, now().count()); !frame.empty()) return copy(frame);
    }
    if (const auto frame = assembler.poll(now().count()); !frame.empty()) return copy(frame);
  }
  return std::unexpected(heard ? NoAnswer::damaged : NoAnswer::silent);
}

std::expected<std::vector<std::byte>, NoAnswer> LinePort::ask_dlt645(std::span<const std::byte> request,
                                                                     std::chrono::milliseconds timeout) {
  const auto character = microseconds(modbus::timing_of(baud_).character_us);
  dlt645::Receiver receiver;
  drop_input();
  send(request);
  microseconds deadline = now() + character * static_cast<std::int64_t>(request.size()) + timeout;
  bool heard = false;
  while (now() < deadline) {
    for (const std::byte byte : receive(deadline - now())) {
      heard = true;
      deadline = std::max(deadline, now() + timeout);  // a long answer takes its time
      const auto frame = receiver.take(byte, now().count());
      if (!frame || (frame->control & dlt645::from_slave) == 0) continue;  // another master's request
      std::vector<std::byte> whole(dlt645::frame_max_bytes);
      whole.resize(dlt645::build(whole, frame->address, frame->control, frame->data));
      return whole;
    }
  }
  return std::unexpected(heard ? NoAnswer::damaged : NoAnswer::silent);
}

}  // namespace lk::tools
