// SPDX-License-Identifier: Apache-2.0
#include "tariff/tariff.hpp"

namespace lk::tariff {

// energy = whole · 360 000 000 mJ + rest, so that whole · price is counts of money, and rest · price +
// carried stays below 360 000 000 · 2^32 < 2^61: 64 bits are enough on every target.
std::expected<Charge, Error> charge(const FlatTariff& tariff, quantity::Energy energy, Remainder carried) {
  if (energy < quantity::Energy{}) return std::unexpected(Error::negative_energy);
  if (tariff.price < quantity::Price{} || tariff.price > price_max) {
    return std::unexpected(Error::price_out_of_range);
  }
  const auto price = static_cast<std::uint64_t>(tariff.price.count());
  const auto energy_mj = static_cast<std::uint64_t>(energy.count());
  const std::uint64_t whole = energy_mj / remainder_parts;
  const std::uint64_t parts = energy_mj % remainder_parts * price + carried.parts();

  std::int64_t money = 0;
  if (__builtin_mul_overflow(whole, price, &money) ||
      __builtin_add_overflow(money, parts / remainder_parts, &money)) {
    return std::unexpected(Error::overflow);
  }
  return Charge{quantity::Money::of(money),
                Remainder::of(static_cast<std::uint32_t>(parts % remainder_parts))};
}

}  // namespace lk::tariff
