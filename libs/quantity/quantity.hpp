// SPDX-License-Identifier: Apache-2.0
// The units of Latchkey as types: distinct, explicit to make, exact. Each is one int64 count of the unit
// named below; sums are checked (an overflow is a bug, `lk::ensure`), a division names its rounding.
//
//   Energy      millijoule (mW·s)        1 kWh = 3 600 000 000; range ±2.5e9 kWh
//   Power       milliwatt (mW, mvar, mVA)
//   Voltage     millivolt        Current    microampere        Frequency  millihertz
//   Money       1/100 000 of the currency unit: the unit of an STS currency token, so a token is never
//   rounded Price       1/10 000 of the currency unit per kWh Duration    millisecond      Instant
//   milliseconds since 1970-01-01 00:00 UTC, without leap seconds
#pragma once

#include <compare>
#include <cstdint>

#include "assert/assert.hpp"

namespace lk::quantity {

// An exact signed count of one unit; `Tag` makes two units different types.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  // The raw count of the unit; the factory and accessor are named alike in every type: `of` and `count`.
  [[nodiscard]] static constexpr Quantity of(std::int64_t count) { return Quantity{count}; }
  [[nodiscard]] constexpr std::int64_t count() const { return count_; }

  constexpr auto operator<=>(const Quantity&) const = default;
  [[nodiscard]] constexpr Quantity operator-() const { return Quantity{} - *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    std::int64_t sum = 0;
    ensure(!__builtin_add_overflow(a.count_, b.count_, &sum));
    return Quantity{sum};
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    std::int64_t difference = 0;
    ensure(!__builtin_sub_overflow(a.count_, b.count_, &difference));
    return Quantity{difference};
  }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }
  friend constexpr Quantity operator*(Quantity a, std::int64_t factor) {
    std::int64_t product = 0;
    ensure(!__builtin_mul_overflow(a.count_, factor, &product));
    return Quantity{product};
  }

 private:
  constexpr explicit Quantity(std::int64_t count) : count_(count) {}
  std::int64_t count_ = 0;
};

using Energy = Quantity<struct EnergyTag>;
using Power = Quantity<struct PowerTag>;
using Voltage = Quantity<struct VoltageTag>;
using Current = Quantity<struct CurrentTag>;
using Frequency = Quantity<struct FrequencyTag>;
using Money = Quantity<struct MoneyTag>;
using Price = Quantity<struct PriceTag>;
using Duration = Quantity<struct DurationTag>;

// A point of time; only differences (Duration) can be added to it.
class Instant {
 public:
  constexpr Instant() = default;
  [[nodiscard]] static constexpr Instant of(std::int64_t unix_ms) { return Instant{unix_ms}; }
  [[nodiscard]] constexpr std::int64_t unix_ms() const { return unix_ms_; }
  // Whole seconds since 1970, rounded down.
  [[nodiscard]] constexpr std::int64_t unix_s() const {
    return unix_ms_ >= 0 ? unix_ms_ / 1000 : -((-unix_ms_ + 999) / 1000);
  }
  constexpr auto operator<=>(const Instant&) const = default;
  friend constexpr Instant operator+(Instant at, Duration by) {
    return Instant{(Duration::of(at.unix_ms_) + by).count()};
  }
  friend constexpr Duration operator-(Instant later, Instant earlier) {
    return Duration::of(later.unix_ms_) - Duration::of(earlier.unix_ms_);
  }

 private:
  constexpr explicit Instant(std::int64_t unix_ms) : unix_ms_(unix_ms) {}
  std::int64_t unix_ms_ = 0;
};

inline constexpr std::int64_t mj_per_kwh = 3'600'000'000;
inline constexpr std::int64_t mj_per_wh = 3'600'000;
inline constexpr std::int64_t money_per_unit = 100'000;  // Money counts in one currency unit
inline constexpr std::int64_t price_per_unit = 10'000;   // Price counts in one currency unit per kWh

[[nodiscard]] constexpr Energy kwh(std::int64_t n) {
  return Energy::of(mj_per_kwh) * n;
}
[[nodiscard]] constexpr Energy wh(std::int64_t n) {
  return Energy::of(mj_per_wh) * n;
}
[[nodiscard]] constexpr Money units(std::int64_t n) {
  return Money::of(money_per_unit) * n;
}
[[nodiscard]] constexpr Duration milliseconds(std::int64_t n) {
  return Duration::of(n);
}
[[nodiscard]] constexpr Duration seconds(std::int64_t n) {
  return Duration::of(1000) * n;
}
[[nodiscard]] constexpr Duration minutes(std::int64_t n) {
  return seconds(60) * n;
}

}  // namespace lk::quantity
