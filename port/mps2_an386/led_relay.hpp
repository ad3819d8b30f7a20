// SPDX-License-Identifier: Apache-2.0
// The supply relay of the board is its first LED: lit where the contacts are closed. It obeys at once.
#pragma once

#include "port/mps2_an386/registers.hpp"
#include "port/relay.hpp"

namespace lk::mps2 {

class LedRelay final : public port::Relay {
 public:
  void pulse_open() override { at(leds) = at(leds) & ~first; }
  void pulse_close() override { at(leds) = at(leds) | first; }
  [[nodiscard]] port::Contact contact() const override {
    return (at(leds) & first) != 0 ? port::Contact::closed : port::Contact::open;
  }

 private:
  static constexpr std::uintptr_t leds = 0x4002'8000;  // FPGAIO LED register of AN386
  static constexpr std::uint32_t first = 1;
};

}  // namespace lk::mps2
