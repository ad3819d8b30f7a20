// SPDX-License-Identifier: Apache-2.0
// Why a file could not be used, for the person who gave it.
#pragma once

#include <cstddef>
#include <string>

namespace lk::sim {

struct InputError {
  std::string file;
  std::size_t line = 0;  // from 1; 0: the file as a whole
  std::string problem;   // what is wrong and what to do

  // "FILE:LINE: problem"
  [[nodiscard]] std::string text() const {
    return file + (line > 0 ? ":" + std::to_string(line) : std::string{}) + ": " + problem;
  }
};

}  // namespace lk::sim
