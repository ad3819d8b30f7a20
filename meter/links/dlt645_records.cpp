// SPDX-License-Identifier: Apache-2.0
// Kinds of DL/T 645 that are of the past: events, purchases, freezes, the voltage of billing periods. "The
// n-th" counts back from the newest.
#include <algorithm>
#include <array>
#include <optional>

#include "dictionary/codes.hpp"
#include "meter/links/dlt645_events.hpp"

namespace lk::links {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dlt645::EventSet;
using dlt645::Item;
using records::Log;

constexpr std::byte unknown{0xFF};
constexpr std::int64_t e5_per_hundredth = 1'000;

// Time and who; of an order nobody is known.
void programmer(const records::Event& event, const Dlt645Context& context, bytes::Writer& to) {
  dlt645_fields::time(event.time_s, true, context.station, to);
  if (event.code != EventCode::programmed) return dlt645_fields::fill(unknown, sizeof(std::uint32_t), to);
  to.little(static_cast<std::uint32_t>(static_cast<std::uint64_t>(event.value) >> 32U));
}

// A record whose end is not known here: the caller fills it up.
void begin_of_record(const records::Event& event, const Dlt645Context& context, bytes::Writer& to) {
  switch (event.code) {
    case EventCode::power_returned:
      dlt645_fields::fill(unknown, 6, to);
      dlt645_fields::time(event.time_s, true, context.station, to);
      break;
    case EventCode::card_refused:
      dlt645_fields::time(event.time_s, true, context.station, to);
      to.little(event.value);
      dlt645_fields::number(event.detail, 1, false, to);
      break;
    case EventCode::credit_returned:
      dlt645_fields::time(event.time_s, false, context.station, to);
      dlt645_fields::fill(unknown, 2, to);
      dlt645_fields::number(event.value / e5_per_hundredth, 4, false, to);
      break;
    case EventCode::relay_does_not_follow:
      dlt645_fields::time(event.time_s, true, context.station, to);
      dlt645_fields::fill(unknown, 6, to);
      to.byte(event.detail == 0 ? 1 : 0);  // as seen: 1 open
      break;
    default:
      dlt645_fields::time(event.time_s, true, context.station, to);
      break;
  }
}

void clock_setting(const records::Event& event, const Dlt645Context& context, bytes::Writer& to) {
  const std::int64_t before_s = std::int64_t{event.time_s} - event.value / 1000;
  dlt645_fields::fill(unknown, sizeof(std::uint32_t), to);
  const bool is_known = before_s > 0 && before_s <= 0xFFFF'FFFF;
  dlt645_fields::time(is_known ? static_cast<std::uint32_t>(before_s) : 0, true, context.station, to);
  dlt645_fields::time(event.time_s, true, context.station, to);
}

}  // namespace

namespace dlt645_kinds {

std::optional<Log> log_of_events(const Item& item) {
  if (item.kind == dlt645::Kind::event) return EventSearch{item.divisor}.log();
  if (item.kind == dlt645::Kind::condition) return log_of_condition(item.divisor);
  return std::nullopt;
}

bool event_count(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  std::uint32_t count = 0;
  (void)event_back(EventSearch{item.divisor}, 0, context, count);
  dlt645_fields::number(count, item.size_bytes, false, to);
  return true;
}

bool event(const Item& item, std::uint8_t di0, const Dlt645Context& context, bytes::Writer& to) {
  std::uint32_t count = 0;
  const auto found = event_back(EventSearch{item.divisor}, di0, context, count);
  if (!found) return false;
  const std::size_t begin = to.size_bytes();
  if (found->code == EventCode::clock_set) {
    clock_setting(*found, context, to);
  } else if (item.divisor == static_cast<std::int32_t>(EventCode::programmed) ||
             item.divisor == static_cast<std::int32_t>(EventSet::event_clears)) {
    programmer(*found, context, to);
    to.little(static_cast<std::uint32_t>(found->value));
  } else if (item.divisor == static_cast<std::int32_t>(EventSet::demand_resets)) {
    programmer(*found, context, to);
  } else {
    begin_of_record(*found, context, to);
  }
  dlt645_fields::fill(unknown, item.size_bytes - (to.size_bytes() - begin), to);
  return to.ok();
}

// What an account was before and after a purchase is not recorded: unknown.
bool purchase(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
              bytes::Writer& to) {
  constexpr std::int32_t purchases = static_cast<std::int32_t>(EventCode::token_accepted) | 1 << 16;
  if (context.device.number(Id::account_unit, 0) != item.divisor) return false;
  std::uint32_t back = 0;
  const auto found = event_back(EventSearch{purchases}, di0, context, back);
  if (!found) return false;
  switch (di1) {
    case 1:
      dlt645_fields::time(found->time_s, false, context.station, to);
      return true;
    case 2:
      dlt645_fields::number(context.device.number(Id::token_count, 0) - back + 1, 2, false, to);
      return true;
    case 3:
      dlt645_fields::number(found->value / e5_per_hundredth, 4, false, to);
      return true;
    case 4:
    case 5:
      dlt645_fields::fill(unknown, 4, to);
      return true;
    default:
      if (di0 > 1) {
        dlt645_fields::fill(unknown, 4, to);
      } else {
        dlt645_fields::number(context.device.number(Id::credited, 0) / e5_per_hundredth, 4, false, to);
      }
      return true;
  }
}

// Of a meter with one phase the total is that phase. When the extremes were is not recorded.
bool quality(std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context, bytes::Writer& to) {
  if (di1 > 1) return false;
  const auto now = [&context](Id id) { return static_cast<std::uint32_t>(context.device.number(id, 0)); };
  records::Quality seen;
  if (di0 == 0) {
    seen.inside_s = now(Id::voltage_inside);
    seen.under_s = now(Id::voltage_under);
    seen.over_s = now(Id::voltage_over);
    seen.lowest_mv = now(Id::voltage_lowest);
    seen.highest_mv = now(Id::voltage_highest);
  } else {
    const auto past = freeze_back(Log::monthly, di0, context.station);
    if (!past) return false;
    seen = past->quality;
  }
  constexpr std::uint64_t s_per_minute = 60;
  constexpr std::uint64_t whole_e2 = 10'000;
  const std::uint64_t all_s = std::uint64_t{seen.inside_s} + seen.under_s + seen.over_s;
  const std::uint64_t inside_e2 = all_s == 0 ? 0 : seen.inside_s * whole_e2 / all_s;
  const auto put = [&to](std::uint64_t value, std::size_t size_bytes) {
    constexpr std::uint64_t most = 999'999;
    dlt645_fields::number(static_cast<std::int64_t>(std::min(value, most)), size_bytes, false, to);
  };
  put(all_s / s_per_minute, 3);
  put(inside_e2, 3);
  put(all_s == 0 ? 0 : whole_e2 - inside_e2, 3);
  put(seen.over_s / s_per_minute, 3);
  put(seen.under_s / s_per_minute, 3);
  for (const std::uint32_t extreme_mv : {seen.highest_mv, seen.lowest_mv}) {
    put(extreme_mv / 100, 2);
    dlt645_fields::fill(unknown, 4, to);
  }
  return true;
}

std::optional<records::Freeze> freeze_back(Log log, std::uint32_t n, Station& station) {
  const LogRange range = station.log_range(log);
  for (std::uint32_t number = range.next; number-- > range.first;) {
    std::array<std::byte, records::entry_max_bytes> room{};
    if (station.log_entry(log, number, room) != records::freeze_bytes) continue;
    if (--n == 0) return records::decode_freeze(std::span{room}.first<records::freeze_bytes>());
  }
  return std::nullopt;
}

bool freeze(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
            bytes::Writer& to) {
  const auto found =
      freeze_back(records::log_of(static_cast<records::FreezeKind>(item.divisor)), di0, context.station);
  if (!found) return false;
  switch (di1) {
    case 0x00:
      dlt645_fields::time(found->time_s, false, context.station, to);
      return true;
    case 0x01:
      dlt645_fields::energy(found->import_energy, to);
      for (const quantity::Energy rate : found->rates) dlt645_fields::energy(rate, to);
      return true;
    case 0x02:
      dlt645_fields::energy(found->export_energy, to);
      return true;
    case 0x03:
      dlt645_fields::energy(found->reactive[0] + found->reactive[1], to);
      return true;
    case 0x04:
      dlt645_fields::energy(found->reactive[2] + found->reactive[3], to);
      return true;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x08:
      dlt645_fields::energy(found->reactive[di1 - std::size_t{5}], to);
      return true;
    case 0x09:
      dlt645_fields::demand(found->quality.demand_dw, found->quality.demand_time_s, context.station, to);
      return true;
    default:
      return false;
  }
}

}  // namespace dlt645_kinds

}  // namespace lk::links
