// SPDX-License-Identifier: Apache-2.0
// What a meter measures with: its board, as the factory calibrated it, and what the class and the wiring
// decide. Kept by the body; the bytes of a sealed calibration are docs/formats/calibration.md.
#pragma once

#include <cstddef>
#include <span>

#include "meter/metrology/calibration_codec.hpp"
#include "meter/metrology/metering.hpp"
#include "meter/metrology/settings.hpp"

namespace lk::meter {

struct Measuring {
  metrology::BoardCalibration board;  // of one phase or three, with or without a neutral; passes `check`
  metrology::MeteringSettings settings;
  bool is_calibration_refused = false;  // the board is the design's, and the meter says so
};

// The board as a sealed record says it. Where the record's seal or a coefficient is wrong, or it is of
// another kind of board (phases, neutral, rate) than the design, the design itself, marked as refused: the
// sensors are still what they are, and a meter that stopped would give its energy away.
[[nodiscard]] inline Measuring measuring_by(std::span<const std::byte> record, metrology::CalibrationKey key,
                                            const metrology::BoardCalibration& design,
                                            const metrology::MeteringSettings& settings = {}) {
  const auto board = metrology::decode(record, key);
  if (!board || board->phase_count != design.phase_count || board->has_neutral != design.has_neutral ||
      board->rate_hz != design.rate_hz || !metrology::is_valid(settings, *board)) {
    return {design, settings, true};
  }
  return {*board, settings, false};
}

}  // namespace lk::meter
