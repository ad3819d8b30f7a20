// SPDX-License-Identifier: Apache-2.0
// The token identifier (TID): whole minutes since a base date, 24 bits (IEC 62055-41, 6.3.5). Base dates are
// 00:00 UTC; the standard names no time zone (docs/design/sts.md). Minute 00:01 of each day is reserved: it
// is issued as 00:02.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "quantity/quantity.hpp"

namespace lk::sts {

inline constexpr std::uint32_t tid_max = 0xFF'FFFF;

enum class BaseDate : std::uint8_t { y1993, y2014, y2035 };

enum class TidError : std::uint8_t {
  before_base_date,  // the time is before the base date
  exhausted,  // the time, or the next free identifier, is after the last one (31.9 years after the base date)
};

// The base date of a year: 1993, 2014 or 2035, nothing for any other.
[[nodiscard]] std::optional<BaseDate> base_date(std::uint32_t year);
[[nodiscard]] std::uint32_t year_of(BaseDate base);

// True for the reserved minute.
[[nodiscard]] constexpr bool is_reserved_tid(std::uint32_t tid) {
  return tid % 1440 == 1;
}

// The identifier of a token issued at `at` (seconds are cut off).
[[nodiscard]] std::expected<std::uint32_t, TidError> tid_at(BaseDate base, quantity::Instant at);

// The identifier for a meter whose last one was `last`: that of `at`, or the next free one where that is not
// above `last`. So several tokens in one minute get one minute each, and a clock that went back gives none
// twice.
[[nodiscard]] std::expected<std::uint32_t, TidError> tid_after(std::uint32_t last, BaseDate base,
                                                               quantity::Instant at);

// The time that an identifier stands for.
[[nodiscard]] quantity::Instant instant_of(BaseDate base, std::uint32_t tid);

// True where a token is expired under a key expiry number: its 8 most significant bits are above KEN.
[[nodiscard]] constexpr bool is_expired(std::uint32_t tid, std::uint8_t key_expiry_number) {
  return (tid >> 16U) > key_expiry_number;
}

}  // namespace lk::sts
