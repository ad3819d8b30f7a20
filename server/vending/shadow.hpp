// SPDX-License-Identifier: Apache-2.0
// The shadow account: what a meter should hold, worked out from the tokens sold to it and the energy it has
// priced, with the meter's own tariff library. It must equal the meter's balance to the last 0.00001; a
// difference is an alarm.
//
// A token that the meter has taken while its result is still on the way must not look like one. So the credit
// that a reading shows is accepted where it is the preset credit, all tokens known to be taken, and any set
// of the tokens that may have been taken since; anything else is unexplained credit. Likewise a reading that
// shows a tariff version whose order is still under way is not judged; one whose order ended without an
// answer is an alarm, until the meter's event of the change tells when it was. Credit that the meter gave
// back is counted by the meter's events. docs/design/ledger.md argues this.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"
#include "server/meters/ports.hpp"
#include "server/meters/reading.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::vending {

struct PriceStep {
  std::int64_t version = 0;
  quantity::Price price;
  quantity::Energy from;  // priced energy at which it began
};

// What priced energy costs under the steps in force up to a tariff version, with the remainder carried across
// them. The steps are in order of version, the first begins at 0. Nothing where the energy does not fit the
// steps.
[[nodiscard]] std::optional<quantity::Money> cost_of(std::span<const PriceStep> steps,
                                                     quantity::Energy priced, std::int64_t version);

// The indices of tokens that together make exactly `missing`: the empty set for zero, otherwise the set that
// takes the earliest tokens; nothing where no set does. Looks at the first 16 only.
[[nodiscard]] std::optional<std::vector<std::size_t>> tokens_that_make(
    std::span<const quantity::Money> tokens, quantity::Money missing);

// Compares a meter's newest reading with its shadow: stores balance, difference and agreement in the meter's
// state, opens or ends the alarm, and takes tokens that were keyed in by hand as accepted.
void assess(store::Unit& unit, const meters::Ports& ports, const std::string& meter,
            const meters::Reading& reading);

// Books as revenue what the meters have deducted since it was last booked: one entry, a pair of lines for
// each meter.
void book_revenue(store::Unit& unit);

}  // namespace lk::vending
