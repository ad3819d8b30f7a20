// SPDX-License-Identifier: Apache-2.0
// The two wires from one meter to its split keypad unit (docs/formats/ciu.md), as another program reaches
// them on a pseudo-terminal; what passes in either direction may be disturbed. The meter does not need the
// unit to be there.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <span>
#include <string>

#include "firmware/host/configuration.hpp"
#include "firmware/host/descriptor.hpp"
#include "firmware/host/poller.hpp"
#include "firmware/host/site.hpp"
#include "panel/ciu_ends.hpp"

namespace lk::host {

class KeypadLine {
 public:
  using Wall = std::chrono::nanoseconds;

  // Makes the pseudo-terminal; throws as `attachment.hpp` says. The rest must outlive it.
  KeypadLine(const KeypadSettings& settings, std::uint64_t seed, VirtualMeter& meter, const Site& site,
             Poller& poller);
  ~KeypadLine();
  KeypadLine(const KeypadLine&) = delete;
  KeypadLine& operator=(const KeypadLine&) = delete;

  // Lets the meter speak where it is time.
  void advance(Wall wall);
  [[nodiscard]] Wall next() const { return due_; }

 private:
  void watch();
  void hear();
  void disturb(std::span<std::byte> bytes);

  KeypadSettings settings_;
  VirtualMeter& meter_;
  const Site& site_;
  Poller& poller_;
  Descriptor wires_;
  bool is_watched_ = false;
  bool had_power_ = true;
  panel::ciu::MeterEnd end_;
  std::mt19937_64 random_;
  Wall due_{};
};

}  // namespace lk::host
