// SPDX-License-Identifier: Apache-2.0
// A freeze: the meter's registers as they stood at an instant, and how the periods are counted whose ends are
// frozen. A period's number rises with the calendar, so that a clock that is set back freezes nothing twice.
// Bytes: docs/formats/records.md. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/records/quality.hpp"
#include "quantity/quantity.hpp"

namespace lk::records {

enum class FreezeKind : std::uint8_t { monthly = 0, daily = 1, hourly = 2, instant = 3 };
inline constexpr std::size_t freeze_kind_count = 4;
inline constexpr std::size_t calendar_freeze_count = 3;  // those that the calendar makes

enum class FreezeCause : std::uint8_t { calendar = 0, order = 1, date = 2, tariff = 3, clock = 4 };

// Marks, as bits.
inline constexpr std::uint8_t freeze_late = 1U << 0U;         // the power was off when it was due
inline constexpr std::uint8_t freeze_clock_set = 1U << 1U;    // the clock was set since the last one
inline constexpr std::uint8_t freeze_clock_wrong = 1U << 2U;  // taken while the clock was known to be wrong

inline constexpr std::size_t rate_count = 8;

struct Freeze {
  std::uint32_t time_s = 0;  // UTC, by the meter's clock
  std::uint32_t period = 0;  // the one that begins; 0 for an instant freeze
  FreezeCause cause{};
  std::uint8_t marks = 0;
  quantity::Energy import_energy;
  quantity::Energy export_energy;
  quantity::Money credited;
  quantity::Money deducted;
  std::array<quantity::Energy, rate_count> rates{};  // import by tariff rate
  Quality quality;                                   // of the billing period under way
  std::array<quantity::Energy, 4> reactive{};        // by quadrant
  quantity::Energy apparent_import;
  quantity::Energy apparent_export;
};

inline constexpr std::size_t freeze_bytes =
    12 + 4 * 8 + rate_count * 8 + Quality::stored_bytes + std::size_t{6} * 8;
using StoredFreeze = std::array<std::byte, freeze_bytes>;
[[nodiscard]] StoredFreeze encode(const Freeze& freeze);
[[nodiscard]] Freeze decode_freeze(std::span<const std::byte, freeze_bytes> bytes);

// When periods begin, in local time.
struct PeriodRules {
  std::uint8_t billing_day = 1;    // 1 to 28
  std::uint8_t billing_hour = 0;   // 0 to 23
  std::uint16_t daily_minute = 0;  // 0 to 1439
};

// Local time as the calendar sees it.
struct LocalDate {
  std::int32_t day = 0;  // since 1970-01-01
  std::int32_t year = 1970;
  std::uint8_t month = 1;
  std::uint8_t day_of_month = 1;
  std::uint16_t minute = 0;  // of the day
};

// The number of the period of `kind` (not `instant`) that a local time is in: months since the year 0, days,
// or hours since 1970.
[[nodiscard]] std::uint32_t period_of(FreezeKind kind, const PeriodRules& rules, const LocalDate& at);

}  // namespace lk::records
