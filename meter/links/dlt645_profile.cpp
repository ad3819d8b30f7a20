// SPDX-License-Identifier: Apache-2.0
// Load records of DL/T 645-2007 out of the load profile:
//
//   A0 A0 │ len │ mm hh DD MM YY │ class 1 AA │ … │ class 6 AA │ sum │ E5
//
// A class whose channels the profile does not have leaves its AA only; mean powers come from the energies of
// two entries behind each other.
#include <algorithm>
#include <array>
#include <optional>

#include "meter/links/dlt645_reader.hpp"

namespace lk::links {
namespace {

using dictionary::Id;
using records::Channel;
using records::Log;

constexpr std::byte unknown{0xFF};
constexpr std::uint8_t separator = 0xAA;
constexpr std::uint8_t record_start = 0xA0;
constexpr std::uint8_t record_end = 0xE5;
constexpr std::size_t record_max_bytes = 100;
constexpr std::int32_t all_classes = 0;

struct Entry {
  std::uint32_t time_s = 0;
  std::array<std::optional<std::uint32_t>, records::channel_last + 1> values{};

  [[nodiscard]] std::optional<std::uint32_t> get(Channel channel) const {
    return values[static_cast<std::size_t>(channel)];
  }
};

std::optional<Entry> entry_at(std::uint32_t number, const Dlt645Context& context) {
  std::array<std::byte, records::entry_max_bytes> room{};
  const std::size_t size_bytes = context.station.log_entry(Log::profile, number, room);
  if (size_bytes < records::profile_head_bytes) return std::nullopt;
  bytes::Reader reader{std::span{room}.first(size_bytes)};
  Entry entry;
  entry.time_s = reader.little<std::uint32_t>();
  (void)reader.take(2);
  const std::uint8_t count = reader.byte();
  (void)reader.byte();
  for (std::uint16_t i = 0; i < count && i < records::channel_max; ++i) {
    const auto channel = context.device.number(Id::profile_channel, i);
    const auto value = reader.little<std::uint32_t>();
    if (reader.ok() && channel > 0 && channel <= records::channel_last)
      entry.values[static_cast<std::size_t>(channel)] = value;
  }
  return entry;
}

// A field of one channel, or FF.
void field(std::optional<std::uint32_t> value, std::uint32_t divisor, std::size_t size_bytes,
           bytes::Writer& to) {
  if (!value) return dlt645_fields::fill(unknown, size_bytes, to);
  dlt645_fields::number(*value / divisor, size_bytes, false, to);
}

void voltage_class(const Entry& entry, bytes::Writer& to) {
  const auto voltage = entry.get(Channel::voltage_mean);
  const auto current = entry.get(Channel::current_mean);
  const auto frequency = entry.get(Channel::frequency_mean);
  if (!voltage && !current && !frequency) return;
  field(voltage, 100, 2, to);
  dlt645_fields::fill(unknown, 4, to);
  field(current, 1, 3, to);
  dlt645_fields::fill(unknown, 6, to);
  field(frequency, 10, 2, to);
}

// 0.1 W, signed: positive is import.
std::optional<std::int64_t> mean_power(const Entry& entry, const Entry& before) {
  if (before.time_s >= entry.time_s) return std::nullopt;
  const auto end = entry.get(Channel::import_energy);
  const auto begin = before.get(Channel::import_energy);
  if (!end || !begin) return std::nullopt;
  std::int64_t tenths_wh = *end - *begin;  // modulo 2^32
  const auto export_end = entry.get(Channel::export_energy);
  const auto export_begin = before.get(Channel::export_energy);
  if (export_end && export_begin) tenths_wh -= std::uint32_t{*export_end - *export_begin};
  return tenths_wh * 3600 / (entry.time_s - before.time_s);
}

void power_class(std::optional<std::int64_t> power, bytes::Writer& to) {
  if (!power) return;
  dlt645_fields::number(*power, 3, true, to);
  dlt645_fields::number(*power, 3, true, to);  // phase A is all there is
  dlt645_fields::fill(unknown, 6 + 12, to);
}

void power_factor_class(const Entry& entry, bytes::Writer& to) {
  const auto factor = entry.get(Channel::power_factor);
  if (!factor) return;
  const auto signed_e3 = static_cast<std::int32_t>(*factor) / 10;
  dlt645_fields::number(signed_e3, 2, true, to);
  dlt645_fields::number(signed_e3, 2, true, to);
  dlt645_fields::fill(unknown, 4, to);
}

void energy_class(const Entry& entry, bytes::Writer& to) {
  const auto imported = entry.get(Channel::import_energy);
  const auto exported = entry.get(Channel::export_energy);
  if (!imported && !exported) return;
  field(imported, 100, 4, to);
  field(exported, 100, 4, to);
  dlt645_fields::fill(unknown, 8, to);
}

// Eight digits, through zero.
void reactive_class(const Entry& entry, bytes::Writer& to) {
  constexpr std::array quadrants{Channel::reactive_q1, Channel::reactive_q2, Channel::reactive_q3,
                                 Channel::reactive_q4};
  const auto is_there = [&entry](Channel channel) { return entry.get(channel).has_value(); };
  if (std::ranges::none_of(quadrants, is_there)) return;
  for (const Channel quadrant : quadrants) field(entry.get(quadrant), 100, 4, to);
}

void demand_class(std::optional<std::int64_t> power, bytes::Writer& to) {
  if (!power) return;
  dlt645_fields::number(*power, 3, true, to);
  dlt645_fields::fill(unknown, 3, to);
}

void record(const Entry& entry, const Entry& before, std::int32_t asked, const Dlt645Context& context,
            bytes::Writer& to) {
  std::array<std::byte, record_max_bytes> room{};
  bytes::Writer body{room};
  dlt645_fields::time(entry.time_s, false, context.station, body);
  const auto power = mean_power(entry, before);
  for (std::int32_t number = 1; number <= 6; ++number) {
    if (asked == all_classes || asked == number) {
      if (number == 1) voltage_class(entry, body);
      if (number == 2) power_class(power, body);
      if (number == 3) power_factor_class(entry, body);
      if (number == 4) energy_class(entry, body);
      if (number == 5) reactive_class(entry, body);
      if (number == 6) demand_class(power, body);
    }
    body.byte(separator);
  }
  ensure(body.ok());
  unsigned sum = 2U * record_start + static_cast<unsigned>(body.size_bytes());
  for (const std::byte b : body.written()) sum += std::to_integer<unsigned>(b);
  to.byte(record_start);
  to.byte(record_start);
  to.byte(static_cast<std::uint8_t>(body.size_bytes()));
  to.copy(body.written());
  to.byte(static_cast<std::uint8_t>(sum));
  to.byte(record_end);
}

}  // namespace

// DI0 0 the oldest, 1 from a time on, 2 the newest. As many of the records asked for as there is room for.
bool dlt645_kinds::profile(const dlt645::Item& item, std::uint8_t di0, const ProfileRequest& request,
                           const Dlt645Context& context, bytes::Writer& to) {
  const LogRange range = context.station.log_range(Log::profile);
  std::uint32_t number = range.first;
  if (di0 == 1) {
    if (!request.from) return false;
    number = std::max(range.first,
                      context.station.log_since(Log::profile, context.station.instant_of(*request.from)));
  } else if (di0 == 2) {
    const std::uint32_t held = range.next - range.first;
    number = range.next - std::min<std::uint32_t>(request.block_count, held);
  }
  std::uint8_t left = request.block_count;
  // Without the one before there is no power: it has no energies.
  Entry before = number > 1 ? entry_at(number - 1, context).value_or(Entry{}) : Entry{};
  for (; number < range.next && left > 0; ++number) {
    const auto entry = entry_at(number, context);
    if (entry) {
      std::array<std::byte, record_max_bytes + 5> room{};
      bytes::Writer whole{room};
      record(*entry, before, item.divisor, context, whole);
      if (whole.size_bytes() > to.left()) break;
      to.copy(whole.written());
      --left;
    }
    before = entry.value_or(Entry{});
  }
  return left < request.block_count;
}

}  // namespace lk::links
