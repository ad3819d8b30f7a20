// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/energy_registers.hpp"

#include "assert/assert.hpp"

namespace lk::metrology {

void EnergyRegisters::add(Register which, Wide amount) {
  ensure(!amount.is_negative());
  Wide& sum = sums_[static_cast<std::size_t>(which)];
  sum = sum + amount;
}

quantity::Energy EnergyRegisters::whole(Register which) const {
  return quantity::Energy::of(narrow(Wide{0, sums_[static_cast<std::size_t>(which)].high}));
}

Energies EnergyRegisters::take() {
  Energies taken;
  for (std::size_t index = 0; index < register_count; ++index) {
    taken[index] = whole(static_cast<Register>(index));
    sums_[index].high = 0;
  }
  return taken;
}

}  // namespace lk::metrology
