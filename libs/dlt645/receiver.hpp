// SPDX-License-Identifier: Apache-2.0
// Cuts frames out of a stream of bytes, byte by byte. Whatever stands before a frame is passed over (wake-up
// bytes, noise); where what looked like a frame is none, the search goes on behind its first byte, so that a
// good frame is found also inside what a cut one has swallowed. A frame may have gaps of half a second
// between its bytes. Any bytes are safe; nothing but a frame with the right sum is handed out. Not
// thread-safe; 212 bytes and a little more; owns no clock: times are microseconds of any clock that does not
// go back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dlt645/frame.hpp"

namespace lk::dlt645 {

class Receiver {
 public:
  // DL/T 645-2007, 5.2.5: the longest gap between two bytes of a frame.
  static constexpr std::int64_t gap_max_us = 500'000;

  // Takes the next byte. Answers a whole frame, taken apart, or nothing; its data is valid until the next
  // call.
  [[nodiscard]] std::optional<Frame> take(std::byte byte, std::int64_t now_us);
  // The line has been silent for a few characters: the sender has said what it had to say. Where the last
  // thing it said is a whole frame, hidden until now behind the begin of another one, that is answered.
  [[nodiscard]] std::optional<Frame> silence();
  // Forgets what was collected.
  void reset() { size_bytes_ = handed_out_bytes_ = 0; }

  // Since made: what looked like a frame and was none.
  [[nodiscard]] std::uint32_t dropped_count() const { return dropped_count_; }

 private:
  [[nodiscard]] std::optional<Frame> search();
  void drop(std::size_t count);

  std::array<std::byte, frame_max_bytes> buffer_{};
  std::size_t size_bytes_ = 0;
  std::size_t handed_out_bytes_ = 0;  // at the begin: they belong to the caller until the next call
  std::int64_t last_us_ = 0;
  std::uint32_t dropped_count_ = 0;
};

}  // namespace lk::dlt645
