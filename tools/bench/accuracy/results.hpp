// SPDX-License-Identifier: Apache-2.0
// Runs a plan over all units on all cores, and writes what came out as JSON for the page writer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/bench/accuracy/plan.hpp"

namespace lk::bench {

struct Result {
  std::vector<double> values;       // of each unit, in the unit of the point's quantity; NaN where it failed
  std::vector<std::string> faults;  // what went wrong, by unit
};

struct Campaign {
  std::uint64_t seed = 1;
  std::size_t unit_count = 20;
  unsigned threads = 1;
  bool is_quick = false;
};

// Results in the order of the plan's points. Says on stderr how far it is. Throws std::runtime_error where a
// unit cannot be calibrated.
[[nodiscard]] std::vector<Result> run(const Plan& plan, const Campaign& campaign);

void write_json(const std::string& path, const Plan& plan, const Campaign& campaign,
                const std::vector<Result>& results, double seconds);

}  // namespace lk::bench
