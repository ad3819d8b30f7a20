// SPDX-License-Identifier: Apache-2.0
// Any text as readings: a list of intervals that follow each other, or an error with its line.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/tariff/readings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::tools;
  if (size == 0) return 0;
  ReadingOptions options;
  options.stamp = data[0] % 2 == 0 ? Stamp::start : Stamp::end;
  options.interval_minutes = data[0] / 2;
  options.to_utc = [](std::int64_t local_ms) {
    return std::vector<std::int64_t>{local_ms, local_ms + 3'600'000};
  };
  std::istringstream in{std::string{reinterpret_cast<const char*>(data) + 1, size - 1}};
  try {
    const Readings readings = read_readings(in, "fuzz", options);
    for (std::size_t i = 0; i < readings.list.size(); ++i) {
      const Reading& reading = readings.list[i];
      if (reading.from >= reading.to || (i > 0 && reading.from < readings.list[i - 1].to)) std::abort();
    }
  } catch (const UserError&) {
    return 0;
  }
  return 0;
}
