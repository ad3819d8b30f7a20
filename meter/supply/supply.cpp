// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/supply.hpp"

#include <algorithm>

namespace lk::supply {

using port::Contact;
using quantity::Duration;
using quantity::Instant;

void Switch::start(Instant now, Duration closing_delay) {
  *this = Switch{};
  pulsed_at_ = now + (Duration{} - rest_time);
  settled_at_ = now + settling_time;
  may_close_at_ = now + closing_delay;
}

Step Switch::step(Contact wanted, Contact contact, Instant now, const Conditions& conditions) {
  if (wanted != wanted_) {
    wanted_ = wanted;
    is_wish_new_ = true;
    is_current_suspect_ = false;
  }
  if (now < settled_at_) return {.has_deadline = true, .deadline = settled_at_};
  // Where it obeyed; a contact that only is where it always was proves nothing.
  if (contact == pulsed_to_ && fault_ != Fault::current_while_open) vain_count_ = 0;
  if (contact != wanted_) {
    const Fault found = wanted_ == Contact::open ? Fault::welded : Fault::does_not_close;
    return pursue(found, now, conditions.is_voltage_sound);
  }
  if (wanted_ == Contact::open && conditions.does_current_flow)
    return suspect(now, conditions.is_voltage_sound);
  is_current_suspect_ = false;
  // A load that switches itself off does not unweld a contact: that fault stays until the next closing.
  if (fault_ != Fault::current_while_open || wanted_ == Contact::closed) fault_ = Fault::none;
  return {.has_settled = true};
}

// The contact seems to be open, and a current flows.
Step Switch::suspect(Instant now, bool is_voltage_sound) {
  if (!is_current_suspect_) current_since_ = now;
  is_current_suspect_ = true;
  Step step{.has_deadline = true, .deadline = current_since_ + current_time};
  if (now >= step.deadline) step = pursue(Fault::current_while_open, now, is_voltage_sound);
  step.has_settled = true;
  return step;
}

// The contact is not where it should be: tells it once where that is a fault, and pulses when it may.
Step Switch::pursue(Fault found, Instant now, bool is_voltage_sound) {
  if (pulsed_to_ != wanted_) vain_count_ = 0;  // of the other direction
  Step step{.has_deadline = true};
  if (vain_count_ >= pulses_max || found == Fault::current_while_open) {
    step.has_failed = fault_ != found;
    fault_ = found;
  }
  const Instant rested_at = pulsed_at_ + rest();
  const Instant may_pulse_at = wanted_ == Contact::closed ? std::max(rested_at, may_close_at_) : rested_at;
  if (now < may_pulse_at) {
    step.deadline = may_pulse_at;
  } else if (!is_voltage_sound) {
    step.deadline = now + voltage_wait;
  } else {
    constexpr std::uint8_t counted_max = pulses_max + 10;  // by then the rest grows no more
    if (vain_count_ < counted_max) ++vain_count_;
    is_wish_new_ = false;
    is_current_suspect_ = false;
    pulsed_at_ = now;
    pulsed_to_ = wanted_;
    settled_at_ = now + settling_time;
    step.pulse = wanted_ == Contact::open ? Pulse::open : Pulse::close;
    step.deadline = settled_at_;
  }
  return step;
}

Duration Switch::rest() const {
  if (vain_count_ < pulses_max) return rest_time;
  Duration rest = retry_rest_first;
  for (int more = vain_count_ - pulses_max; !is_wish_new_ && more > 0; --more) rest = rest + rest;
  return std::min(rest, retry_rest_last);
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
