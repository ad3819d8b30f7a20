// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/keypad_line.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "firmware/host/attachment.hpp"

namespace lk::host {

namespace {

constexpr std::chrono::milliseconds between_shows{250};

}  // namespace

KeypadLine::KeypadLine(const KeypadSettings& settings, std::uint64_t seed, VirtualMeter& meter,
                       const Site& site, Poller& poller)
    : settings_(settings),
      meter_(meter),
      site_(site),
      poller_(poller),
      wires_(open_pseudo_terminal(settings.link)),
      random_(seed) {}

KeypadLine::~KeypadLine() {
  if (is_watched_) poller_.forget(wires_.get());
  std::error_code ignored;  // somebody took the link away: nothing to tidy up
  std::filesystem::remove(settings_.link, ignored);
}

void KeypadLine::watch() {
  poller_.watch(wires_.get(), POLLIN, [this](short) { hear(); });
  is_watched_ = true;
}

void KeypadLine::hear() {
  std::array<std::byte, 256> buffer;
  const ssize_t size = read(wires_.get(), buffer.data(), buffer.size());
  if (size > 0) {
    const auto heard = std::span{buffer}.first(static_cast<std::size_t>(size));
    disturb(heard);
    for (const std::byte byte : heard) {
      for (const panel::Key key : end_.receive(byte, site_.now())) meter_.press(key, site_.now());
    }
    return;
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  poller_.forget(wires_.get());
  is_watched_ = false;
}

void KeypadLine::disturb(std::span<std::byte> bytes) {
  if (settings_.noise <= 0) return;
  std::bernoulli_distribution is_hit{settings_.noise};
  for (std::byte& byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      if (is_hit(random_)) byte ^= std::byte{1} << bit;
    }
  }
}

void KeypadLine::advance(Wall wall) {
  if (wall < due_) return;
  due_ = wall + between_shows;
  if (!is_watched_ && has_far_end(wires_)) watch();
  const auto frame = meter_.panel_frame(site_.now());
  if (!frame && had_power_) end_ = {};  // what it knew of the unit goes with the power
  had_power_ = frame.has_value();
  if (!frame || !is_watched_) return;
  auto bytes = end_.show(*frame);
  disturb(bytes);
  // What does not fit is lost, as on any noisy line.
  const ssize_t size = write(wires_.get(), bytes.data(), bytes.size());
  (void)size;
}

}  // namespace lk::host
