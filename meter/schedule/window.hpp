// SPDX-License-Identifier: Apache-2.0
// A window of the week, as friendly hours, power limits and switching times use it: on these days, from this
// minute until before that one. On a holiday only the holiday's own bit counts. A window does not reach over
// midnight; a night is two windows. 32 bits: days │ from │ to  =  8 │ 12 │ 12.
#pragma once

#include <cstdint>
#include <span>

namespace lk::schedule {

inline constexpr std::uint16_t minutes_per_day = 1440;

// The meter's own local time, as rules need it.
struct LocalTime {
  std::uint16_t minute = 0;  // of the day, 0 to 1439
  std::uint8_t weekday = 0;  // 0 Monday to 6 Sunday
  bool is_holiday = false;
};

class Window {
 public:
  constexpr Window() = default;  // never
  // Bits 31–24: days (bit 0 Monday to bit 6 Sunday, bit 7 holidays); 23–12: first minute; 11–0: minute after
  // the last. `is_valid` must have been asked.
  [[nodiscard]] static constexpr Window of_bits(std::uint32_t bits) { return Window{bits}; }
  // 0 (never), or minutes that rise within one day.
  [[nodiscard]] static constexpr bool is_valid(std::int64_t bits) {
    if (bits == 0) return true;
    if (bits < 0 || bits > 0xFFFF'FFFFLL) return false;
    const Window window{static_cast<std::uint32_t>(bits)};
    return window.days() != 0 && window.from() < window.to() && window.to() <= minutes_per_day;
  }
  [[nodiscard]] static constexpr Window of(std::uint8_t days, std::uint16_t from, std::uint16_t to) {
    return Window{(std::uint32_t{days} << 24U) | (std::uint32_t{from} << 12U) | to};
  }

  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool is_set() const { return bits_ != 0; }
  [[nodiscard]] constexpr bool contains(const LocalTime& at) const {
    const unsigned day = at.is_holiday ? 7U : at.weekday;
    return ((days() >> day) & 1U) != 0 && at.minute >= from() && at.minute < to();
  }
  constexpr bool operator==(const Window&) const = default;

 private:
  constexpr explicit Window(std::uint32_t bits) : bits_(bits) {}
  [[nodiscard]] constexpr unsigned days() const { return bits_ >> 24U; }
  [[nodiscard]] constexpr unsigned from() const { return (bits_ >> 12U) & 0xFFFU; }
  [[nodiscard]] constexpr unsigned to() const { return bits_ & 0xFFFU; }

  std::uint32_t bits_ = 0;
};

[[nodiscard]] constexpr bool any_contains(std::span<const Window> windows, const LocalTime& at) {
  for (const Window& window : windows) {
    if (window.contains(at)) return true;
  }
  return false;
}

}  // namespace lk::schedule
