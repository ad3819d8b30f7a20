// SPDX-License-Identifier: Apache-2.0
// The two ends of the line between a meter and its keypad unit. The meter speaks first, the unit answers. A
// key is sent until the meter has acknowledged its number, and taken once: docs/formats/ciu.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "panel/ciu_frame.hpp"
#include "quantity/quantity.hpp"

namespace lk::panel::ciu {

class MeterEnd {
 public:
  // A byte from the line. Returns the keys that are new, oldest first; valid until the next call.
  [[nodiscard]] std::span<const Key> receive(std::byte byte, quantity::Instant now);
  // What to send: the frame to be shown, with the acknowledgement. A meter sends every 250 ms.
  [[nodiscard]] std::array<std::byte, show_bytes> show(const Frame& frame) const;
  // Whether a unit has answered in the last three seconds. The meter does not need one.
  [[nodiscard]] bool has_unit(quantity::Instant now) const;

 private:
  Finder finder_;
  Keys heard_;
  std::uint8_t session_ = 0;
  std::uint8_t last_number_ = 0;
  std::optional<quantity::Instant> heard_at_;
};

class UnitEnd {
 public:
  // `session`: 1 to 255, by chance at each start of the unit; where the meter still knows that one from the
  // last start, the next is taken.
  explicit UnitEnd(std::uint8_t session);
  // False where eight keys wait already: the meter is not there.
  [[nodiscard]] bool press(Key key);
  // A byte from the line. Where it ends a frame of the meter: what to show. `answer` is to be sent then.
  [[nodiscard]] std::optional<Frame> receive(std::byte byte);
  [[nodiscard]] std::span<std::byte> answer(std::span<std::byte, keys_bytes_most> room) const;

 private:
  Finder finder_;
  Keys waiting_;
  bool has_heard_ = false;
};

}  // namespace lk::panel::ciu
