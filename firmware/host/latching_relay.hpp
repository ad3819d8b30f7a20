// SPDX-License-Identifier: Apache-2.0
// A latching relay that keeps its position when the process ends, as a real one does without power: the
// position is a file of one character, `O` or `C`. Open when new. One thread.
#pragma once

#include <string>

#include "firmware/host/descriptor.hpp"
#include "port/relay.hpp"

namespace lk::host {

class LatchingRelay final : public port::Relay {
 public:
  // Reads the position, or makes the file; throws std::system_error.
  explicit LatchingRelay(const std::string& path);

  void pulse_open() override { move_to(port::Contact::open); }
  void pulse_close() override { move_to(port::Contact::closed); }
  [[nodiscard]] port::Contact contact() const override { return contact_; }

 private:
  void move_to(port::Contact contact);

  Descriptor file_;
  port::Contact contact_ = port::Contact::open;
};

}  // namespace lk::host
