// SPDX-License-Identifier: Apache-2.0
#include "server/vending/pricing.hpp"

#include <algorithm>
#include <chrono>

#include "tariff/tariff.hpp"

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::Money;

constexpr std::int64_t cent = quantity::money_per_unit / 100;
constexpr std::int64_t whole = 10'000;

Money share_of(Money amount, std::int64_t share_e4) {
  // In two parts, so that nothing overflows.
  const std::int64_t count = amount.count();
  return Money::of(count / whole * share_e4 + count % whole * share_e4 / whole);
}

// The tax that is in a gross amount, rounded half up to 0.01: gross · rate ÷ (1 + rate), in two parts, so
// that nothing overflows.
Money tax_in(Money gross, std::int64_t tax_e4) {
  const std::int64_t parts = whole + tax_e4;
  const std::int64_t exact = gross.count() / parts * tax_e4 + gross.count() % parts * tax_e4 / parts;
  return std::min(gross, Money::of((exact + cent / 2) / cent * cent));
}

// Nothing where the sum does not fit.
std::optional<Money> cost_of(quantity::Price price, Energy energy) {
  const auto charge = tariff::charge({price, 0}, energy, {});
  if (!charge) return std::nullopt;
  return charge->money + (charge->remainder.parts() > 0 ? Money::of(1) : Money{});
}

Money due_standing(const Standing& standing, std::int64_t month) {
  const std::int64_t months =
      standing.standing_month ? std::max<std::int64_t>(0, month - *standing.standing_month) : 1;
  return Money::of(standing.terms.standing_charge.count() * std::min<std::int64_t>(months, 1200));
}

Money due_free(const Standing& standing, std::int64_t month) {
  if (standing.free_month && *standing.free_month >= month) return {};
  return cost_of(standing.price, standing.terms.free_energy).value_or(Money{});
}

Money take_debts(const Standing& standing, Money amount, std::vector<Recovered>& recovered) {
  Money taken;
  for (const Debt& debt : standing.debts) {
    Money part = std::min(debt.open, share_of(amount, debt.share_e4));
    if (debt.most) part = std::min(part, *debt.most);
    part = std::min(part, amount - taken);
    if (part <= Money{}) continue;
    recovered.push_back({debt.id, part});
    taken += part;
  }
  return taken;
}

}  // namespace

std::int64_t month_of(std::int64_t unix_ms, std::int64_t utc_offset_ms) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<milliseconds>(milliseconds(unix_ms + utc_offset_ms)));
  const year_month_day date(day);
  return static_cast<std::int64_t>(static_cast<int>(date.year())) * 12 + static_cast<unsigned>(date.month()) -
         1;
}

std::expected<Breakdown, SaleRefusal> split(const Standing& standing, std::int64_t month, Money amount) {
  if (amount <= Money{}) return std::unexpected(SaleRefusal::no_amount);
  const Terms& terms = standing.terms;
  if (amount < terms.least) return std::unexpected(SaleRefusal::below_least);
  if (terms.most_a_day && standing.sold_lately + amount > *terms.most_a_day) {
    return std::unexpected(SaleRefusal::day_limit);
  }
  Breakdown parts;
  parts.amount = amount;
  parts.debt = take_debts(standing, amount, parts.recovered);
  const Money rest = amount - parts.debt;
  parts.tax = tax_in(rest, terms.tax_e4);
  parts.standing_charge = due_standing(standing, month);
  parts.energy = rest - parts.tax - parts.standing_charge;
  parts.free = due_free(standing, month);
  if (parts.energy <= Money{}) return std::unexpected(SaleRefusal::nothing_left);
  return parts;
}

std::expected<Breakdown, SaleRefusal> split_for(const Standing& standing, std::int64_t month, Energy energy) {
  if (energy <= Energy{}) return std::unexpected(SaleRefusal::no_amount);
  const auto cost = cost_of(standing.price, energy);
  if (!cost || *cost > quantity::units(1'000'000'000)) return std::unexpected(SaleRefusal::amount_range);
  if (*cost == Money{}) return std::unexpected(SaleRefusal::no_amount);
  // What is left for energy rises with the amount: halve the interval in which it becomes enough.
  Standing unlimited = standing;
  unlimited.terms.least = {};
  unlimited.terms.most_a_day.reset();
  const auto leaves = [&](std::int64_t cents) {
    const auto parts = split(unlimited, month, Money::of(cents * cent));
    return parts && parts->energy >= *cost;
  };
  std::int64_t low = cost->count() / cent;
  std::int64_t high = low + 1;
  while (!leaves(high)) {
    high *= 2;
    if (high > quantity::units(1'000'000'000'000).count() / cent)
      return std::unexpected(SaleRefusal::nothing_left);
  }
  low = std::max<std::int64_t>(low - 1, 0);
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (leaves(middle) ? high : low) = middle;
  }
  return split(standing, month, Money::of(high * cent));
}

}  // namespace lk::vending
