// SPDX-License-Identifier: Apache-2.0
// All that must survive a power cut, as one value and one journal record: what guards value (account, used
// tokens, order sequence, supply reasons) is never written apart. Bytes: docs/formats/meter-state.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/credit/account.hpp"
#include "meter/supply/supply.hpp"
#include "meter/tokens/state.hpp"
#include "order/order.hpp"
#include "quantity/quantity.hpp"
#include "sts/result.hpp"

namespace lk::meter {

// What was entered last as a token, and what became of it.
struct TokenAnswer {
  std::array<char, 20> characters{};
  sts::TokenResult result = sts::TokenResult::none;
  quantity::Money amount;              // credited by it
  std::uint32_t token_identifier = 0;  // 0 where it was never known
};

struct State {
  credit::Account account;
  tokens::State tokens;
  order::Accepted last_order;    // sequence 0: none yet
  std::int64_t order_value = 0;  // what the last accepted order returned
  supply::Reasons reasons;
  bool is_supply_closed = true;  // as last confirmed by the contact
  quantity::Energy import_energy;
  quantity::Energy export_energy;
  std::uint32_t token_count = 0;  // tokens accepted that changed something: credit, management, key
  std::uint32_t start_count = 0;
  quantity::Duration clock_step;  // what orders have set the clock by: meter's clock − body's clock
  TokenAnswer last_token;
};

inline constexpr std::size_t state_max_bytes =
    102 + credit::Account::stored_bytes + tokens::State::stored_max_bytes;

// Writes the state, with the number of events that stands with it; returns the part of `room` that was
// written.
[[nodiscard]] std::span<const std::byte> encode(const State& state, std::uint32_t event_count,
                                                std::span<std::byte, state_max_bytes> room);
// False where the bytes are no state of this version; `state` and `event_count` are then unchanged.
[[nodiscard]] bool decode(std::span<const std::byte> bytes, State& state, std::uint32_t& event_count);

}  // namespace lk::meter
