// SPDX-License-Identifier: Apache-2.0
// What a tariff set says of an instant: the rate, and where the instant lies among the months of account.
// Pure; the set must be valid.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"
#include "tariff/set.hpp"

namespace lk::tariff {

// All of it is constant from the instant that was asked for until `until` (exclusive), which is never later
// than the end of the local day.
struct Moment {
  std::uint8_t rate = 0;
  std::uint8_t day_table = 0;
  std::int32_t day = 0;    // local, since 1970-01-01
  std::int32_t month = 0;  // of account: 12 × year + month - 1 of the settlement that it began with
  quantity::Instant until;
};

[[nodiscard]] Moment moment_at(const TariffSet& set, quantity::Instant at);

// The year of account that a month of account is in.
[[nodiscard]] std::int32_t year_of_month(const Settlement& settlement, std::int32_t month);

// The day table of a local day: of a special day of this year, of one of each year, else of season and week.
[[nodiscard]] std::uint8_t day_table_of(const TariffSet& set, std::int32_t day);

// The ladder's step for energy that was used since the settlement, 0 for the first.
[[nodiscard]] std::uint8_t step_of(const Ladder& ladder, quantity::Energy used);

}  // namespace lk::tariff
