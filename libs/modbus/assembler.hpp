// SPDX-License-Identifier: Apache-2.0
// Cuts frames out of a stream of bytes. A frame ends as soon as the length that its function code implies has
// come with a good CRC, so that no time is lost, or else by a silence of t3.5. Bytes that are no frame are
// counted and dropped at the next silence. Where the port tells the true time of each byte, a gap above t1.5
// inside a frame spoils it, as the standard says; behind a USB adapter or an operating system nobody can
// tell, so there only t3.5 counts. Nothing but a checked frame is ever handed out. Not thread-safe;
// 256 bytes and a little more; owns no clock: times are microseconds of any clock that does not go back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "modbus/frame.hpp"

namespace lk::modbus {

// Whether the times of bytes are those of the wire.
enum class Gaps : std::uint8_t { blurred, true_to_the_wire };

class Assembler {
 public:
  // At a master: only replies come.
  [[nodiscard]] static Assembler of_master(Timing timing) { return Assembler{timing, Role::master, 0}; }
  // At the slave `unit` (1 to 247), which also hears the other slaves of its line answer.
  [[nodiscard]] static Assembler of_slave(Timing timing, std::uint8_t unit, Gaps gaps = Gaps::blurred) {
    return Assembler{timing, Role::slave, unit, gaps};
  }

  // Takes the next byte, whose last bit has come at `now_us`. Returns a whole checked frame (unit to CRC) or
  // an empty span; the span is valid until the next call. A byte that comes after a silence begins a new
  // frame.
  [[nodiscard]] std::span<const std::byte> take(std::byte byte, std::int64_t now_us);
  // Lets time pass: at and after `deadline_us()` it ends what was collected; returns as `take`.
  [[nodiscard]] std::span<const std::byte> poll(std::int64_t now_us);
  // When `poll` wants to be called; a time in the far future where nothing is collected.
  [[nodiscard]] std::int64_t deadline_us() const;
  // Forgets what was collected.
  void reset();

  // Since made: frames handed out, collections dropped because of the CRC or the length.
  [[nodiscard]] std::uint32_t frame_count() const { return frame_count_; }
  [[nodiscard]] std::uint32_t dropped_count() const { return dropped_count_; }

 private:
  enum class Role : std::uint8_t { master, slave };
  Assembler(Timing timing, Role role, std::uint8_t unit, Gaps gaps = Gaps::blurred)
      : timing_(timing), role_(role), unit_(unit), gaps_(gaps) {}

  [[nodiscard]] std::int64_t end_us() const;
  void append(std::byte byte, std::int64_t now_us);
  [[nodiscard]] bool complete() const;
  [[nodiscard]] bool complete_as(Direction direction) const;
  std::span<const std::byte> hand_out();
  std::span<const std::byte> end_by_silence();

  std::array<std::byte, max_frame_bytes> buffer_{};
  std::size_t size_bytes_ = 0;
  bool is_spoiled_ = false;  // too long, or with a gap inside: only a silence ends it
  bool handed_out_ = false;  // the buffer belongs to the caller until the next call
  bool held_ = false;        // a byte that came while the frame before it was handed out
  std::byte held_byte_{};
  std::int64_t last_us_ = 0;
  Timing timing_;
  Role role_;
  std::uint8_t unit_;
  Gaps gaps_;
  std::uint32_t frame_count_ = 0;
  std::uint32_t dropped_count_ = 0;
};

}  // namespace lk::modbus
