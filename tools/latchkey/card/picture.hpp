// SPDX-License-Identifier: Apache-2.0
// What stands on a card, as lines of JSON-like text for a person and for scripts.
#pragma once

#include <string>

#include "card/statement.hpp"
#include "port/posix/card_file.hpp"

namespace lk::tools::cards {

// A serial as people read it: 16 hexadecimal digits.
[[nodiscard]] std::string serial_text(std::uint64_t serial);
// The 11 digits of a meter; "none" for 0.
[[nodiscard]] std::string meter_text(std::uint64_t meter);
// All that a card holds, but its keys.
[[nodiscard]] std::string picture_of(card::OperatingSystem& card);
[[nodiscard]] std::string picture_of(const card::Statement& statement);

}  // namespace lk::tools::cards
