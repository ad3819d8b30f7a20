// SPDX-License-Identifier: Apache-2.0
// The settable side of the credit rules (docs/design/credit.md). All amounts are in the account's own unit:
// 0.00001 of the currency unit, or of a kWh. A default `Rules` is a plain prepaid account: off at zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "meter/schedule/window.hpp"
#include "quantity/quantity.hpp"

namespace lk::credit {

enum class Unit : std::uint8_t { money = 0, energy = 1 };
enum class Payment : std::uint8_t { prepaid = 0, postpaid = 1 };

// A debt that is taken in instalments as time passes.
struct Instalment {
  quantity::Money amount;       // 0: none is taken
  std::uint16_t period_h = 24;  // 1 to 8784
  constexpr bool operator==(const Instalment&) const = default;
};

inline constexpr std::size_t time_debt_count = 2;
inline constexpr std::size_t debt_count = time_debt_count + 1;  // the last is taken from purchases
inline constexpr std::size_t purchase_debt = time_debt_count;
inline constexpr std::int64_t whole_share_e4 = 10'000;
inline constexpr std::uint32_t cap_period_h = 168;

struct Rules {
  quantity::Money ceiling;          // most that may be held; 0: no ceiling
  quantity::Money reconnect;        // once exhausted, supplied again above this only
  quantity::Money reminder;         // second alarm: off for two minutes at this and below; 0: none
  quantity::Money emergency;        // what the user may borrow; 0: none
  quantity::Money emergency_offer;  // it is offered at this and below
  quantity::Money overdraft;        // how far below zero without asking
  std::array<schedule::Window, 4> friendly{};
  std::array<Instalment, time_debt_count> instalments{};
  std::uint16_t debt_share_e4 = 0;  // of a purchase, for the third debt: 0 to 10 000
  quantity::Money debt_cap;         // most of it in one week of 168 hours; 0: no cap
  quantity::Money standing_charge;  // each 24 hours, also while off
  bool collect_when_exhausted = false;

  bool operator==(const Rules&) const = default;
};

}  // namespace lk::credit
