// SPDX-License-Identifier: Apache-2.0
// The meter seen as an Eastron SDM120 or SDM630: IEEE 754 floats at those meters' addresses, high word first,
// each a view of a row. A single-phase meter answers as phase 1 of an SDM630, and with its totals; what a
// meter does not measure reads as zero, as in those meters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dictionary/row.hpp"

namespace lk::dictionary {

// What is shown of a row that stands once for each phase.
enum class Over : std::uint8_t { one, mean, sum };

struct FloatView {
  std::uint16_t address;
  std::string_view name;  // as the row's, behind "sdm_"
  Id id;                  // the row that it shows
  Unit unit;
  std::int64_t divisor;  // the float is the row's integer divided by this
  std::uint16_t slot_index = 0;
  Over over = Over::one;
};

inline constexpr std::uint16_t sdm_last_address = 0x0183;
// Whether an address is in the block in which each register reads.
[[nodiscard]] constexpr bool is_sdm(std::uint16_t address) {
  return address <= sdm_last_address;
}

// All views, rising by address; each has two registers from an even address on.
[[nodiscard]] std::span<const FloatView> float_views();
// The view of that name, or null.
[[nodiscard]] const FloatView* find_float(std::string_view name);
// The view whose first or second register this is, or null.
[[nodiscard]] const FloatView* find_float(std::uint16_t address);
// Writes the row's integer as the view's two registers.
void encode(const FloatView& view, std::int64_t value, std::span<std::byte, 4> to);

}  // namespace lk::dictionary
