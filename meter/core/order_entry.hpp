// SPDX-License-Identifier: Apache-2.0
// What a sealed order does to the meter's state, as one pure step (docs/formats/order.md). Whoever calls it
// stores the changed state, with the noted events, before anybody is told and before anything switches.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "dictionary/codes.hpp"
#include "meter/core/state.hpp"
#include "meter/records/event_log.hpp"
#include "order/order.hpp"
#include "quantity/quantity.hpp"

namespace lk::meter {

struct OrderAnswer {
  dictionary::OrderResult result = dictionary::OrderResult::none;
  std::uint32_t sequence = 0;  // that the result is of, as it was sent: unproven where it is refused
  std::int64_t value = 0;
  order::Refusal refusal{};  // where it is refused: for the event log only
};

struct OrderRules {
  std::uint64_t meter_number;
  const order::Key& key;
};

// Judges the bytes and, where they are a fresh order, carries it out on `state` and notes its events. `now`
// is the body's clock. A refusal and a repeat change nothing and note nothing.
[[nodiscard]] OrderAnswer enter_order(State& state, records::EventLog& events,
                                      std::span<const std::byte> order, const OrderRules& rules,
                                      quantity::Instant now);

}  // namespace lk::meter
