// SPDX-License-Identifier: Apache-2.0
// Local times of readings to instants: by the tz database, or by the rule inside a tariff set.
#pragma once

#include <optional>
#include <string>

#include "quantity/quantity.hpp"
#include "tariff/set.hpp"
#include "tools/latchkey/tariff/readings.hpp"

namespace lk::tools {

// By a zone's name in the tz database; a UserError where there is none. The result holds for the whole
// program.
[[nodiscard]] ToUtc to_utc_by_name(const std::string& name);

// By a tariff's own rule. `zone` must outlive the result.
[[nodiscard]] ToUtc to_utc_by_rule(const tariff::Zone& zone);

// What the named zone adds to UTC at an instant, in minutes.
[[nodiscard]] std::int64_t offset_minutes_by_name(const std::string& name, quantity::Instant at);

}  // namespace lk::tools
