// SPDX-License-Identifier: Apache-2.0
// What the meter's multi-function output tells (DL/T 645-2007, function 1D): a terminal of its own beside
// the test output of the energy. As in the standard it is the clock's seconds after each start.
#pragma once

#include <cstdint>
#include <utility>

namespace lk::links {

enum class OutputSignal : std::uint8_t {
  second = 0,  // a pulse each second: made by the body itself, whose clock has the edge
  demand = 1,  // a pulse at the end of each demand window
  rate = 2,    // a pulse where the tariff's rate changes
};

// Counts the pulses that the body has to give. Plain value; not thread-safe.
class Output {
 public:
  void select(OutputSignal signal) {
    signal_ = signal;
    due_ = 0;
  }
  [[nodiscard]] OutputSignal signal() const { return signal_; }
  // Something happened that a signal tells of; a pulse where it is the one that was selected.
  void tell(OutputSignal signal) { due_ += signal == signal_ ? 1U : 0U; }
  // Pulses since the last call.
  [[nodiscard]] std::uint32_t take() { return std::exchange(due_, 0); }

 private:
  OutputSignal signal_ = OutputSignal::second;
  std::uint32_t due_ = 0;
};

}  // namespace lk::links
