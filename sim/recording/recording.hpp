// SPDX-License-Identifier: Apache-2.0
// A recorded waveform: little-endian integers, interleaved channels, as raw counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "meter/metrology/sample.hpp"

namespace lk::sim {

enum class ChannelOrder : std::uint8_t { current_first, voltage_first };

enum class CountFormat : std::uint8_t { i16, i32 };

// Reads a whole file of `channel_count` interleaved channels, set after set. The error says what is wrong
// with it and what to do: no such file, empty, or not made of whole sets.
[[nodiscard]] std::expected<std::vector<std::int32_t>, std::string> read_counts(
    const std::filesystem::path& file, CountFormat format, std::size_t channel_count);

// Reads a whole file of int16 pairs. The error says what is wrong with it and what to do: no such file,
// empty, or not made of whole pairs.
[[nodiscard]] std::expected<std::vector<metrology::Sample>, std::string> read_recording(
    const std::filesystem::path& file, ChannelOrder order);

}  // namespace lk::sim
