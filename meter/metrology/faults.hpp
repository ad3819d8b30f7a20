// SPDX-License-Identifier: Apache-2.0
// What can be wrong with what metrology is given. A fault is recognised in one window and stays for as long
// as windows show it; none ever adds energy. Recording it is the meter's business.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lk::metrology {

// The numbers are those of the fault code on display and wire (docs/design/metrology.md), never used again.
enum class Fault : std::uint8_t {
  clipped = 0,          // a channel reached the end of its converter: true values are larger
  stuck = 1,            // a channel repeats one value where a signal must be
  voltage_dead = 2,     // current flows in a phase whose voltage channel shows nothing
  swapped = 3,          // the current channel carries the mains voltage, the voltage channel does not
  currents_mixed = 4,   // current channels belong to other phases than their voltages
  voltage_doubled = 5,  // two voltage channels carry the same phase
  samples_lost = 6,     // the body said so, or the mains jumped in phase under steady voltage
  calibration = 7,      // the stored calibration was refused; measured by the design's
};
inline constexpr std::size_t fault_count = 8;

// Which faults there are and, for those of a channel, at which channels.
class Faults {
 public:
  constexpr void set(Fault fault, std::size_t channel = 0) {
    bits_ |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(fault));
    channels_ |= static_cast<std::uint16_t>(1U << channel);
  }
  [[nodiscard]] constexpr bool has(Fault fault) const {
    return ((bits_ >> static_cast<unsigned>(fault)) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool any() const { return bits_ != 0; }
  // Bit n is the fault of number n; bit n of `channels` is channel n (sample_set.hpp).
  [[nodiscard]] constexpr std::uint16_t bits() const { return bits_; }
  [[nodiscard]] constexpr std::uint16_t channels() const { return channels_; }
  constexpr bool operator==(const Faults&) const = default;

 private:
  std::uint16_t bits_ = 0;
  std::uint16_t channels_ = 0;
};

}  // namespace lk::metrology
