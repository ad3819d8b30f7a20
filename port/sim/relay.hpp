// SPDX-License-Identifier: Apache-2.0
// A latching relay in memory. It obeys at once, unless its contacts are welded or its coil is open; the
// feedback always tells where the contacts really are.
#pragma once

#include <cstdint>

#include "port/relay.hpp"

namespace lk::sim {

enum class RelayFault : std::uint8_t {
  none,
  welded,     // contacts no longer part: an open pulse has no effect
  coil_open,  // no pulse has any effect
};

class SimRelay final : public port::Relay {
 public:
  explicit SimRelay(port::Contact contact = port::Contact::open) : contact_(contact) {}

  void pulse_open() override {
    ++pulse_count_;
    if (fault_ == RelayFault::none) contact_ = port::Contact::open;
  }
  void pulse_close() override {
    ++pulse_count_;
    if (fault_ != RelayFault::coil_open) contact_ = port::Contact::closed;
  }
  [[nodiscard]] port::Contact contact() const override { return contact_; }

  void set_fault(RelayFault fault) { fault_ = fault; }
  // Moves the contacts without a pulse, as a blow or a hand on the relay does.
  void force(port::Contact contact) { contact_ = contact; }
  [[nodiscard]] std::uint32_t pulse_count() const { return pulse_count_; }

 private:
  port::Contact contact_;
  RelayFault fault_ = RelayFault::none;
  std::uint32_t pulse_count_ = 0;
};

}  // namespace lk::sim
