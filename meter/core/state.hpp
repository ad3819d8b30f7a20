// SPDX-License-Identifier: Apache-2.0
// All that must survive a power cut, as one value and one journal record: what guards value (account, used
// tokens, order sequence, supply reasons) is never written apart. Bytes: docs/formats/meter-state.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/core/clock.hpp"
#include "meter/credit/account.hpp"
#include "meter/guard/guard.hpp"
#include "meter/metrology/demand.hpp"
#include "meter/metrology/energy_registers.hpp"
#include "meter/records/freeze.hpp"
#include "meter/records/quality.hpp"
#include "meter/supply/power_limit.hpp"
#include "meter/supply/reasons.hpp"
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

// Which tariff prices, and which will. Sets stand in two journal keys in turn, so that the one in force is
// never written over; slot 0 is the account's flat price.
struct TariffState {
  std::uint8_t current_slot = 0;  // 0 to 2
  std::uint8_t spare_slot = 0;    // 0: there is no spare
  quantity::Instant activation;   // of the spare
  std::uint32_t receiving = 0;    // version of the chunks that were taken last
  // Of the sets in the slots, so that an older set, which damage may have brought back in a slot, is not
  // taken for the one that was ordered. 0: not known, or none.
  std::uint32_t current_version = 0;
  std::uint32_t spare_version = 0;

  // Where the next spare goes.
  [[nodiscard]] std::uint8_t free_slot() const { return current_slot == 1 ? 2 : 1; }
  bool operator==(const TariffState&) const = default;
};

// Freezes that orders asked for.
struct FreezeState {
  std::uint32_t at_s = 0;      // 0: none
  bool is_pending = false;     // `now`, and not taken yet
  bool is_tariff_new = false;  // another tariff is in force, and not taken yet
  bool operator==(const FreezeState&) const = default;
};

using DemandPeaks = std::array<records::DemandPeak, metrology::demand_registers - 1>;

struct State {
  credit::Account account;
  tokens::State tokens;
  order::Accepted last_order;    // sequence 0: none yet
  std::int64_t order_value = 0;  // what the last accepted order returned
  supply::Reasons reasons;
  supply::Hold hold;
  supply::PowerLimiter::Stored limit;
  guard::Guard::LatchStates trips;  // of the guard, by guard::TripReason
  TariffState tariff;
  FreezeState freeze;
  records::Quality quality;  // of the billing period
  std::array<quantity::Energy, records::rate_count> rates{};
  // What is measured beside import and export energy, since new; and demand peaks of the billing period
  // beside that of `quality`.
  std::array<quantity::Energy, 4> reactive_energy{};  // by quadrant
  quantity::Energy apparent_import_energy;
  quantity::Energy apparent_export_energy;
  DemandPeaks peaks{};           // of the last three of metrology::DemandRegister
  bool is_supply_closed = true;  // as last confirmed by the contact
  quantity::Energy import_energy;
  quantity::Energy export_energy;
  std::uint32_t token_count = 0;  // tokens accepted that changed something: credit, management, key
  std::uint32_t start_count = 0;
  Clock clock;
  TokenAnswer last_token;
};

inline constexpr std::size_t trip_stored_bytes = 6;
inline constexpr std::size_t set_versions_stored_bytes = 8;
inline constexpr std::size_t measured_stored_bytes =
    std::size_t{6} * 8 + (metrology::demand_registers - 1) * records::DemandPeak::stored_bytes;
inline constexpr std::size_t state_max_bytes =
    234 + set_versions_stored_bytes + measured_stored_bytes + trip_stored_bytes * guard::trip_reason_count +
    credit::Account::stored_bytes + tokens::State::stored_max_bytes;

// Writes the state, with the number of events that stands with it; returns the part of `room` that was
// written.
[[nodiscard]] std::span<const std::byte> encode(const State& state, std::uint32_t event_count,
                                                std::span<std::byte, state_max_bytes> room);
// False where the bytes are no state of this version; `state` and `event_count` are then unchanged.
[[nodiscard]] bool decode(std::span<const std::byte> bytes, State& state, std::uint32_t& event_count);

}  // namespace lk::meter
