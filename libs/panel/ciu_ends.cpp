// SPDX-License-Identifier: Apache-2.0
#include "panel/ciu_ends.hpp"

#include <algorithm>

#include "assert/assert.hpp"

namespace lk::panel::ciu {

namespace {
constexpr quantity::Duration patience = quantity::seconds(3);
}

std::span<const Key> MeterEnd::receive(std::byte byte, quantity::Instant now) {
  const auto bytes = finder_.take(byte);
  if (bytes.empty()) return {};
  const auto keys = decode_keys(bytes);
  if (!keys) return {};
  heard_ = *keys;
  heard_at_ = now;
  if (heard_.session != session_) {
    // Another unit, or it or the meter has started: what it holds was never taken.
    session_ = heard_.session;
    last_number_ = static_cast<std::uint8_t>(heard_.first_number - 1);
  }
  // How many of these keys were taken before.
  const auto known =
      static_cast<std::uint8_t>(last_number_ - static_cast<std::uint8_t>(heard_.first_number - 1));
  if (known >= heard_.count) return {};
  last_number_ = static_cast<std::uint8_t>(heard_.first_number + heard_.count - 1);
  return std::span{heard_.keys}.subspan(known, static_cast<std::size_t>(heard_.count) - known);
}

std::array<std::byte, show_bytes> MeterEnd::show(const Frame& frame) const {
  return encode(Show{frame, session_, last_number_});
}

bool MeterEnd::has_unit(quantity::Instant now) const {
  return heard_at_ && now - *heard_at_ <= patience;
}

UnitEnd::UnitEnd(std::uint8_t session) {
  ensure(session != 0);
  waiting_.session = session;
  waiting_.first_number = 1;
}

bool UnitEnd::press(Key key) {
  if (waiting_.count == keys_most) return false;
  waiting_.keys[waiting_.count++] = key;
  return true;
}

std::optional<Frame> UnitEnd::receive(std::byte byte) {
  const auto bytes = finder_.take(byte);
  if (bytes.empty()) return std::nullopt;
  const auto show = decode_show(bytes);
  if (!show) return std::nullopt;
  if (!has_heard_ && show->session == waiting_.session) {
    waiting_.session = waiting_.session == 255 ? 1 : static_cast<std::uint8_t>(waiting_.session + 1);
  }
  has_heard_ = true;
  const auto taken =
      static_cast<std::uint8_t>(show->key_number - static_cast<std::uint8_t>(waiting_.first_number - 1));
  if (show->session == waiting_.session && taken <= waiting_.count) {
    const auto begin = waiting_.keys.begin();
    std::copy(begin + taken, begin + waiting_.count, begin);
    waiting_.count = static_cast<std::uint8_t>(waiting_.count - taken);
    waiting_.first_number = static_cast<std::uint8_t>(waiting_.first_number + taken);
  }
  return show->frame;
}

std::span<std::byte> UnitEnd::answer(std::span<std::byte, keys_bytes_most> room) const {
  return encode(waiting_, room);
}

}  // namespace lk::panel::ciu
