// SPDX-License-Identifier: Apache-2.0
// A board's calibration as bytes, with its seal: a CRC that tells damage and a tag that tells that the
// factory's tool wrote it. The bytes are defined in docs/formats/calibration.md.
//
//   │ LKC1 │ board │ 3 × voltage │ 3 × current │ neutral │ crc │ cmac │
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <span>

#include "meter/metrology/board_calibration.hpp"

namespace lk::metrology {

inline constexpr std::size_t calibration_size_bytes = 452;
using CalibrationBytes = std::array<std::byte, calibration_size_bytes>;
using CalibrationKey = std::span<const std::byte, 16>;

// The calibration must pass `check`. Channels that the board does not have are written as zeros.
[[nodiscard]] CalibrationBytes encode(const BoardCalibration& calibration, CalibrationKey key);

// The calibration of sealed bytes, checked. Errors: `format` (size or version), `seal` (the CRC or the tag is
// wrong: damaged, or not from the factory of this key), or what `check` finds.
[[nodiscard]] std::expected<BoardCalibration, CalibrationError> decode(std::span<const std::byte> bytes,
                                                                       CalibrationKey key);

}  // namespace lk::metrology
