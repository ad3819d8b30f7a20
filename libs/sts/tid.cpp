// SPDX-License-Identifier: Apache-2.0
#include "sts/tid.hpp"

#include <algorithm>
#include <array>

namespace lk::sts {
namespace {

struct Base {
  std::uint32_t year;
  std::int64_t unix_minutes;  // 1 January, 00:00 UTC
};
constexpr std::array<Base, 3> bases{{{1993, 12'097'440}, {2014, 23'142'240}, {2035, 34'187'040}}};

const Base& base_of(BaseDate base) {
  return bases[static_cast<std::size_t>(base)];
}

}  // namespace

std::optional<BaseDate> base_date(std::uint32_t year) {
  for (std::size_t i = 0; i < bases.size(); ++i) {
    if (bases[i].year == year) return static_cast<BaseDate>(i);
  }
  return std::nullopt;
}

std::uint32_t year_of(BaseDate base) {
  return base_of(base).year;
}

std::expected<std::uint32_t, TidError> tid_at(BaseDate base, quantity::Instant at) {
  const std::int64_t seconds = at.unix_s() - base_of(base).unix_minutes * 60;
  if (seconds < 0) return std::unexpected(TidError::before_base_date);
  std::int64_t tid = seconds / 60;
  if (tid > tid_max) return std::unexpected(TidError::exhausted);
  if (is_reserved_tid(static_cast<std::uint32_t>(tid))) ++tid;
  return static_cast<std::uint32_t>(tid);
}

std::expected<std::uint32_t, TidError> tid_after(std::uint32_t last, BaseDate base, quantity::Instant at) {
  const auto tid = tid_at(base, at);
  if (!tid || *tid > last) return tid;
  std::uint32_t next = last + 1;
  if (is_reserved_tid(next)) ++next;
  if (next > tid_max) return std::unexpected(TidError::exhausted);
  return next;
}

quantity::Instant instant_of(BaseDate base, std::uint32_t tid) {
  return quantity::Instant::of((base_of(base).unix_minutes + tid) * 60'000);
}

}  // namespace lk::sts
