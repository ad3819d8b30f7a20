// SPDX-License-Identifier: Apache-2.0
// A recorded waveform: int16 little-endian, two interleaved channels, as raw counts.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "meter/metrology/sample.hpp"

namespace lk::sim {

enum class ChannelOrder : std::uint8_t { current_first, voltage_first };

// Reads a whole file. The error says what is wrong with it and what to do: no such file, empty, or not made
// of whole pairs.
[[nodiscard]] std::expected<std::vector<metrology::Sample>, std::string> read_recording(
    const std::filesystem::path& file, ChannelOrder order);

}  // namespace lk::sim
