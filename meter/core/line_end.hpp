// SPDX-License-Identifier: Apache-2.0
// The meter at the end of its serial line: bytes with their times go in, answers with the time at which they
// may begin come out. Every body has the same one, and drives its own UART with it. Settings of the line that
// an answer told of are adopted when that answer has left.
//
//   UART ──byte, time──► links::Port ──frame──► Meter::serve ──► answer() ──► UART, then answered()
//
// Times are microseconds of any clock that does not go back. One thread; the meter must outlive it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "meter/core/meter.hpp"
#include "meter/links/port.hpp"

namespace lk::meter {

class LineEnd {
 public:
  // `wire` says how far the times of bytes are to be trusted.
  explicit LineEnd(Meter& meter, links::Wire wire = {});

  // A byte whose last bit came at `at_us`. An answer that has not begun yet is dropped: its time is over.
  void take(std::byte byte, std::int64_t at_us, quantity::Instant now);
  // Lets time pass: to be called at and after `deadline_us`, when no byte has come.
  void poll(std::int64_t at_us, quantity::Instant now);
  [[nodiscard]] std::int64_t deadline_us() const { return port_->deadline_us(); }

  // What is to be said, empty for silence, and not before when; valid until the next call.
  [[nodiscard]] std::span<const std::byte> answer() const { return std::span{room_}.first(size_bytes_); }
  [[nodiscard]] std::int64_t answer_due_us() const { return due_us_; }
  // The answer has left.
  void answered();

  // How the UART is to be set now.
  [[nodiscard]] const links::LineSettings& settings() const { return settings_; }

 private:
  void serve(const links::Port::Heard& heard, std::int64_t at_us, quantity::Instant now);
  void adopt();

  Meter& meter_;
  links::Wire wire_;
  links::LineSettings settings_;
  std::optional<links::Port> port_;
  std::array<std::byte, 256> room_{};
  std::size_t size_bytes_ = 0;
  std::int64_t due_us_ = 0;
  std::int64_t heard_us_ = 0;  // the last byte
};

}  // namespace lk::meter
