// SPDX-License-Identifier: Apache-2.0
// The power of a meter with two flashes: where it goes in a write to one of them, the other has none either.
#pragma once

#include "port/flash.hpp"
#include "port/sim/flash.hpp"

namespace lk::sim {

class PoweredFlash final : public port::Flash {
 public:
  // Both must outlive this: the flash, and the switch that all flashes of the meter share.
  PoweredFlash(SimFlash& flash, bool& is_powered) : flash_(flash), is_powered_(is_powered) {}

  [[nodiscard]] port::FlashGeometry geometry() const override { return flash_.geometry(); }
  [[nodiscard]] bool read(std::uint32_t offset, std::span<std::byte> to) override {
    return is_powered_ && flash_.read(offset, to);
  }
  [[nodiscard]] bool program(std::uint32_t offset, std::span<const std::byte> from) override {
    return is_powered_ && noted(flash_.program(offset, from));
  }
  [[nodiscard]] bool erase(std::uint32_t page_index) override {
    return is_powered_ && noted(flash_.erase(page_index));
  }

 private:
  bool noted(bool is_done) {
    is_powered_ = is_powered_ && flash_.has_power();
    return is_done;
  }

  SimFlash& flash_;
  bool& is_powered_;
};

}  // namespace lk::sim
