// SPDX-License-Identifier: Apache-2.0
// Decimal text to whole counts of a unit and back, exactly: "0.2345" with 4 places is 2345.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lk::tools {

// The number times 10^`places`, or nothing where the text is no plain decimal number of 0 or more ("12",
// "0.5"), has more places that are not zero, or does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_fixed(std::string_view text, int places);

// `count` ÷ 10^`places` with all its places.
[[nodiscard]] std::string print_fixed(std::int64_t count, int places);

// Energy in mJ as kWh, exactly to 9 places; a mJ is finer than these: rounded to the nearest.
[[nodiscard]] std::string print_kwh(std::int64_t energy_mj);

}  // namespace lk::tools
