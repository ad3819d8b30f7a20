// SPDX-License-Identifier: Apache-2.0
// One watched value: beyond its threshold for the delay it is on, back by the hysteresis for the end's delay
// it is off. One machine for everything that the guard watches, from a dip of half a cycle to an open cover;
// what differs is a row of the table (condition_table.hpp). Pure: values and times come in.
//
//            beyond                        delay over
//   ┌─────┐ ─────────► ┌─────────┐ ─────────────────────► ┌────┐ ── back by the hysteresis ──► ┌────────┐
//   │ off │            │ pending │                        │ on │ ◄────────── beyond ────────── │ ending │
//   └─────┘ ◄───────── └─────────┘                        └────┘                              └────────┘
//      ▲       back                                                   end's delay over            │
//      └───────────────────────────────────────────────────────────────────────────────────────────┘
#pragma once

#include <cstdint>

#include "quantity/quantity.hpp"

namespace lk::guard {

enum class Sense : std::uint8_t { above, below };

// What follows from a condition; each includes those before it.
enum class Action : std::uint8_t { off, record, alarm, trip };

struct ConditionSettings {
  Action action = Action::record;
  std::int64_t threshold = 0;   // in the unit of the value; on the threshold is not beyond it
  std::int64_t hysteresis = 0;  // how far back it must come, never negative
  std::uint32_t delay_ms = 0;
  std::uint32_t end_delay_ms = 0;
};

class Condition {
 public:
  enum class Change : std::uint8_t { none, started, ended };

  // Takes a value at a time that is not before the last one's. With the action `off` nothing ever starts, and
  // what was on ends.
  Change update(Sense sense, const ConditionSettings& settings, std::int64_t value, quantity::Instant now);

  [[nodiscard]] bool is_on() const { return state_ == State::on || state_ == State::ending; }
  // Since when the value has been beyond the threshold (before the delay); until when, after it ended.
  [[nodiscard]] quantity::Instant start() const { return start_; }
  [[nodiscard]] quantity::Instant end() const { return end_; }
  // The value farthest beyond: the residual voltage of a dip, the highest current.
  [[nodiscard]] std::int64_t extreme() const { return extreme_; }

 private:
  enum class State : std::uint8_t { off, pending, on, ending };
  Change step(bool is_beyond, bool is_back, const ConditionSettings& settings, quantity::Instant now);

  State state_ = State::off;
  quantity::Instant start_;
  quantity::Instant end_;  // of the beyond: when it came back
  std::int64_t extreme_ = 0;
};

}  // namespace lk::guard
