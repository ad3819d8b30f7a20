// SPDX-License-Identifier: Apache-2.0
// What a token does outside its own organ. The meter's owner fulfils it on a copy of the state, which is
// stored before anybody is told. Each answers `accept`, or why not: `overflow` (more may not be held: the
// token stays good), `range` (a value that makes no sense here), `function` (this meter does not do that). A
// refusal changes nothing.
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"
#include "sts/result.hpp"

namespace lk::tokens {

class Effects {
 public:
  // A purchase in currency; 0 or more.
  virtual sts::TokenResult credit_currency(quantity::Money amount) = 0;
  // A purchase in tenths of the unit of service (kWh, m³, minute).
  virtual sts::TokenResult credit_units(std::uint32_t tenths) = 0;
  // Takes all credit away: of the account in currency, of that in units, or of whichever there is.
  enum class Register : std::uint8_t { units, currency, all };
  virtual sts::TokenResult clear_credit(Register which) = 0;
  // Ends the tamper state.
  virtual sts::TokenResult clear_tamper() = 0;

 protected:
  ~Effects() = default;
};

}  // namespace lk::tokens
