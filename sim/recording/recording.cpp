// SPDX-License-Identifier: Apache-2.0
#include "sim/recording/recording.hpp"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <system_error>

namespace lk::sim {
namespace {

std::int32_t value_at(const std::vector<char>& bytes, std::size_t at, std::size_t size_bytes) {
  std::uint32_t bits = 0;
  for (std::size_t k = 0; k < size_bytes; ++k) {
    bits |= std::uint32_t{static_cast<unsigned char>(bytes[at + k])} << (8U * k);
  }
  return size_bytes == 2 ? static_cast<std::int16_t>(static_cast<std::uint16_t>(bits))
                         : static_cast<std::int32_t>(bits);
}

std::string name_of(CountFormat format, std::size_t channel_count) {
  const std::string number = format == CountFormat::i16 ? "int16" : "int32";
  return channel_count == 2 ? "pairs of " + number
                            : "sets of " + std::to_string(channel_count) + " " + number;
}

}  // namespace

std::expected<std::vector<std::int32_t>, std::string> read_counts(const std::filesystem::path& file,
                                                                  CountFormat format,
                                                                  std::size_t channel_count) {
  const auto refuse = [&file](const std::string& problem) {
    return std::unexpected(file.string() + ": " + problem);
  };
  const std::size_t count_bytes = format == CountFormat::i16 ? 2 : 4;
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return refuse("is a folder; give one recording");
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return refuse("cannot be opened; check the name and the permission to read it");
  const std::vector<char> bytes{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
  if (stream.bad()) return refuse("cannot be read to its end");
  if (bytes.empty())
    return refuse("is empty; expected " + name_of(format, channel_count) + ", channels interleaved");
  if (bytes.size() % (count_bytes * channel_count) != 0) {
    return refuse("has " + std::to_string(bytes.size()) + " bytes, which is no whole number of " +
                  name_of(format, channel_count) + "; it was cut off or is of another format");
  }
  std::vector<std::int32_t> counts;
  counts.reserve(bytes.size() / count_bytes);
  for (std::size_t at = 0; at < bytes.size(); at += count_bytes)
    counts.push_back(value_at(bytes, at, count_bytes));
  return counts;
}

std::expected<std::vector<metrology::Sample>, std::string> read_recording(const std::filesystem::path& file,
                                                                          ChannelOrder order) {
  const auto counts = read_counts(file, CountFormat::i16, 2);
  if (!counts) return std::unexpected(counts.error());
  const bool is_voltage_first = order == ChannelOrder::voltage_first;
  std::vector<metrology::Sample> samples;
  samples.reserve(counts->size() / 2);
  for (std::size_t at = 0; at < counts->size(); at += 2) {
    const std::int32_t first = (*counts)[at];
    const std::int32_t second = (*counts)[at + 1];
    samples.push_back(is_voltage_first ? metrology::Sample{first, second} : metrology::Sample{second, first});
  }
  return samples;
}

}  // namespace lk::sim
