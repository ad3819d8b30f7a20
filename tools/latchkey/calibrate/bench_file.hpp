// SPDX-License-Identifier: Apache-2.0
// The file between a factory's bench and `latchkey calibrate`: the board's design and its load points as
// JSON. Every key is described in docs/guides/calibrating.md.
#pragma once

#include <string>
#include <vector>

#include "tools/latchkey/calibrate/procedure.hpp"

namespace lk::tools {

struct BenchFile {
  Design design;
  std::vector<LoadPoint> points;
};

// Throws UserError, naming the file, the place in it and what was expected there.
[[nodiscard]] BenchFile read_bench_file(const std::string& path);
[[nodiscard]] std::string bench_file_text(const BenchFile& bench);

// The calibration for people and scripts, one JSON object.
[[nodiscard]] std::string calibration_text(const metrology::BoardCalibration& board);

}  // namespace lk::tools
