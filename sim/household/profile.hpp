// SPDX-License-Identifier: Apache-2.0
// A recorded household: consumption over time from a CSV file with a header row, in one of two formats.
//
//   timestamp,kwh                     YYYY-MM-DDTHH:MM[:SS], energy of the interval that begins there
//   timestamp,p_kW,q_kvar,v_V,i_A,…   mean power of the interval; columns beyond q_kvar are not used
//
// Intervals are as long as the shortest step between rows (half an hour, a minute). A missing row draws
// nothing; an empty value likewise. The file is replayed by the time of day and repeats after its whole days.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/household/input_error.hpp"
#include "sim/household/load_source.hpp"

namespace lk::sim {

struct Profile {
  struct Row {
    std::int64_t time_s = 0;  // of the wall clock, as if it were UTC
    double active_w = 0;      // mean of the interval
    double reactive_var = 0;
  };
  std::vector<Row> rows;  // rising in time
  std::int64_t interval_s = 0;
};

// Refuses, naming file and line: no such file, an unknown header, a timestamp or number that is none, rows
// that do not rise in time, fewer than two rows.
[[nodiscard]] std::expected<Profile, InputError> read_profile(const std::filesystem::path& file);
// The same of a text; `file` only names it in the error.
[[nodiscard]] std::expected<Profile, InputError> parse_profile(std::string_view text,
                                                               const std::string& file);

[[nodiscard]] std::unique_ptr<LoadSource> make_profile_source(Profile profile, int utc_offset_minutes = 0);

}  // namespace lk::sim
