// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/condition.hpp"

#include <algorithm>

namespace lk::guard {

Condition::Change Condition::update(Sense sense, const ConditionSettings& settings, std::int64_t value,
                                    quantity::Instant now) {
  const bool is_off = settings.action == Action::off;
  const bool is_above = sense == Sense::above;
  const bool is_beyond = !is_off && (is_above ? value > settings.threshold : value < settings.threshold);
  const bool is_back = is_off || (is_above ? value <= settings.threshold - settings.hysteresis
                                           : value >= settings.threshold + settings.hysteresis);
  if (state_ == State::off && is_beyond) extreme_ = value;
  if (state_ != State::off) extreme_ = is_above ? std::max(extreme_, value) : std::min(extreme_, value);
  return step(is_beyond, is_back, settings, now);
}

Condition::Change Condition::step(bool is_beyond, bool is_back, const ConditionSettings& settings,
                                  quantity::Instant now) {
  switch (state_) {
    case State::off:
      if (!is_beyond) return Change::none;
      start_ = now;
      state_ = State::pending;
      [[fallthrough]];
    case State::pending:
      if (is_back || !is_beyond) {
        state_ = State::off;
        return Change::none;
      }
      if (now - start_ < quantity::milliseconds(settings.delay_ms)) return Change::none;
      state_ = State::on;
      return Change::started;
    case State::on:
      if (!is_back) return Change::none;
      end_ = now;
      state_ = State::ending;
      [[fallthrough]];
    case State::ending:
      if (!is_back) {
        state_ = State::on;
        return Change::none;
      }
      if (now - end_ < quantity::milliseconds(settings.end_delay_ms)) return Change::none;
      state_ = State::off;
      return Change::ended;
  }
  return Change::none;
}

}  // namespace lk::guard
