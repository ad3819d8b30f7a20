// SPDX-License-Identifier: Apache-2.0
// What a body must provide to switch the supply: a magnetic latching relay. It is driven by a pulse only and
// keeps its position without power; the body ends the pulse by itself. Called from the meter's own thread
// only.
#pragma once

#include <cstdint>

namespace lk::port {

// What the contact feedback says (voltage behind the contact).
enum class Contact : std::uint8_t { open, closed };

class Relay {
 public:
  virtual void pulse_open() = 0;
  virtual void pulse_close() = 0;
  [[nodiscard]] virtual Contact contact() const = 0;

 protected:
  ~Relay() = default;
};

}  // namespace lk::port
