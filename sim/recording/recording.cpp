// SPDX-License-Identifier: Apache-2.0
#include "sim/recording/recording.hpp"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <system_error>

namespace lk::sim {
namespace {

constexpr std::size_t pair_bytes = 4;

std::int32_t value_at(const std::vector<char>& bytes, std::size_t at) {
  const auto low = static_cast<unsigned char>(bytes[at]);
  const auto high = static_cast<unsigned char>(bytes[at + 1]);
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(low | (high << 8U)));
}

}  // namespace

std::expected<std::vector<metrology::Sample>, std::string> read_recording(const std::filesystem::path& file,
                                                                          ChannelOrder order) {
  const auto refuse = [&file](const std::string& problem) {
    return std::unexpected(file.string() + ": " + problem);
  };
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return refuse("is a folder; give one recording");
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return refuse("cannot be opened; check the name and the permission to read it");
  const std::vector<char> bytes{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
  if (stream.bad()) return refuse("cannot be read to its end");
  if (bytes.empty()) return refuse("is empty; expected pairs of int16, two channels interleaved");
  if (bytes.size() % pair_bytes != 0) {
    return refuse(
        "has " + std::to_string(bytes.size()) +
        " bytes, which is no whole number of pairs of int16; it was cut off or is of another format");
  }
  std::vector<metrology::Sample> samples;
  samples.reserve(bytes.size() / pair_bytes);
  for (std::size_t at = 0; at < bytes.size(); at += pair_bytes) {
    const std::int32_t first = value_at(bytes, at);
    const std::int32_t second = value_at(bytes, at + 2);
    if (order == ChannelOrder::current_first) {
      samples.push_back({.voltage_count = second, .current_count = first});
    } else {
      samples.push_back({.voltage_count = first, .current_count = second});
    }
  }
  return samples;
}

}  // namespace lk::sim
