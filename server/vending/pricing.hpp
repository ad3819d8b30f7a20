// SPDX-License-Identifier: Apache-2.0
// What becomes of the money of a purchase. Pure: records come in, a breakdown goes out.
//
//   amount ──► debt (a share, at most what is open) ──► tax ──► standing charge ──► energy ──► token
//                                                       free energy of the month ──────────────┘
//
// Tax is contained in the rest of the amount: net = rest ÷ (1 + rate), rounded half up to 0.01. A charge and
// the free energy are for calendar months. docs/design/vending.md argues the order.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::vending {

// Why nothing was sold.
enum class SaleRefusal {
  unknown_meter,
  id_reused,          // the id belongs to another purchase
  id_void,            // the id was asked for before it came, and nothing can be sold under it
  no_amount,          // zero or less
  above_limit,        // more than the site sells at once
  below_least,        // less than the tariff's least purchase
  day_limit,          // more than the tariff allows a meter in 24 hours
  nothing_left,       // debts, tax and charges take it all
  credit_limit,       // the customer would owe more than it may
  float_used_up,      // the agent has not paid in enough
  no_shift,           // the site sells for cash in an open shift only
  only_measures,      // a feeder meter takes no credit
  amount_range,       // a token cannot carry the amount
  foreign_keys,       // the vault has no vending key for the meter's supply group and revision
  key_expired,        // the vending key is no longer valid
  not_active_yet,     // the vending key is not valid before a later date
  meter_number,       // the meter's number has a wrong check digit: no token can be made for it
  limit_passed,       // the vending key has been used as much as it may
  no_identifier,      // the clock is before the base date, or the identifiers are used up
  vault_unavailable,  // the vault is locked or gone
  not_offered,        // this vault makes no such token
};

// What a tariff takes and gives besides energy (sale_terms).
struct Terms {
  std::int64_t tax_e4 = 0;
  quantity::Money standing_charge;  // a month, without tax
  quantity::Money least;
  std::optional<quantity::Money> most_a_day;
  quantity::Energy free_energy;  // a month

  bool operator==(const Terms&) const = default;
};

struct Debt {
  std::string id;
  quantity::Money open;
  std::int64_t share_e4 = 10'000;
  std::optional<quantity::Money> most;
};

// How a meter stands when it is sold for.
struct Standing {
  Terms terms;
  quantity::Price price;
  std::optional<std::int64_t> standing_month;  // up to which charges are paid
  std::optional<std::int64_t> free_month;      // of which the free energy was given
  quantity::Money sold_lately;                 // in the last 24 hours
  std::vector<Debt> debts;                     // the oldest first
};

struct Recovered {
  std::string debt;
  quantity::Money amount;
};

struct Breakdown {
  quantity::Money amount;  // what is paid
  quantity::Money debt;
  quantity::Money tax;
  quantity::Money standing_charge;
  quantity::Money energy;  // what is left for energy
  quantity::Money free;    // the value of free energy
  std::vector<Recovered> recovered;

  [[nodiscard]] quantity::Money for_token() const { return energy + free; }
};

// Months since year 0 at a time, by the site's clock.
[[nodiscard]] std::int64_t month_of(std::int64_t unix_ms, std::int64_t utc_offset_ms);

// Splits an amount of money.
[[nodiscard]] std::expected<Breakdown, SaleRefusal> split(const Standing& standing, std::int64_t month,
                                                          quantity::Money amount);
// The least amount, in whole 0.01, that leaves so much energy at the price; its breakdown.
[[nodiscard]] std::expected<Breakdown, SaleRefusal> split_for(const Standing& standing, std::int64_t month,
                                                              quantity::Energy energy);

}  // namespace lk::vending
