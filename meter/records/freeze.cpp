// SPDX-License-Identifier: Apache-2.0
#include "meter/records/freeze.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::records {
namespace {
constexpr std::int32_t minutes_per_day = 1440;
}

StoredFreeze encode(const Freeze& freeze) {
  StoredFreeze bytes{};
  bytes::Writer to{bytes};
  to.little(freeze.time_s);
  to.little(freeze.period);
  to.byte(static_cast<std::uint8_t>(freeze.cause));
  to.byte(freeze.marks);
  to.little(static_cast<std::uint16_t>(0));
  to.little(freeze.import_energy.count());
  to.little(freeze.export_energy.count());
  to.little(freeze.credited.count());
  to.little(freeze.deducted.count());
  for (const quantity::Energy rate : freeze.rates) to.little(rate.count());
  freeze.quality.encode(to);
  for (const quantity::Energy quadrant : freeze.reactive) to.little(quadrant.count());
  to.little(freeze.apparent_import.count());
  to.little(freeze.apparent_export.count());
  ensure(to.ok() && to.size_bytes() == freeze_bytes);
  return bytes;
}

Freeze decode_freeze(std::span<const std::byte, freeze_bytes> bytes) {
  bytes::Reader from{bytes};
  Freeze freeze;
  freeze.time_s = from.little<std::uint32_t>();
  freeze.period = from.little<std::uint32_t>();
  freeze.cause = static_cast<FreezeCause>(from.byte());
  freeze.marks = from.byte();
  (void)from.take(2);
  freeze.import_energy = quantity::Energy::of(from.little<std::int64_t>());
  freeze.export_energy = quantity::Energy::of(from.little<std::int64_t>());
  freeze.credited = quantity::Money::of(from.little<std::int64_t>());
  freeze.deducted = quantity::Money::of(from.little<std::int64_t>());
  for (quantity::Energy& rate : freeze.rates) rate = quantity::Energy::of(from.little<std::int64_t>());
  freeze.quality = Quality::decode(from);
  for (quantity::Energy& quadrant : freeze.reactive)
    quadrant = quantity::Energy::of(from.little<std::int64_t>());
  freeze.apparent_import = quantity::Energy::of(from.little<std::int64_t>());
  freeze.apparent_export = quantity::Energy::of(from.little<std::int64_t>());
  return freeze;
}

std::uint32_t period_of(FreezeKind kind, const PeriodRules& rules, const LocalDate& at) {
  switch (kind) {
    case FreezeKind::monthly: {
      const bool has_begun = at.day_of_month > rules.billing_day ||
                             (at.day_of_month == rules.billing_day && at.minute >= rules.billing_hour * 60);
      return static_cast<std::uint32_t>(at.year * 12 + at.month - (has_begun ? 0 : 1));
    }
    case FreezeKind::daily:
      return static_cast<std::uint32_t>(at.day - (at.minute < rules.daily_minute ? 1 : 0));
    case FreezeKind::hourly:
      return static_cast<std::uint32_t>((at.day * minutes_per_day + at.minute) / 60);
    case FreezeKind::instant:
      break;
  }
  ensure(false);
  return 0;
}

}  // namespace lk::records
