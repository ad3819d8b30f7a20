// SPDX-License-Identifier: Apache-2.0
// What a panel tells of the meter's state beside its pages: symbols, notices that take turns with the pages,
// and what the buzzer warns of. Read from the meter when it is shown; nothing is kept.
#pragma once

#include <cstdint>

#include "meter/links/device.hpp"
#include "panel/display.hpp"

namespace lk::panel {

// Numbers of the notices "FAUL-" behind those of the measuring channel (docs/design/metrology.md).
inline constexpr std::uint8_t notice_memory = 20;
inline constexpr std::uint8_t notice_relay = 21;
inline constexpr std::uint8_t notice_clock = 22;
inline constexpr std::uint8_t notice_records = 23;

// Bits of what the buzzer warns of.
inline constexpr std::uint8_t warning_credit = 1;
inline constexpr std::uint8_t warning_operator = 2;

// The symbols of the meter's state, to be added to those of the page.
[[nodiscard]] std::uint16_t state_symbols(links::Device& meter);
// What is to be warned of now.
[[nodiscard]] std::uint8_t warnings(links::Device& meter);
// Writes the notice whose turn it is: faults, and why the supply is off. False where there is none.
[[nodiscard]] bool write_notice(Frame& frame, links::Device& meter, std::uint32_t turn);
// "on", or "OFF" and the code of the first reason that holds it off; "OFF" alone where it is off without one.
void write_supply(Frame& frame, links::Device& meter);

}  // namespace lk::panel
