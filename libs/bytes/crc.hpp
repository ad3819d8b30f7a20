// SPDX-License-Identifier: Apache-2.0
// The two checks that Latchkey's frames and records use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::bytes {

// CRC-16/MODBUS: polynomial 8005h reflected (A001h), start FFFFh, no final inversion; "123456789" gives
// 4B37h. Modbus RTU sends it low byte first; STS tokens store it byte-swapped (IEC 62055-41, 6.3.7).
[[nodiscard]] std::uint16_t crc16_modbus(std::span<const std::byte> data);

// CRC-32C (Castagnoli): polynomial 1EDC6F41h reflected, start and final inversion; "123456789" gives
// E3069283h. `seed` is an earlier result to go on from, 0 at the start.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> data, std::uint32_t seed = 0);

}  // namespace lk::bytes
