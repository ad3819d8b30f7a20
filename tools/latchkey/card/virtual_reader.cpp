// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/card/virtual_reader.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "tools/latchkey/command.hpp"

namespace lk::tools::cards {
namespace {

constexpr std::byte power_off{0};
constexpr std::byte power_on{1};
constexpr std::byte reset{2};
constexpr std::byte ask_answer{4};

sockaddr_in socket_address(const ReaderAddress& where) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(where.port);
  if (inet_pton(AF_INET, where.host.c_str(), &address.sin_addr) != 1) {
    throw UserError(where.host + ": must be an address like 127.0.0.1");
  }
  return address;
}

[[noreturn]] void fail(int socket, const ReaderAddress& where, const char* question) {
  const std::string why = std::strerror(errno);
  ::close(socket);
  throw DeviceError(where.host + ":" + std::to_string(where.port) + ": " + why + question);
}

class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  ~Connection() { ::close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False at the end of the connection.
  [[nodiscard]] bool receive(std::span<std::byte> to) const {
    for (std::size_t done = 0; done < to.size();) {
      const ssize_t got = ::recv(socket_, to.data() + done, to.size() - done, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      done += static_cast<std::size_t>(got);
    }
    return true;
  }
  [[nodiscard]] bool send(std::span<const std::byte> message) const {
    std::array<std::byte, 2 + card::response_max_bytes> room{};
    room[0] = std::byte{static_cast<std::uint8_t>(message.size() >> 8U)};
    room[1] = std::byte{static_cast<std::uint8_t>(message.size() & 0xFFU)};
    std::ranges::copy(message, room.begin() + 2);
    const auto size = static_cast<ssize_t>(message.size() + 2);
    return ::send(socket_, room.data(), message.size() + 2, MSG_NOSIGNAL) == size;
  }

 private:
  int socket_;
};

void serve(posix::CardFile& file, const Connection& reader) {
  bool has_power = file.reset();
  std::array<std::byte, 2> head{};
  while (reader.receive(head)) {
    const std::size_t size =
        std::to_integer<std::size_t>(head[0]) << 8U | std::to_integer<std::size_t>(head[1]);
    // Longer ones can only be extended commands; what does not fit the card is refused by it.
    std::array<std::byte, 0xFFFF> message;
    const auto received = std::span{message}.first(size);
    if (!reader.receive(received)) return;
    if (size == 0) continue;
    if (size == 1) {
      if (received[0] == power_off) has_power = false;
      if (received[0] == power_on || received[0] == reset) has_power = file.reset();
      if (received[0] == ask_answer && !reader.send(file.card().answer_to_reset())) return;
      continue;
    }
    std::array<std::byte, card::response_max_bytes> room{};
    if (!has_power) has_power = file.reset();
    if (!reader.send(file.card().serve(received, room))) return;
  }
}

}  // namespace

void serve_virtual_reader(posix::CardFile& card, const ReaderAddress& reader) {
  const sockaddr_in address = socket_address(reader);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(socket, reader, "; is pcscd running with the reader of vsmartcard-vpcd?");
  }
  serve(card, Connection(socket));
}

}  // namespace lk::tools::cards
