// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/supply.hpp"

namespace lk::supply {

using port::Contact;
using quantity::Instant;

void Switch::start(Instant now) {
  *this = Switch{};
  state_ = State::settling;
  settled_at_ = now + settling_time;
  rested_at_ = settled_at_;
}

Step Switch::step(Contact wanted, Contact contact, Instant now) {
  if (wanted != wanted_) {
    wanted_ = wanted;
    pulse_count_ = 0;
    if (state_ == State::failed) state_ = State::idle;
  }
  switch (state_) {
    case State::settling:
      if (now < settled_at_) return {.has_deadline = true, .deadline = settled_at_};
      state_ = State::idle;
      break;
    case State::idle:
      break;
    case State::failed:
      if (contact != wanted_) return {};
      state_ = State::idle;
      break;
  }
  if (contact == wanted_) return settled();
  return try_pulse(wanted_, now);
}

Step Switch::settled() {
  pulse_count_ = 0;
  does_not_follow_ = false;
  return {.has_settled = true};
}

Step Switch::try_pulse(Contact wanted, Instant now) {
  if (pulse_count_ == pulses_max) {
    state_ = State::failed;
    const bool is_new = !does_not_follow_;
    does_not_follow_ = true;
    return {.has_failed = is_new};
  }
  if (now < rested_at_) return {.has_deadline = true, .deadline = rested_at_};
  ++pulse_count_;
  state_ = State::settling;
  settled_at_ = now + settling_time;
  rested_at_ = now + rest_time;
  return {.pulse = wanted == Contact::open ? Pulse::open : Pulse::close,
          .has_deadline = true,
          .deadline = settled_at_};
}

}  // namespace lk::supply
