// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/serial_line.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "firmware/host/attachment.hpp"
#include "firmware/host/wall_clock.hpp"

namespace lk::host {

namespace {

constexpr std::size_t most_clients = 16;
// A client that has more to say than this waits in its socket.
constexpr std::size_t most_unsaid_bytes = 512;
// How often a pseudo-terminal that nobody has open is looked at.
constexpr auto look_interval = std::chrono::milliseconds(10);

}  // namespace

SerialLine::SerialLine(const LineSettings& settings, std::uint64_t seed, sim::Slaves& meters, Poller& poller)
    : poller_(poller),
      line_({.baud = settings.baud, .turnaround = settings.turnaround, .noise = settings.noise, .seed = seed},
            meters) {
  if (const auto* terminal = std::get_if<PseudoTerminal>(&settings.attachment)) {
    open_terminal(terminal->link);
  } else {
    listener_ = listen_tcp(std::get<TcpListener>(settings.attachment));
    poller_.watch(listener_.get(), POLLIN, [this](short) { accept_client(); });
  }
}

SerialLine::~SerialLine() {
  if (listener_.is_open()) poller_.forget(listener_.get());
  for (const auto& [master, client] : clients_) poller_.forget(client.descriptor.get());
  std::error_code ignored;  // somebody took the link away: nothing to tidy up
  if (!link_.empty()) std::filesystem::remove(link_, ignored);
}

void SerialLine::accept_client() {
  Descriptor connection = accept_connection(listener_);
  if (!connection.is_open() || clients_.size() >= most_clients) return;
  const auto master = line_.join();
  Client& client = clients_[master];
  client.descriptor = std::move(connection);
  watch(master, client);
}

void SerialLine::open_terminal(const std::string& link) {
  Client& client = clients_[line_.join()];
  client.descriptor = open_pseudo_terminal(link);
  link_ = link;
}

void SerialLine::watch(sim::Line::Master master, Client& client) {
  poller_.watch(client.descriptor.get(), POLLIN, [this, master](short) { read_from(master); });
  client.watched = true;
}

void SerialLine::read_from(sim::Line::Master master) {
  Client& client = clients_.at(master);
  std::array<std::byte, most_unsaid_bytes> buffer;
  const ssize_t size = read(client.descriptor.get(), buffer.data(), buffer.size());
  if (size > 0) {
    line_.say(master, std::span(buffer).first(static_cast<std::size_t>(size)), wall_now());
    if (line_.unsaid(master) < most_unsaid_bytes) return;
    poller_.forget(client.descriptor.get());
    client.watched = false;
    return;
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  poller_.forget(client.descriptor.get());
  client.watched = false;
  if (!link_.empty()) return;  // the far end was closed; `advance` looks when it is opened again
  line_.leave(master);
  clients_.erase(master);
}

void SerialLine::advance(sim::LineTime now) {
  line_.advance(now);
  for (auto& [master, client] : clients_) {
    if (!client.watched && line_.unsaid(master) < most_unsaid_bytes && has_far_end(client.descriptor)) {
      watch(master, client);
    }
    hand_over(master, client);
  }
}

void SerialLine::hand_over(sim::Line::Master master, Client& client) {
  const std::vector<std::byte> heard = line_.take_heard(master);
  if (heard.empty() || (!link_.empty() && !client.watched)) return;
  const ssize_t size = link_.empty() ? send(client.descriptor.get(), heard.data(), heard.size(), MSG_NOSIGNAL)
                                     : write(client.descriptor.get(), heard.data(), heard.size());
  // What does not fit is lost; a closed end is noticed when it is read.
  (void)size;
}

sim::LineTime SerialLine::next() const {
  auto next = line_.next().value_or(sim::LineTime::max());
  for (const auto& [master, client] : clients_) {
    if (!client.watched) next = std::min(next, wall_now() + look_interval);
  }
  return next;
}

}  // namespace lk::host
