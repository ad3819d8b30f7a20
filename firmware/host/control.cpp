// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/control.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "firmware/host/attachment.hpp"

namespace lk::host {

namespace {

constexpr std::size_t longest_command = 256;
constexpr std::size_t most_clients = 16;

}  // namespace

ControlSocket::ControlSocket(const std::string& path, Site& site, Poller& poller)
    : path_(path), site_(site), poller_(poller), listener_(listen_unix(path)) {
  poller_.watch(listener_.get(), POLLIN, [this](short) { accept_client(); });
}

ControlSocket::~ControlSocket() {
  poller_.forget(listener_.get());
  for (const auto& [descriptor, client] : clients_) poller_.forget(descriptor);
  unlink(path_.c_str());
}

void ControlSocket::accept_client() {
  Descriptor connection = accept_connection(listener_);
  if (!connection.is_open() || clients_.size() >= most_clients) return;
  const int descriptor = connection.get();
  clients_[descriptor].descriptor = std::move(connection);
  poller_.watch(descriptor, POLLIN, [this, descriptor](short) { read_from(descriptor); });
}

void ControlSocket::read_from(int descriptor) {
  Client& client = clients_.at(descriptor);
  std::array<char, longest_command> buffer;
  const ssize_t size = recv(descriptor, buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size > 0) {
    client.received.append(buffer.data(), static_cast<std::size_t>(size));
    if (serve_lines(client)) return;
  }
  poller_.forget(descriptor);
  clients_.erase(descriptor);
}

// False: the client is to be closed.
bool ControlSocket::serve_lines(Client& client) {
  for (std::size_t end = 0; (end = client.received.find('\n')) != std::string::npos;) {
    std::string line = client.received.substr(0, end);
    client.received.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::string answer = obey(site_, line) + "\n";
    const ssize_t sent = send(client.descriptor.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(answer.size())) return false;  // it asks and does not read
  }
  return client.received.size() <= longest_command;
}

}  // namespace lk::host
