// SPDX-License-Identifier: Apache-2.0
// A statement: what a meter writes back to a card, sealed so that the platform believes it whoever carried it
// (docs/formats/card.md). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "card/exchange_keys.hpp"
#include "card/load.hpp"
#include "quantity/quantity.hpp"

namespace lk::card {

inline constexpr std::size_t statement_bytes = 164;
using StatementBytes = std::array<std::byte, statement_bytes>;

// One byte for what became of an item. Of a token its result (`sts::TokenResult`); of an order its result
// (`dictionary::OrderResult`) in the low half and why it was refused (`order::Refusal`) in the high one.
using ItemResult = std::uint8_t;
[[nodiscard]] constexpr ItemResult order_item_result(std::uint16_t result, std::uint8_t refusal) {
  return static_cast<ItemResult>((result & 15U) | (static_cast<unsigned>(refusal) << 4U));
}

// Whether it was done, now or before (a token that the meter has already, an order that it has carried out).
[[nodiscard]] constexpr bool is_good(ItemType type, ItemResult result) {
  if (type == ItemType::order) return (result & 15U) == 1 || (result & 15U) == 2;
  return (result >= 1 && result <= 3) || result == 10 || result == 17 || result == 18;
}

struct Statement {
  std::uint64_t meter = 0;
  std::uint64_t serial = 0;     // of the card that it was made for
  std::uint32_t load = 0;       // number of the load that the results are of; 0 none
  std::uint8_t done_count = 0;  // of its items: those that will not be tried again
  std::array<ItemResult, item_max> results{};
  quantity::Instant clock;
  quantity::Money balance;
  quantity::Money credited;
  quantity::Money deducted;
  quantity::Energy priced_energy;
  quantity::Energy import_energy;
  quantity::Energy export_energy;
  std::uint32_t token_count = 0;
  std::uint32_t order_sequence = 0;
  std::int64_t order_value = 0;
  std::uint32_t event_count = 0;
  std::uint16_t hold_reasons = 0;
  std::uint16_t alarms = 0;
  std::uint32_t tariff_version = 0;
  std::uint32_t start_count = 0;
  std::uint32_t refused_count = 0;  // cards that were refused since new
  quantity::Money refund;           // the last one
  std::uint32_t refund_sequence = 0;
  std::array<std::byte, 16> refund_proof{};  // of it (docs/formats/order.md)

  bool operator==(const Statement&) const = default;
};

// The bytes, sealed under the statement key of the meter's card key.
[[nodiscard]] StatementBytes seal(const Statement& statement, const Key& meter_card_key);
// What the bytes say, whether the seal is right or not: for a card's owner to look at.
[[nodiscard]] std::optional<Statement> decode_statement(std::span<const std::byte> bytes);
// The same, and nothing where the seal is not this meter's.
[[nodiscard]] std::optional<Statement> open_statement(std::span<const std::byte> bytes,
                                                      const Key& meter_card_key);

}  // namespace lk::card
