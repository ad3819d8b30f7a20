// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/optical_port.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "firmware/host/attachment.hpp"

namespace lk::host {

OpticalPort::OpticalPort(const Attachment& attachment, VirtualMeter& meter, const Site& site, Poller& poller)
    : meter_(meter), site_(site), poller_(poller) {
  if (const auto* terminal = std::get_if<PseudoTerminal>(&attachment)) {
    reader_ = open_pseudo_terminal(terminal->link);
    link_ = terminal->link;
  } else {
    listener_ = listen_tcp(std::get<TcpListener>(attachment));
    poller_.watch(listener_.get(), POLLIN, [this](short) { accept_reader(); });
  }
}

OpticalPort::~OpticalPort() {
  if (listener_.is_open()) poller_.forget(listener_.get());
  if (reader_.is_open()) poller_.forget(reader_.get());
  std::error_code ignored;  // somebody took the link away: nothing to tidy up
  if (!link_.empty()) std::filesystem::remove(link_, ignored);
}

// Whoever comes last holds his probe to the port.
void OpticalPort::accept_reader() {
  Descriptor connection = accept_connection(listener_);
  if (!connection.is_open()) return;
  if (reader_.is_open()) poller_.forget(reader_.get());
  reader_ = std::move(connection);
  watch();
}

void OpticalPort::watch() {
  poller_.watch(reader_.get(), POLLIN, [this](short) { read_reader(); });
  is_watched_ = true;
}

void OpticalPort::read_reader() {
  std::array<char, 256> buffer;
  const ssize_t size = read(reader_.get(), buffer.data(), buffer.size());
  if (size > 0) {
    for (const char c : std::string_view{buffer.data(), static_cast<std::size_t>(size)})
      meter_.hear_optical(c, site_.now());
    return;
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  poller_.forget(reader_.get());
  is_watched_ = false;
  if (link_.empty()) reader_ = Descriptor{};
}

void OpticalPort::advance(Wall wall) {
  if (!is_watched_ && !link_.empty() && has_far_end(reader_)) watch();
  while (leaving_.empty() || left_at_ <= wall) {
    if (!leaving_.empty()) send(leaving_);
    leaving_ = meter_.say_optical(site_.now());
    if (leaving_.empty()) return;
    const auto bits = static_cast<std::int64_t>(leaving_.size()) * meter_.optical_character_bits();
    left_at_ = wall + Wall{bits * 1'000'000'000 / meter_.optical_baud()};
  }
}

void OpticalPort::send(std::string_view characters) {
  if (!is_watched_) return;
  const ssize_t size = link_.empty()
                           ? ::send(reader_.get(), characters.data(), characters.size(), MSG_NOSIGNAL)
                           : write(reader_.get(), characters.data(), characters.size());
  // What does not fit is lost; a closed end is noticed when it is read.
  (void)size;
}

OpticalPort::Wall OpticalPort::next() const {
  if (!leaving_.empty()) return left_at_;
  return Wall::max();
}

}  // namespace lk::host
