// SPDX-License-Identifier: Apache-2.0
// Recordings of real appliances as loads: cut into cycles at the recorded voltage's crossings, turned so that
// each begins at the crossing, and played in a ring. Recordings are read where they lie and are never part of
// the repository; where they are absent, scenes are made of drawn appliances alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/scene/load.hpp"

namespace lk::sim::scene {

struct Recorded {
  std::string name;  // class of the data set
  Load load;
  Supply supply;  // its own voltage: what a resistor must be shown with
};

// All usable recordings below `waveforms` (the folder with manifest.csv); empty where there are none.
[[nodiscard]] std::vector<Recorded> read_recorded(const std::filesystem::path& waveforms);

}  // namespace lk::sim::scene
