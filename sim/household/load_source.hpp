// SPDX-License-Identifier: Apache-2.0
// Whatever knows what is switched on at a time.
#pragma once

#include "quantity/quantity.hpp"
#include "sim/appliance/demand.hpp"

namespace lk::sim {

class LoadSource {
 public:
  LoadSource() = default;
  LoadSource(const LoadSource&) = delete;
  LoadSource& operator=(const LoadSource&) = delete;
  virtual ~LoadSource() = default;
  // The demand at this time; depends on nothing but the time and how the source was made.
  [[nodiscard]] virtual Demand at(quantity::Instant now) = 0;
};

}  // namespace lk::sim
