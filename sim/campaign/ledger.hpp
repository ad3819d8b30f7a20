// SPDX-License-Identifier: Apache-2.0
// What the account of a meter must be, worked out apart from the meter's own arithmetic: energy second by
// second at the price of that minute, in 128 bits, cut down only where it is compared; and what tokens and
// orders did. A plain value: where the power went in the middle of something there are several, and the meter
// must be one of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meter/core/state.hpp"
#include "order/order.hpp"
#include "quantity/quantity.hpp"
#include "sts/codec.hpp"
#include "tariff/set.hpp"

namespace lk::sim {

__extension__ using Wide = __int128;

// What a set as the campaign makes them says: one day table, no ladder, no daylight saving.
struct DayPrices {
  std::uint32_t version = 0;
  std::int16_t offset_minutes = 0;
  tariff::DayTable day;
  std::array<quantity::Price, tariff::rate_max> prices{};

  [[nodiscard]] static DayPrices of(const tariff::TariffSet& set);
  [[nodiscard]] std::int64_t at(quantity::Instant time) const;
};
// All that a meter was ever given; ledgers name them by index.
using Tariffs = std::vector<DayPrices>;

struct SoldToken {
  enum class Kind : std::uint8_t { credit, clear_credit };
  sts::Digits digits;
  std::uint32_t token_identifier = 0;
  quantity::Money amount;  // in the account's unit
  Kind kind = Kind::credit;
};

// What goes on by itself, second by second.
struct Running {
  quantity::Instant at;  // by the body's clock
  quantity::Energy import;
  quantity::Energy exported;
  Wide parts = 0;  // of what the account was charged for energy since its unit was chosen
  std::size_t tariff = 0;
  std::optional<std::size_t> spare;
};

// What only tokens and orders change.
struct Dealt {
  quantity::Money credited;
  quantity::Money returned;
  quantity::Money opening_debit;                   // an account that was opened below zero
  std::array<quantity::Money, 3> debts_entered{};  // by orders, less what orders took away
  credit::Mode mode;
  std::uint32_t token_count = 0;
  std::uint32_t order_sequence = 0;
  bool is_held = false;
  bool has_alarm = false;
  bool keeps_power = false;
  quantity::Duration clock_step;
  quantity::Instant activation;  // of the spare set
  bool operator==(const Dealt&) const = default;
};

struct Ledger {
  Running run;
  Dealt dealt;

  // Energy of the time from `run.at` to `now`, which lies within one minute of the meter's clock.
  void feed(const Tariffs& tariffs, quantity::Energy import, quantity::Energy exported,
            quantity::Instant now);
  // Where the time of the spare set has come, the meter takes it with the next energy or minute, whichever is
  // first: it did, where this version is in force.
  void see_tariff(const Tariffs& tariffs, std::uint32_t version);
  // A token was accepted. `returned` is what the account has given back in all, for a token that takes the
  // credit away.
  void take(const SoldToken& token, quantity::Money returned);
  // An order was done, and returned `value`; `tariff` is the set that it brought, if it did.
  void take(std::uint32_t sequence, const order::Command& command, std::int64_t value,
            std::optional<std::size_t> tariff);

  // The first thing in which the meter's state is not this; nothing where it is. `standing` is the standing
  // charge of a day.
  [[nodiscard]] std::optional<std::string> difference(const meter::State& seen, std::uint32_t tariff_version,
                                                      const Tariffs& tariffs, quantity::Money standing) const;
  [[nodiscard]] quantity::Money energy_money() const;

 private:
  [[nodiscard]] bool is_spare_due() const;
  void switch_over();
};

}  // namespace lk::sim
