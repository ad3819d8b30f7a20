// SPDX-License-Identifier: Apache-2.0
// A serial port of the meter that speaks Modbus RTU, DL/T 645, or both. With both, each byte goes to both
// receivers: a frame of DL/T 645 begins with FE or 68 and has its own sum, one of Modbus begins with an
// address behind a silence and has its own CRC, and the first that is whole is it; the other receiver then
// forgets what it has collected. So no damage to a frame of one costs the next of the other, and a master of
// each may sit on the line.
//
//   byte ──┬─► modbus::Assembler ──┐
//          └─► dlt645::Receiver ───┴─► the first whole frame
//
// Owns no clock: times are microseconds of any clock that does not go back. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dlt645/receiver.hpp"
#include "meter/links/line_settings.hpp"
#include "modbus/assembler.hpp"

namespace lk::links {

// How far the times at which a port hears bytes are those of the wire.
struct Wire {
  modbus::Gaps gaps = modbus::Gaps::blurred;
  // A silence ends a frame after t3.5, but never sooner than this: for bodies that hear bytes in lumps.
  std::uint32_t least_silence_us = 0;
};

class Port {
 public:
  // A whole checked frame of one of them, or nothing; valid until the next call of the port.
  struct Heard {
    std::span<const std::byte> modbus;
    std::optional<dlt645::Frame> dlt645;
  };

  explicit Port(const LineSettings& settings, Wire wire = {});

  [[nodiscard]] Heard take(std::byte byte, std::int64_t now_us);
  // Lets time pass: to be called at and after `deadline_us`, when no byte has come.
  [[nodiscard]] Heard poll(std::int64_t now_us);
  // When a silence is long enough to end what was collected; far in the future where nothing was.
  [[nodiscard]] std::int64_t deadline_us() const;

 private:
  Port(const LineSettings& settings, Wire wire, modbus::Timing timing);
  Heard chosen(std::span<const std::byte> modbus, const std::optional<dlt645::Frame>& dlt645);

  Protocol protocol_;
  std::int64_t silence_us_;
  std::int64_t last_us_ = 0;
  bool is_silence_due_ = false;
  modbus::Assembler modbus_;
  dlt645::Receiver dlt645_;
};

}  // namespace lk::links
