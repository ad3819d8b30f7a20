// SPDX-License-Identifier: Apache-2.0
// The table of readings: append, look back, thin out.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "server/meters/reading.hpp"

namespace lk::store {
class Session;
}

namespace lk::meters {

// Keeps a reading; false where this very reading (meter, time, sequence) is there already.
bool keep_reading(store::Session& session, const std::string& meter, const Reading& reading);

// Notes a kept reading as the meter's newest; false where a newer one is known, so that this one is history.
bool note_newest(store::Session& session, const std::string& meter, const Reading& reading);

// The reading of a meter at a time and sequence.
[[nodiscard]] std::optional<Reading> find_reading(store::Session& session, const std::string& meter,
                                                  std::int64_t ts, std::int64_t seq);
// The latest reading at or before a time.
[[nodiscard]] std::optional<Reading> reading_before(store::Session& session, const std::string& meter,
                                                    std::int64_t ts);
// The readings of [from, to) in order of time, thinned evenly to at most `limit`.
[[nodiscard]] std::vector<Reading> readings_between(store::Session& session, const std::string& meter,
                                                    std::int64_t from, std::int64_t to, std::int64_t limit);

// Drops up to `most` readings older than `before`, except the first of each quarter of an hour; how many it
// dropped.
std::int64_t thin_out_readings(store::Session& session, std::int64_t before, std::int64_t most);

// As the HTTP interface shows it.
[[nodiscard]] nlohmann::ordered_json view(const Reading& reading);

}  // namespace lk::meters
