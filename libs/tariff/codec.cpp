// SPDX-License-Identifier: Apache-2.0
#include "tariff/codec.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"

namespace lk::tariff {
namespace {

using bytes::Reader;
using bytes::Writer;
using quantity::Money;
using quantity::Price;

constexpr std::uint32_t magic = 0x4C4B'5401;  // "LKT", format 1
constexpr std::size_t crc_bytes = 4;

void put(Writer& to, const Changeover& change) {
  to.byte(change.month);
  to.byte(change.week);
  to.byte(change.weekday);
  to.big(change.minute);
}

Changeover changeover(Reader& from) {
  Changeover change;
  change.month = from.byte();
  change.week = from.byte();
  change.weekday = from.byte();
  change.minute = from.big<std::int16_t>();
  return change;
}

void put_head(Writer& to, const TariffSet& set) {
  to.big(magic);
  to.big(set.version);
  to.big(set.zone.offset_minutes);
  to.byte(set.zone.save_minutes);
  put(to, set.zone.start);
  put(to, set.zone.end);
  to.byte(set.settlement.month);
  to.byte(set.settlement.day);
  to.byte(set.settlement.hour);
  to.byte(static_cast<std::uint8_t>(set.ladder.per));
  to.byte(set.ladder.threshold_count);
  to.byte(set.rate_count);
  to.byte(set.default_rate);
  to.byte(set.day_table_count);
  to.byte(set.week_table_count);
  to.byte(set.season_count);
  to.byte(set.special_day_count);
  to.byte(set.tax_count);
}

void take_head(Reader& from, TariffSet& set) {
  set.version = from.big<std::uint32_t>();
  set.zone.offset_minutes = from.big<std::int16_t>();
  set.zone.save_minutes = from.byte();
  set.zone.start = changeover(from);
  set.zone.end = changeover(from);
  set.settlement.month = from.byte();
  set.settlement.day = from.byte();
  set.settlement.hour = from.byte();
  set.ladder.per = static_cast<Per>(from.byte());
  set.ladder.threshold_count = from.byte();
  set.rate_count = from.byte();
  set.default_rate = from.byte();
  set.day_table_count = from.byte();
  set.week_table_count = from.byte();
  set.season_count = from.byte();
  set.special_day_count = from.byte();
  set.tax_count = from.byte();
}

// The counts say how much follows: they are looked at before anything is read by them.
bool fits(const TariffSet& set) {
  return set.ladder.threshold_count < step_max && set.rate_count <= rate_max &&
         set.day_table_count <= day_table_max && set.week_table_count <= week_table_max &&
         set.season_count <= season_max && set.special_day_count <= special_day_max &&
         set.tax_count <= tax_max;
}

void put_prices(Writer& to, const TariffSet& set) {
  for (std::size_t i = 0; i < set.ladder.threshold_count; ++i) to.big(set.ladder.thresholds_wh[i]);
  for (std::size_t step = 0; step < set.step_count(); ++step) {
    for (std::size_t rate = 0; rate < set.rate_count; ++rate) {
      to.big(static_cast<std::uint32_t>(set.prices[step][rate].count()));
    }
  }
}

void take_prices(Reader& from, TariffSet& set) {
  for (std::size_t i = 0; i < set.ladder.threshold_count; ++i) {
    set.ladder.thresholds_wh[i] = from.big<std::uint32_t>();
  }
  for (std::size_t step = 0; step < set.step_count(); ++step) {
    for (std::size_t rate = 0; rate < set.rate_count; ++rate) {
      set.prices[step][rate] = Price::of(from.big<std::uint32_t>());
    }
  }
}

void put_calendar(Writer& to, const TariffSet& set) {
  for (std::size_t i = 0; i < set.day_table_count; ++i) {
    const DayTable& table = set.day_tables[i];
    to.byte(table.count);
    for (std::size_t j = 0; j < table.count; ++j) {
      to.big(table.switchings[j].minute);
      to.byte(table.switchings[j].rate);
    }
  }
  for (std::size_t i = 0; i < set.week_table_count; ++i) {
    for (const std::uint8_t day_table : set.week_tables[i]) to.byte(day_table);
  }
  for (std::size_t i = 0; i < set.season_count; ++i) {
    to.byte(set.seasons[i].month);
    to.byte(set.seasons[i].day);
    to.byte(set.seasons[i].week_table);
  }
  for (std::size_t i = 0; i < set.special_day_count; ++i) {
    to.big(set.special_days[i].year);
    to.byte(set.special_days[i].month);
    to.byte(set.special_days[i].day);
    to.byte(set.special_days[i].day_table);
  }
}

bool take_day_tables(Reader& from, TariffSet& set) {
  for (std::size_t i = 0; i < set.day_table_count; ++i) {
    DayTable& table = set.day_tables[i];
    table.count = from.byte();
    if (table.count > switching_max) return false;
    for (std::size_t j = 0; j < table.count; ++j) {
      table.switchings[j].minute = from.big<std::uint16_t>();
      table.switchings[j].rate = from.byte();
    }
  }
  return true;
}

void take_calendar(Reader& from, TariffSet& set) {
  for (std::size_t i = 0; i < set.week_table_count; ++i) {
    for (std::uint8_t& day_table : set.week_tables[i]) day_table = from.byte();
  }
  for (std::size_t i = 0; i < set.season_count; ++i) {
    set.seasons[i].month = from.byte();
    set.seasons[i].day = from.byte();
    set.seasons[i].week_table = from.byte();
  }
  for (std::size_t i = 0; i < set.special_day_count; ++i) {
    set.special_days[i].year = from.big<std::uint16_t>();
    set.special_days[i].month = from.byte();
    set.special_days[i].day = from.byte();
    set.special_days[i].day_table = from.byte();
  }
}

void put_charges(Writer& to, const TariffSet& set) {
  to.byte(static_cast<std::uint8_t>(set.standing.per));
  to.big(set.standing.amount.count());
  to.big(set.minimum_charge.count());
  to.byte(set.demand.window_minutes);
  to.big(static_cast<std::uint32_t>(set.demand.price_per_kw.count()));
  for (std::size_t i = 0; i < set.tax_count; ++i) {
    const Tax& tax = set.taxes[i];
    to.byte(static_cast<std::uint8_t>(tax.kind));
    to.byte(tax.base);
    to.big(tax.value);
    for (const char c : tax.name) to.byte(static_cast<std::uint8_t>(c));
  }
}

void take_charges(Reader& from, TariffSet& set) {
  set.standing.per = static_cast<Per>(from.byte());
  set.standing.amount = Money::of(from.big<std::int64_t>());
  set.minimum_charge = Money::of(from.big<std::int64_t>());
  set.demand.window_minutes = from.byte();
  set.demand.price_per_kw = Price::of(from.big<std::uint32_t>());
  for (std::size_t i = 0; i < set.tax_count; ++i) {
    Tax& tax = set.taxes[i];
    tax.kind = static_cast<TaxKind>(from.byte());
    tax.base = from.byte();
    tax.value = from.big<std::uint32_t>();
    for (char& c : tax.name) c = static_cast<char>(from.byte());
  }
}

}  // namespace

std::span<const std::byte> encode(const TariffSet& set, std::span<std::byte, set_max_bytes> room) {
  ensure(!find_fault(set));
  Writer writer{room};
  put_head(writer, set);
  put_prices(writer, set);
  put_calendar(writer, set);
  put_charges(writer, set);
  writer.big(bytes::crc32c(writer.written()));
  ensure(writer.ok());
  return writer.written();
}

std::expected<TariffSet, DecodeError> decode(std::span<const std::byte> data) {
  if (data.size() < crc_bytes || data.size() > set_max_bytes) return std::unexpected(DecodeError::damaged);
  const auto body = data.first(data.size() - crc_bytes);
  Reader crc{data.last(crc_bytes)};
  if (crc.big<std::uint32_t>() != bytes::crc32c(body)) return std::unexpected(DecodeError::damaged);

  Reader reader{body};
  if (reader.big<std::uint32_t>() != magic) return std::unexpected(DecodeError::unknown_version);
  std::expected<TariffSet, DecodeError> set;
  take_head(reader, *set);
  if (!fits(*set)) return std::unexpected(DecodeError::malformed);
  take_prices(reader, *set);
  if (!take_day_tables(reader, *set)) return std::unexpected(DecodeError::malformed);
  take_calendar(reader, *set);
  take_charges(reader, *set);
  if (!reader.ok() || reader.left() != 0) return std::unexpected(DecodeError::malformed);
  if (find_fault(*set)) return std::unexpected(DecodeError::faulty);
  return set;
}

}  // namespace lk::tariff
