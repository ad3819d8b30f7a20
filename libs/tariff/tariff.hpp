// SPDX-License-Identifier: Apache-2.0
// Pricing energy exactly. Money is whole counts of 0.00001 of the currency unit; what a piece of energy costs
// below that is carried as a remainder to the next piece, also across a change of price. However the energy
// is split,
//
//     money charged = ⌊ (Σ energy · price, in mJ · 0.0001 per kWh) ÷ 360 000 000 ⌋
//
// (one kWh is 3 600 000 000 mJ, one step of the price is ten counts of money). Pure; no step overflows.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>

#include "quantity/quantity.hpp"

namespace lk::tariff {

inline constexpr std::uint32_t remainder_parts = 360'000'000;
inline constexpr quantity::Price price_max = quantity::Price::of(std::numeric_limits<std::uint32_t>::max());

// What is owed below one count of money, in 1/360 000 000 of it. Kept with the account.
class Remainder {
 public:
  constexpr Remainder() = default;
  // `parts` is below `remainder_parts`.
  [[nodiscard]] static constexpr Remainder of(std::uint32_t parts) {
    ensure(parts < remainder_parts);
    return Remainder{parts};
  }
  [[nodiscard]] constexpr std::uint32_t parts() const { return parts_; }
  constexpr auto operator<=>(const Remainder&) const = default;

 private:
  constexpr explicit Remainder(std::uint32_t parts) : parts_(parts) {}
  std::uint32_t parts_ = 0;
};

// One price at all times. `version` rises with each change.
struct FlatTariff {
  quantity::Price price;
  std::uint32_t version = 0;
  constexpr bool operator==(const FlatTariff&) const = default;
};

struct Charge {
  quantity::Money money;  // to be deducted now; never negative
  Remainder remainder;    // to be handed to the next call
};

enum class Error : std::uint8_t {
  negative_energy,     // energy is charged forward only
  price_out_of_range,  // below 0 or above price_max
  overflow,            // the sum is beyond what Money can hold
};

// Charges `energy` (0 or more) at the tariff's price, with what the last call left.
[[nodiscard]] std::expected<Charge, Error> charge(const FlatTariff& tariff, quantity::Energy energy,
                                                  Remainder carried);

}  // namespace lk::tariff
