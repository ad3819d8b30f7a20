// SPDX-License-Identifier: Apache-2.0
// What a sealed order does to the meter's state, as one pure step (docs/formats/order.md). Whoever calls it
// stores the changed state, with the noted events, before anybody is told and before anything switches.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>

#include "dictionary/codes.hpp"
#include "meter/core/settings.hpp"
#include "meter/core/state.hpp"
#include "meter/records/event_log.hpp"
#include "order/order.hpp"
#include "quantity/quantity.hpp"
#include "tariff/transfer.hpp"

namespace lk::meter {

struct OrderAnswer {
  dictionary::OrderResult result = dictionary::OrderResult::none;
  std::uint32_t sequence = 0;  // that the result is of, as it was sent: unproven where it is refused
  // What the verb returns; where a parameter is refused, its address.
  std::int64_t value = 0;
  order::Refusal refusal{};  // where it is refused: for the event log only
};

struct OrderRules {
  std::uint64_t meter_number;
  const order::Key& key;
};

// What an order may change. The state and the settings are copies, which take effect when they are stored;
// the chunks of a tariff set and the spare set are not, and are read back from the storage where that fails.
struct OrderScope {
  State& state;
  Settings& settings;
  tariff::Receiver& receiver;
  tariff::Sets& sets;
  records::EventLog& events;
  std::int64_t only_parity = 0;  // the one `line_parity` that the body's UART makes; 0: each
};

// What was changed besides the state, for the caller to store and to let take effect.
struct OrderEffects {
  bool has_settings = false;
  bool has_spare_set = false;
  bool has_flat_price = false;
  bool has_clock = false;
  order::TariffChunk chunk;  // size 0: none
};

// Judges the bytes and, where they are a fresh order, carries it out on `scope` and notes its events. `now`
// is the body's clock. A refusal and a repeat change nothing and note nothing.
[[nodiscard]] OrderAnswer enter_order(const OrderScope& scope, OrderEffects& effects,
                                      std::span<const std::byte> order, const OrderRules& rules,
                                      quantity::Instant now);

// What a verb returns; or that it cannot be carried out, and of a parameter its address.
using Done = std::expected<std::int64_t, std::uint16_t>;
// Carries out a command that needs no seal, or whose seal was judged, on `scope`; the events that it notes
// stay noted also where it is refused. `sequence` is that of its order, 0 without one.
[[nodiscard]] Done carry_out(const OrderScope& scope, OrderEffects& effects, const order::Command& command,
                             std::uint32_t sequence, quantity::Instant now);

// Whether a refusal shows that nobody who has the key made these bytes for this meter.
[[nodiscard]] constexpr bool is_unproven(order::Refusal refusal) {
  return refusal == order::Refusal::forged || refusal == order::Refusal::malformed ||
         refusal == order::Refusal::foreign;
}

}  // namespace lk::meter
