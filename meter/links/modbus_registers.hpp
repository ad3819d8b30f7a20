// SPDX-License-Identifier: Apache-2.0
// Runs of registers to and from a Device: each value of a run is there whole, or the run is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/links/device.hpp"
#include "modbus/frame.hpp"

namespace lk::links {

// Fills `to` (2 bytes a register) with the registers from `address`. An address that no row has, that may not
// be read, or a range that cuts a value: illegal address.
[[nodiscard]] modbus::Exception read_registers(std::uint16_t address, std::span<std::byte> to,
                                               Device& device);

// Writes what begins at `address`: one row whole, or the command block's arguments and code in one.
[[nodiscard]] modbus::Exception write_registers(std::uint16_t address, std::span<const std::byte> registers,
                                                Device& device);

// What a write's result is on the wire.
[[nodiscard]] modbus::Exception exception_of(Written written);

}  // namespace lk::links
