// SPDX-License-Identifier: Apache-2.0
// The meter's clock: UTC, as the body's clock (a crystal with a battery) with what orders have set it by and
// a correction of its drift. It knows that it is wrong when it goes behind a time that was stored; an order
// that sets it ends that. A plain value, stored with the state.
#pragma once

#include <algorithm>
#include <cstdint>

#include "bytes/bytes.hpp"
#include "quantity/quantity.hpp"

namespace lk::meter {

class Clock {
 public:
  static constexpr std::size_t stored_bytes = 25;
  // Going behind by no more than this is a slow crystal and no empty battery.
  static constexpr std::int64_t tolerated_s = 60;
  // A step beyond this shows that the clock was wrong: nothing is charged or frozen for the time between.
  static constexpr std::int64_t wrong_step_s = std::int64_t{32} * 86'400;

  [[nodiscard]] quantity::Instant at(quantity::Instant body) const { return body + step_ + drift(body); }
  // Sets it; by how much it went forward.
  quantity::Duration set(quantity::Instant body, quantity::Instant time) {
    const quantity::Duration by = time - at(body);
    step_ = time - body;
    drift_from_ = body;
    is_wrong_ = false;
    return by;
  }
  // From now on it is corrected by so much; it goes on without a jump.
  void set_drift(quantity::Instant body, std::int32_t ppb) {
    step_ += drift(body);
    drift_from_ = body;
    drift_ppb_ = ppb;
  }
  // After a start: whether it has just been found to be wrong.
  bool check(quantity::Instant body) {
    const bool is_behind = at(body).unix_s() + tolerated_s < std::int64_t{seen_s_};
    const bool is_new = is_behind && !is_wrong_;
    is_wrong_ = is_wrong_ || is_behind;
    return is_new;
  }
  // Remembers the time with what is stored.
  void see(quantity::Instant body) {
    seen_s_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(at(body).unix_s(), 0, 0xFFFF'FFFF));
  }
  [[nodiscard]] std::uint32_t seen_s() const { return seen_s_; }
  [[nodiscard]] bool is_wrong() const { return is_wrong_; }

  void encode(bytes::Writer& to) const {
    to.little(step_.count());
    to.little(drift_from_.unix_ms());
    to.little(drift_ppb_);
    to.little(seen_s_);
    to.byte(is_wrong_ ? 1 : 0);
  }
  [[nodiscard]] bool decode(bytes::Reader& from) {
    step_ = quantity::Duration::of(from.little<std::int64_t>());
    drift_from_ = quantity::Instant::of(from.little<std::int64_t>());
    drift_ppb_ = from.little<std::int32_t>();
    seen_s_ = from.little<std::uint32_t>();
    const std::uint8_t wrong = from.byte();
    is_wrong_ = wrong == 1;
    return from.ok() && wrong <= 1 && is_sound();
  }

 private:
  static constexpr std::int64_t billion = 1'000'000'000;
  static constexpr std::int32_t drift_max_ppb = 500'000;

  // Within 300 years of 1970 and the greatest drift no sum here overflows.
  [[nodiscard]] bool is_sound() const {
    constexpr std::int64_t far_ms = 10'000'000'000'000;
    const auto is_near = [](std::int64_t ms) { return ms >= -far_ms && ms <= far_ms; };
    return is_near(step_.count()) && is_near(drift_from_.unix_ms()) && drift_ppb_ >= -drift_max_ppb &&
           drift_ppb_ <= drift_max_ppb;
  }
  [[nodiscard]] quantity::Duration drift(quantity::Instant body) const {
    return quantity::Duration::of((body - drift_from_).count() * drift_ppb_ / billion);
  }

  quantity::Duration step_;
  quantity::Instant drift_from_;
  std::int32_t drift_ppb_ = 0;
  std::uint32_t seen_s_ = 0;
  bool is_wrong_ = false;
};

}  // namespace lk::meter
