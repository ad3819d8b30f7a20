// SPDX-License-Identifier: Apache-2.0
// Conditions of the guard as DL/T 645-2007 records them (annex A, groups 03 01 to 03 0F): a begin and the
// end that belongs to it. What the standard wants of a condition's energies is not recorded: FF. The
// records end where the log does; so do the counts and the minutes.
#include <algorithm>
#include <array>

#include "dictionary/codes.hpp"
#include "meter/links/dlt645_events.hpp"

namespace lk::links {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dlt645::Item;
using records::Event;

constexpr std::byte unknown{0xFF};
constexpr std::size_t time_bytes = 6;
// Of the longest layout: start, end, four energies in all, then of each phase four energies, voltage,
// current, two powers and power factor, at last ampere hours. The shorter ones end sooner, or leave out
// what stands between.
constexpr std::uint8_t voltage_layout_bytes = 131;
constexpr std::size_t voltage_offset = 44;
constexpr std::size_t current_offset = 46;
constexpr std::size_t unbalance_offset = 12;
constexpr std::uint8_t current_layout_bytes = 115;
constexpr std::uint8_t unbalance_layout_bytes = 78;

struct Spell {
  Event begin;
  std::optional<Event> end;  // none: it lasts, or a power cut has swallowed its end
};

// The spells of one condition, the newest first.
class SpellWalk {
 public:
  SpellWalk(std::int32_t condition, const Dlt645Context& context)
      : walk_(dlt645_kinds::log_of_condition(condition), context),
        condition_(static_cast<std::uint16_t>(condition)) {}

  std::optional<Spell> next() {
    std::optional<Event> end;
    while (const auto event = walk_.next()) {
      if (event->detail != condition_) continue;
      if (event->code == EventCode::condition_ended) end = event;
      if (event->code == EventCode::condition_began || event->code == EventCode::opened_while_off)
        return Spell{*event, end};
    }
    return std::nullopt;
  }

 private:
  EventWalk walk_;
  std::uint16_t condition_;
};

struct Total {
  std::uint32_t count = 0;
  std::uint32_t minutes = 0;
};

Total total_of(std::int32_t condition, const Dlt645Context& context) {
  Total total;
  std::uint64_t seconds = 0;
  SpellWalk walk{condition, context};
  while (const auto spell = walk.next()) {
    ++total.count;
    if (spell->end && spell->end->time_s > spell->begin.time_s)
      seconds += spell->end->time_s - spell->begin.time_s;
  }
  constexpr std::uint64_t most = 999'999;
  total.minutes = static_cast<std::uint32_t>(std::min(seconds / 60, most));
  return total;
}

}  // namespace

namespace dlt645_kinds {

records::Log log_of_condition(std::int32_t condition) {
  return records::log_of(
      {.code = EventCode::condition_began, .detail = static_cast<std::uint16_t>(condition)});
}

bool condition(const Item& item, std::uint8_t di1, std::uint8_t di0, const Dlt645Context& context,
               bytes::Writer& to) {
  constexpr std::uint8_t phase_a = 1;
  if (item.di1_last == 3 && di1 != phase_a) return false;
  SpellWalk walk{item.divisor, context};
  std::optional<Spell> spell = walk.next();
  for (std::uint8_t n = 1; spell && n < di0; ++n) spell = walk.next();
  if (!spell) return false;
  std::array<std::byte, voltage_layout_bytes> room{};
  const auto record = std::span{room}.first(item.size_bytes);
  std::ranges::fill(record, unknown);
  bytes::Writer times{record.first(2 * time_bytes)};
  dlt645_fields::time(spell->begin.time_s, true, context.station, times);
  if (spell->end) dlt645_fields::time(spell->end->time_s, true, context.station, times);
  constexpr std::int64_t most_at_the_start = 999'999'999;  // more is in no sound record
  const std::int64_t at_the_start = std::clamp<std::int64_t>(spell->begin.value, 0, most_at_the_start);
  if (item.size_bytes == voltage_layout_bytes) {
    constexpr std::int64_t e4_and_mv_per_100_mv = 1'000'000;
    const std::int64_t nominal_mv = context.device.number(Id::nominal_voltage, 0);
    bytes::Writer field{record.subspan(voltage_offset, 2)};
    dlt645_fields::number(at_the_start * nominal_mv / e4_and_mv_per_100_mv, 2, false, field);
  } else if (item.size_bytes == current_layout_bytes) {
    constexpr std::int64_t ua_per_ma = 1'000;
    bytes::Writer field{record.subspan(current_offset, 3)};
    dlt645_fields::number(at_the_start / ua_per_ma, 3, true, field);
  } else if (item.size_bytes == unbalance_layout_bytes) {
    constexpr std::int64_t most = 9'999;
    bytes::Writer field{record.subspan(unbalance_offset, 2)};
    dlt645_fields::number(std::min(spell->end ? spell->end->value : at_the_start, most), 2, false, field);
  }
  to.copy(record);
  return true;
}

// Phases B and C are not there: FF.
bool condition_total(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  const Total total = total_of(item.divisor, context);
  constexpr std::size_t number_bytes = 3;
  dlt645_fields::number(total.count, number_bytes, false, to);
  if (item.size_bytes == number_bytes) return true;
  dlt645_fields::number(total.minutes, number_bytes, false, to);
  dlt645_fields::fill(unknown, item.size_bytes - 2 * number_bytes, to);
  return true;
}

bool condition_time(const Item& item, const Dlt645Context& context, bytes::Writer& to) {
  dlt645_fields::number(total_of(item.divisor, context).minutes, item.size_bytes, false, to);
  return true;
}

}  // namespace dlt645_kinds

}  // namespace lk::links
