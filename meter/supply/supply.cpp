// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/supply.hpp"

#include <algorithm>

namespace lk::supply {

using port::Contact;
using quantity::Duration;
using quantity::Instant;

void Switch::start(Instant now, Duration closing_delay) {
  *this = Switch{};
  state_ = State::settling;
  settled_at_ = now + settling_time;
  rested_at_ = settled_at_;
  may_close_at_ = now + closing_delay;
}

Step Switch::step(Contact wanted, Contact contact, Instant now, const Conditions& conditions) {
  if (wanted != wanted_) {
    wanted_ = wanted;
    pulse_count_ = 0;
    is_current_suspect_ = false;
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
  if (contact == wanted_) return settled(now, conditions.does_current_flow);
  return try_pulse(wanted_, now, conditions.is_voltage_sound);
}

Step Switch::settled(Instant now, bool does_current_flow) {
  pulse_count_ = 0;
  if (wanted_ == Contact::closed || !does_current_flow) {
    is_current_suspect_ = false;
    // A load that switches itself off does not unweld a contact: that fault stays until the next closing.
    if (fault_ != Fault::current_while_open || wanted_ == Contact::closed) fault_ = Fault::none;
    return {.has_settled = true};
  }
  if (!is_current_suspect_) {
    is_current_suspect_ = true;
    current_since_ = now;
  }
  if (now - current_since_ < current_time) {
    return {.has_settled = true, .has_deadline = true, .deadline = current_since_ + current_time};
  }
  const bool is_new = fault_ != Fault::current_while_open;
  fault_ = Fault::current_while_open;
  return {.has_failed = is_new, .has_settled = true};
}

Step Switch::try_pulse(Contact wanted, Instant now, bool is_voltage_sound) {
  if (pulse_count_ == pulses_max) {
    state_ = State::failed;
    const Fault found = wanted == Contact::open ? Fault::welded : Fault::does_not_close;
    const bool is_new = fault_ != found;
    fault_ = found;
    return {.has_failed = is_new};
  }
  const Instant may_pulse_at = wanted == Contact::closed ? std::max(rested_at_, may_close_at_) : rested_at_;
  if (now < may_pulse_at) return {.has_deadline = true, .deadline = may_pulse_at};
  if (!is_voltage_sound) return {.has_deadline = true, .deadline = now + voltage_wait};
  ++pulse_count_;
  state_ = State::settling;
  settled_at_ = now + settling_time;
  rested_at_ = now + rest_time;
  return {.pulse = wanted == Contact::open ? Pulse::open : Pulse::close,
          .has_deadline = true,
          .deadline = settled_at_};
}

// SplitMix64 (Steele, Lea, Flood 2014) over both numbers.
Duration closing_delay(std::uint64_t meter_number, std::uint32_t start_count, Duration most) {
  std::uint64_t z = meter_number * 0x9E37'79B9'7F4A'7C15 + start_count;
  z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9;
  z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EB;
  z ^= z >> 31U;
  const auto steps = static_cast<std::uint64_t>(std::max<std::int64_t>(0, most.count())) + 1;
  return Duration::of(static_cast<std::int64_t>(z % steps));
}

}  // namespace lk::supply
