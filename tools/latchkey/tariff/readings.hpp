// SPDX-License-Identifier: Apache-2.0
// Interval readings from CSV: a header with `timestamp` and `kwh`, a line for each interval. Times have an
// offset ("Z", "+01:00"), or are local times of a zone that the caller names.
#pragma once

#include <functional>
#include <istream>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::tools {

struct Reading {
  std::size_t line = 0;
  quantity::Instant from;
  quantity::Instant to;
  quantity::Energy energy;
};

// The instants (UTC, ms, rising) that a local time can mean: none in a gap of the clock, two where it went
// back.
using ToUtc = std::function<std::vector<std::int64_t>(std::int64_t local_ms)>;

enum class Stamp { start, end };  // which end of the interval the timestamp is

struct ReadingOptions {
  Stamp stamp = Stamp::start;
  std::int64_t interval_minutes = 0;  // 0: the least distance between two lines
  ToUtc to_utc;                       // for times without offset
  std::string zone_name;              // of `to_utc`, for messages
};

struct Readings {
  std::vector<Reading> list;
  std::int64_t interval_ms = 0;
  std::vector<std::string> warnings;
};

// All readings, or a UserError that names `file`, the line and the remedy.
[[nodiscard]] Readings read_readings(std::istream& in, const std::string& file,
                                     const ReadingOptions& options);

}  // namespace lk::tools
