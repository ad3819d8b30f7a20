// SPDX-License-Identifier: Apache-2.0
// Kinds of DL/T 645 that are of the past: events, purchases, freezes. "The n-th" counts back from the newest.
#include <array>
#include <optional>

#include "dictionary/codes.hpp"
#include "meter/links/dlt645_reader.hpp"

namespace lk::links {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dlt645::Item;
using records::Log;

constexpr std::byte unknown{0xFF};

struct Search {
  EventCode code;
  std::optional<std::uint16_t> detail = std::nullopt;  // any
};

bool fits(const records::Event& event, const Search& search) {
  return event.code == search.code && event.detail == search.detail.value_or(event.detail);
}

Log log_of(const Search& search) {
  return records::log_of({.code = search.code, .detail = search.detail.value_or(0)});
}

// The n-th event that fits, 1 the newest; `count` is how many there are up to it, or in all.
std::optional<records::Event> event_back(const Search& search, std::uint32_t n, const Dlt645Context& context,
                                         std::uint32_t& count) {
  const Log log = log_of(search);
  const LogRange range = context.station.log_range(log);
  const std::uint32_t first = std::max(range.first, context.access.hidden_until(log) + 1);
  count = 0;
  for (std::uint32_t number = range.next; number-- > first;) {
    std::array<std::byte, records::entry_max_bytes> room{};
    const std::size_t size_bytes = context.station.log_entry(log, number, room);
    if (size_bytes == 0) continue;
    const records::Event event = records::decode(std::span{room}.first(size_bytes));
    if (event.number == 0 || !fits(event, search)) continue;
    if (++count == n) return event;
  }
  return std::nullopt;
}

Search search_of(const Item& item) {
  const auto argument = static_cast<std::uint32_t>(item.divisor);
  Search search{static_cast<EventCode>(argument & 0xFFFFU)};
  if (argument >> 16U != 0) search.detail = static_cast<std::uint16_t>((argument >> 16U) - 1U);
  return search;
}

// Time, who, and what: ten identifiers, the first of which is known.
void programming(const records::Event& event, const Dlt645Context& context, bytes::Writer& to) {
  dlt645_fields::time(event.time_s, true, context.station, to);
  to.little(static_cast<std::uint32_t>(static_cast<std::uint64_t>(event.value) >> 32U));
  to.little(static_cast<std::uint32_t>(event.value));
  dlt645_fields::fill(unknown, 9 * sizeof(std::uint32_t), to);
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

Log log_of_events(const Item& item) {
  return log_of(search_of(item));
}

bool event_count(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  std::uint32_t count = 0;
  (void)event_back(search_of(item), 0, context, count);
  dlt645_fields::number(count, item.size_bytes, false, to);
  return true;
}

bool event(const Item& item, std::uint8_t di0, const Dlt645Context& context, bytes::Writer& to) {
  std::uint32_t count = 0;
  const auto found = event_back(search_of(item), di0, context, count);
  if (!found) return false;
  switch (found->code) {
    case EventCode::power_returned:
      dlt645_fields::fill(unknown, 6, to);
      dlt645_fields::time(found->time_s, true, context.station, to);
      break;
    case EventCode::programmed:
      programming(*found, context, to);
      break;
    case EventCode::clock_set:
      clock_setting(*found, context, to);
      break;
    default:
      dlt645_fields::time(found->time_s, true, context.station, to);
      dlt645_fields::fill(unknown, item.size_bytes - std::size_t{6}, to);
      break;
  }
  return true;
}

// What an account was before and after a purchase is not recorded: unknown.
bool purchase(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
              bytes::Writer& to) {
  constexpr std::int64_t e5_per_hundredth = 1'000;
  if (context.device.number(Id::account_unit, 0) != item.divisor) return false;
  std::uint32_t back = 0;
  const auto found = event_back({EventCode::token_accepted, std::uint16_t{0}}, di0, context, back);
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
