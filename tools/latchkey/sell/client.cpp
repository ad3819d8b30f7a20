// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/sell/client.hpp"

#include <netdb.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

namespace lk::tools::sell {
namespace {

constexpr std::size_t most_bytes = 16U << 20U;

class Connection {
 public:
  explicit Connection(const Address& address) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(address.host.c_str(), address.port.c_str(), &wanted, &found) != 0) return;
    for (const addrinfo* each = found; each != nullptr && socket_ < 0; each = each->ai_next) {
      socket_ = ::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol);
      const timeval limit{.tv_sec = 60, .tv_usec = 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
      if (socket_ >= 0 && ::connect(socket_, each->ai_addr, each->ai_addrlen) != 0) {
        ::close(socket_);
        socket_ = -1;
      }
    }
    ::freeaddrinfo(found);
  }
  ~Connection() {
    if (socket_ >= 0) ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] bool open() const { return socket_ >= 0; }

  [[nodiscard]] bool send(const std::string& all) const {
    for (std::size_t done = 0; done < all.size();) {
      const ssize_t sent = ::send(socket_, all.data() + done, all.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      done += static_cast<std::size_t>(sent);
    }
    return true;
  }

  // Up to the end of the connection; nothing where it breaks or is too long.
  [[nodiscard]] std::optional<std::string> receive() const {
    std::string all;
    std::array<char, 16384> piece{};
    while (true) {
      const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
      if (got < 0 || all.size() > most_bytes) return std::nullopt;
      if (got == 0) return all;
      all.append(piece.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_ = -1;
};

std::string header_of(const std::string& head, std::string_view name) {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos) {
    at += 2;
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::size_t colon = head.find(':', at);
    if (colon < end && colon - at == name.size() &&
        std::equal(
            name.begin(), name.end(), head.begin() + static_cast<std::ptrdiff_t>(at),
            [](char a, char b) { return a == b || (b >= 'A' && b <= 'Z' && a == b - 'A' + 'a'); })) {
      const std::size_t begin = head.find_first_not_of(' ', colon + 1);
      return begin < end ? head.substr(begin, end - begin) : std::string{};
    }
    at = end >= head.size() ? std::string::npos : end;
  }
  return {};
}

// A whole answer with a Content-Length, as the server sends it; nothing where a part is missing.
std::optional<Answer> parse(const std::string& text) {
  const std::size_t blank = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || blank == std::string::npos || text.size() < 12) return std::nullopt;
  const std::string head = text.substr(0, blank);
  Answer answer;
  answer.body = text.substr(blank + 4);
  std::from_chars(text.data() + 9, text.data() + 12, answer.status);
  answer.content_type = header_of(head, "content-type");
  const std::string length = header_of(head, "content-length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (!length.empty() && size != answer.body.size()) return std::nullopt;
  return answer;
}

}  // namespace

std::expected<Address, std::string> parse_address(const std::string& text) {
  std::string rest = text.starts_with("http://") ? text.substr(7) : text;
  while (rest.ends_with('/')) rest.pop_back();
  const std::size_t colon = rest.rfind(':');
  const bool digits = colon != std::string::npos && colon + 1 < rest.size() &&
                      rest.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  if (!digits || colon == 0 || rest.find('/') != std::string::npos) {
    return std::unexpected("--server " + text + ": must be like http://127.0.0.1:8080");
  }
  std::string host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{host, rest.substr(colon + 1)};
}

std::expected<Answer, Trouble> ask(const Address& address, const std::string& token,
                                   const std::string& method, const std::string& path,
                                   const std::string& body) {
  const Connection connection(address);
  const std::string where = address.host + ":" + address.port;
  if (!connection.open()) return std::unexpected(Trouble{false, where + ": no server answers there"});
  std::string request = method + " " + path + " HTTP/1.1\r\nHost: " + where + "\r\nConnection: close\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty()) request += "Content-Type: application/json\r\n";
  request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  if (!connection.send(request)) return std::unexpected(Trouble{true, where + ": the connection broke"});
  const auto received = connection.receive();
  auto answer = received ? parse(*received) : std::nullopt;
  if (!answer) return std::unexpected(Trouble{true, where + ": no whole answer came"});
  return std::move(*answer);
}

std::string problem_text(const Answer& answer) {
  const auto problem = nlohmann::json::parse(answer.body, nullptr, false);
  if (problem.is_object() && problem.contains("detail") && problem["detail"].is_string()) {
    return problem["detail"].get<std::string>();
  }
  return "the server answered " + std::to_string(answer.status);
}

std::string new_id() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

}  // namespace lk::tools::sell
