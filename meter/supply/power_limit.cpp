// SPDX-License-Identifier: Apache-2.0
#include "meter/supply/power_limit.hpp"

#include <limits>

namespace lk::supply {

using quantity::Duration;
using quantity::Instant;
using quantity::Power;

namespace {
constexpr std::uint16_t endless = std::numeric_limits<std::uint16_t>::max();
}

std::optional<Power> limit_at(const LimitRules& rules, const schedule::LocalTime& at) {
  Power limit = rules.always;
  for (std::size_t i = 0; i < limit_window_count; ++i) {
    if (!rules.windows[i].contains(at)) continue;
    limit = rules.limits[i];
    break;
  }
  if (limit <= Power{}) return std::nullopt;
  return limit;
}

void PowerLimiter::restore(const Stored& stored, Instant now) {
  *this = PowerLimiter{};
  stored_ = stored;
  tripped_at_ = closed_at_ = now;
}

PowerLimiter::Step PowerLimiter::step(Power power, std::optional<Power> limit, const LimitRules& rules,
                                      Instant now) {
  switch (stored_.phase) {
    case Phase::locked:
      return outcome(false, false, rules.pause);
    case Phase::tripped:
      if (now - tripped_at_ < rules.pause) return outcome(false, false, rules.pause);
      stored_.phase = Phase::watching;
      is_over_ = false;
      closed_at_ = now;
      return outcome(true, false, rules.pause);
    case Phase::watching:
      break;
  }
  if (!limit || power <= *limit) {
    is_over_ = false;
    if (stored_.used_tries == 0 || now - closed_at_ < rules.forget) return outcome(false, false, rules.pause);
    stored_.used_tries = 0;
    return outcome(true, false, rules.pause);
  }
  if (!is_over_) {
    is_over_ = true;
    over_since_ = now;
  }
  if (now - over_since_ < rules.delay) {
    return {.has_deadline = true, .deadline = over_since_ + rules.delay};
  }
  is_over_ = false;
  tripped_at_ = now;
  const bool has_try_left = rules.tries == endless || stored_.used_tries < rules.tries;
  stored_.phase = has_try_left ? Phase::tripped : Phase::locked;
  if (has_try_left && rules.tries != endless) ++stored_.used_tries;
  return outcome(true, true, rules.pause);
}

void PowerLimiter::release() {
  stored_ = {};
  is_over_ = false;
}

PowerLimiter::Step PowerLimiter::outcome(bool has_changed, bool has_tripped, Duration pause) const {
  const bool is_tripped = stored_.phase == Phase::tripped;
  return {.holds_open = stored_.phase != Phase::watching,
          .has_changed = has_changed,
          .has_tripped = has_tripped,
          .has_deadline = is_tripped,
          .deadline = is_tripped ? tripped_at_ + pause : Instant{}};
}

}  // namespace lk::supply
