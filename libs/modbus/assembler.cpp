// SPDX-License-Identifier: Apache-2.0
#include "modbus/assembler.hpp"

#include <limits>

namespace lk::modbus {

std::span<const std::byte> Assembler::take(std::byte byte, std::int64_t now_us) {
  if (handed_out_) reset();
  const std::int64_t since_last_us = now_us - last_us_;
  if (size_bytes_ > 0 && since_last_us >= end_us()) {
    const auto frame = end_by_silence();
    if (!frame.empty()) {
      held_ = true;
      held_byte_ = byte;
      last_us_ = now_us;
      return frame;
    }
  }
  const bool has_gap = gaps_ == Gaps::true_to_the_wire && size_bytes_ > 0 &&
                       since_last_us > std::int64_t{timing_.t1_5_us} + timing_.character_us;
  is_spoiled_ = is_spoiled_ || has_gap;
  append(byte, now_us);
  return complete() ? hand_out() : std::span<const std::byte>{};
}

std::span<const std::byte> Assembler::poll(std::int64_t now_us) {
  if (handed_out_) reset();
  if (now_us < deadline_us()) return {};
  return end_by_silence();
}

std::int64_t Assembler::deadline_us() const {
  const bool collecting = handed_out_ ? held_ : size_bytes_ > 0;
  return collecting ? last_us_ + end_us() : std::numeric_limits<std::int64_t>::max();
}

// From the end of a frame's last byte to the end of a byte that begins the next one, or to when none has
// come. A byte is noticed when it ends: the wire was silent for a character less.
std::int64_t Assembler::end_us() const {
  return std::int64_t{timing_.t3_5_us} + (gaps_ == Gaps::true_to_the_wire ? timing_.character_us : 0);
}

void Assembler::reset() {
  size_bytes_ = 0;
  is_spoiled_ = false;
  handed_out_ = false;
  if (held_) {
    held_ = false;
    append(held_byte_, last_us_);
  }
}

void Assembler::append(std::byte byte, std::int64_t now_us) {
  last_us_ = now_us;
  if (size_bytes_ == buffer_.size()) {
    is_spoiled_ = true;
  } else {
    buffer_[size_bytes_++] = byte;
  }
}

bool Assembler::complete() const {
  if (is_spoiled_ || size_bytes_ < min_frame_bytes) return false;
  if (role_ == Role::master) return complete_as(Direction::reply);
  const auto unit = std::to_integer<std::uint8_t>(buffer_[0]);
  if (complete_as(Direction::request)) return true;
  // Another slave's reply. A frame for this unit is never tried as one: were the CRC of its begin good by
  // chance, the same request would be cut short each time it is repeated.
  return unit != unit_ && unit != broadcast_unit && complete_as(Direction::reply);
}

bool Assembler::complete_as(Direction direction) const {
  const auto collected = std::span{buffer_}.first(size_bytes_);
  const auto size_bytes = frame_size_bytes(direction, collected);
  return size_bytes.has_value() && *size_bytes == size_bytes_ && parse_frame(collected).has_value();
}

std::span<const std::byte> Assembler::hand_out() {
  handed_out_ = true;
  ++frame_count_;
  return std::span{buffer_}.first(size_bytes_);
}

std::span<const std::byte> Assembler::end_by_silence() {
  if (!is_spoiled_ && parse_frame(std::span{buffer_}.first(size_bytes_)).has_value()) return hand_out();
  ++dropped_count_;
  reset();
  return {};
}

}  // namespace lk::modbus
