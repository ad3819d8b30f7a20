// SPDX-License-Identifier: Apache-2.0
// What every link needs of the meter: values by dictionary row, and the ways in. Called by a link while it
// serves one frame; nothing changes between two reads of one frame. The ways in answer by results that are
// read afterwards (`token_result`, `order_result`, `command_result`), never by an exception of the link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dictionary/dictionary.hpp"
#include "quantity/quantity.hpp"

namespace lk::links {

enum class Written : std::uint8_t {
  done,
  not_allowed,   // the row is not open to writing, or a password would have to open it first
  out_of_range,  // the value is not one that the row takes
  not_ready,     // the storage failed: again later
};

class Device {
 public:
  // A number row's value in its own unit and scale: the one way in which all protocols read. `slot_index` is
  // 0 but for rows that stand more than once. A secret reads as 0.
  [[nodiscard]] virtual std::int64_t number(dictionary::Id id, std::uint16_t slot_index) = 0;
  // A text row's value; valid until the next call. `slot_index` as above.
  [[nodiscard]] virtual std::string_view text(dictionary::Id id, std::uint16_t slot_index) = 0;
  // Fills `to` with the bytes of a `counted` row; how many it filled.
  [[nodiscard]] virtual std::size_t data(dictionary::Id id, std::span<std::byte> to) {
    (void)id;
    (void)to;
    return 0;
  }
  // A number written to a row.
  [[nodiscard]] virtual Written write(dictionary::Id id, std::uint16_t slot_index, std::int64_t value) {
    (void)id;
    (void)slot_index;
    (void)value;
    return Written::not_allowed;
  }
  // Fills `to` with an entry of a long record (dictionary::records): its number, u32 high byte first, then
  // the entry as docs/formats/records.md has it. `number_mod` is the entry's number modulo 10 000; of several
  // the newest. Returns how many bytes it filled, 0 where there is no such entry.
  [[nodiscard]] virtual std::size_t record(std::uint16_t log, std::uint16_t number_mod,
                                           std::span<std::byte> to) {
    (void)log;
    (void)number_mod;
    (void)to;
    return 0;
  }
  // Arguments for the command block, kept until `write` of `command_code` runs it.
  virtual void prepare_command(std::span<const std::byte> arguments) { (void)arguments; }
  // How many minutes local time is ahead of UTC then.
  [[nodiscard]] virtual std::int32_t zone_minutes(std::uint32_t unix_s) {
    (void)unix_s;
    return 0;
  }
  // Corrects the clock as a broadcast on the line may: by five minutes at most, once a day, never near
  // midnight. False where it was not done.
  virtual bool correct_clock(quantity::Instant time) {
    (void)time;
    return false;
  }
  // The user takes the emergency credit; `not_allowed` where none is offered.
  [[nodiscard]] virtual Written take_emergency() { return Written::not_allowed; }
  // 20 characters as they came, digits or not.
  virtual void enter_token(std::span<const char, 20> characters) = 0;
  // The bytes of a sealed order, 0 to 78.
  virtual void enter_order(std::span<const std::byte> order) = 0;

 protected:
  ~Device() = default;
};

}  // namespace lk::links
