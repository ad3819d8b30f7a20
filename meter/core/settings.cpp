// SPDX-License-Identifier: Apache-2.0
#include "meter/core/settings.hpp"

#include <optional>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "meter/core/guard_settings.hpp"
#include "meter/links/line_settings.hpp"
#include "meter/metrology/sample_set.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using dictionary::Row;
using quantity::Duration;
using quantity::Money;

constexpr std::uint8_t version = 2;
// Before: address and always eight bytes.
constexpr std::uint8_t version_of_wide = 1;
constexpr std::int64_t mw_per_watt = 1000;

constexpr std::size_t size_of(const Row& row) {
  return std::size_t{2} * row.register_count;
}

// Where the values of each parameter begin, slot by slot, in the order of the table.
consteval std::array<std::uint16_t, dictionary::id_count> first_bytes() {
  std::array<std::uint16_t, dictionary::id_count> first{};
  std::size_t end = 0;
  for (const Row& row : dictionary::table) {
    if (!row.is_parameter()) continue;
    first[static_cast<std::size_t>(row.id)] = static_cast<std::uint16_t>(end);
    end += size_of(row) * row.slot_count;
  }
  return first;
}
constexpr auto first_byte = first_bytes();

// Whether every parameter has all of its range in its registers.
consteval bool do_ranges_fit() {
  for (const Row& row : dictionary::table) {
    if (!row.is_parameter()) continue;
    const std::int64_t bits = std::int64_t{16} * row.register_count;
    const bool is_signed = row.type == dictionary::Type::i32;
    if (bits == 64) continue;
    const std::int64_t most = (std::int64_t{1} << (bits - (is_signed ? 1 : 0))) - 1;
    if (row.range.highest > most || row.range.lowest < (is_signed ? -most - 1 : 0)) return false;
  }
  return true;
}
static_assert(do_ranges_fit());

bool is_window(Id id) {
  return id == Id::friendly_window || id == Id::limit_window || id == Id::switch_window;
}

std::int64_t initial_of(const Row& row, std::size_t slot_index) {
  // The four that most sites want.
  constexpr std::array usual{records::Channel::import_energy, records::Channel::export_energy,
                             records::Channel::voltage_mean, records::Channel::power_highest};
  if (row.id == Id::profile_channel && slot_index < usual.size())
    return static_cast<std::int64_t>(usual[slot_index]);
  const panel::Settings first_panel;
  if (row.id == Id::panel_page) return first_panel.automatic[slot_index];
  return initial_of_guard(row.id, slot_index).value_or(row.range.initial);
}

bool is_in_range(const Row& row, std::int64_t value) {
  if (value < row.range.lowest || value > row.range.highest) return false;
  if (row.id == Id::line_baud) return value == 0 || links::is_line_baud(value);
  if (row.id == Id::panel_page)
    return value == 0 || panel::find_page(static_cast<std::uint8_t>(value), metrology::max_phases) != nullptr;
  return !is_window(row.id) || schedule::Window::is_valid(value);
}

// Of the bytes of a value, the lowest first; a parameter of two or four bytes is never below zero but in the
// rows that say so, which have their sign in the highest bit.
std::optional<std::int64_t> signed_value(std::span<const std::byte> bytes, const Row* row) {
  if (row == nullptr || bytes.size() > sizeof(std::int64_t)) return std::nullopt;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) bits |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  const bool is_signed = row->type == dictionary::Type::i32 || row->type == dictionary::Type::i64;
  const std::size_t width = 8 * bytes.size();
  const bool is_negative = is_signed && width > 0 && (bits >> (width - 1) & 1U) != 0;
  if (is_negative && width < 64) bits |= ~std::uint64_t{0} << width;
  return static_cast<std::int64_t>(bits);
}

template <std::size_t n>
std::array<schedule::Window, n> windows_of(const Settings& settings, Id id) {
  std::array<schedule::Window, n> windows{};
  for (std::size_t i = 0; i < n; ++i)
    windows[i] = schedule::Window::of_bits(static_cast<std::uint32_t>(settings.get(id, i)));
  return windows;
}

credit::Rules credit_rules_of(const Settings& settings) {
  const auto money = [&settings](Id id) { return Money::of(settings.get(id)); };
  const auto hours = [&settings](Id id) { return static_cast<std::uint16_t>(settings.get(id)); };
  return {.ceiling = money(Id::credit_ceiling),
          .reconnect = money(Id::reconnect_credit),
          .reminder = money(Id::reminder_credit),
          .emergency = money(Id::emergency_credit),
          .emergency_offer = money(Id::emergency_offer),
          .overdraft = money(Id::overdraft_credit),
          .friendly = windows_of<4>(settings, Id::friendly_window),
          .instalments = {{{money(Id::debt_1_instalment), hours(Id::debt_1_period)},
                           {money(Id::debt_2_instalment), hours(Id::debt_2_period)}}},
          .debt_share_e4 = static_cast<std::uint16_t>(settings.get(Id::debt_share)),
          .debt_cap = money(Id::debt_cap),
          .standing_charge = money(Id::standing_charge),
          .collect_when_exhausted = settings.get(Id::collect_when_exhausted) != 0};
}

supply::LimitRules limit_rules_of(const Settings& settings) {
  const auto seconds = [&settings](Id id) { return quantity::seconds(settings.get(id)); };
  supply::LimitRules rules{.always = quantity::Power::of(settings.get(Id::limit_always) * mw_per_watt),
                           .windows = windows_of<supply::limit_window_count>(settings, Id::limit_window),
                           .delay = seconds(Id::limit_delay),
                           .pause = seconds(Id::limit_pause),
                           .tries = static_cast<std::uint16_t>(settings.get(Id::limit_tries)),
                           .forget = seconds(Id::limit_forget)};
  for (std::size_t i = 0; i < supply::limit_window_count; ++i)
    rules.limits[i] = quantity::Power::of(settings.get(Id::limit_power, i) * mw_per_watt);
  return rules;
}

records::ProfileRules profile_rules_of(const Settings& settings) {
  records::ProfileRules rules{.minutes = static_cast<std::uint8_t>(settings.get(Id::profile_minutes))};
  for (std::size_t i = 0; i < records::channel_max; ++i)
    rules.channels[i] = static_cast<records::Channel>(settings.get(Id::profile_channel, i));
  return rules;
}

panel::Settings panel_settings_of(const Settings& settings) {
  panel::Settings panel{.page_time = quantity::seconds(settings.get(Id::panel_page_time))};
  for (std::size_t i = 0; i < panel.automatic.size(); ++i)
    panel.automatic[i] = static_cast<std::uint8_t>(settings.get(Id::panel_page, i));
  return panel;
}

// The window of the demand has a whole number of its slides, 15 at most.
bool do_windows_slide_evenly(const Settings& settings) {
  const std::int64_t slide = settings.get(Id::demand_slide);
  const std::int64_t window = settings.get(Id::demand_minutes);
  return slide == 0 || (window % slide == 0 && window / slide <= 15);
}

metrology::DemandSettings demand_settings_of(const Settings& settings) {
  const std::int64_t window = settings.get(Id::demand_minutes);
  const std::int64_t slide = settings.get(Id::demand_slide);
  if (slide == 0 || !do_windows_slide_evenly(settings)) return {static_cast<std::uint8_t>(window), 1};
  return {static_cast<std::uint8_t>(slide), static_cast<std::uint8_t>(window / slide)};
}

}  // namespace

Settings::Settings() {
  for (const Row& row : dictionary::rows()) {
    if (!row.is_parameter()) continue;
    for (std::size_t slot = 0; slot < row.slot_count; ++slot) put(row.id, slot, initial_of(row, slot));
  }
}

std::int64_t Settings::get(Id id, std::size_t slot_index) const {
  const Row& row = dictionary::row(id);
  ensure(row.is_parameter() && slot_index < row.slot_count);
  const std::size_t size_bytes = size_of(row);
  const std::size_t at = first_byte[static_cast<std::size_t>(id)] + slot_index * size_bytes;
  bytes::Reader from{std::span{values_}.subspan(at, size_bytes)};
  switch (row.type) {
    case dictionary::Type::u16:
      return from.little<std::uint16_t>();
    case dictionary::Type::u32:
      return from.little<std::uint32_t>();
    case dictionary::Type::i32:
      return from.little<std::int32_t>();
    default:
      return from.little<std::int64_t>();
  }
}

void Settings::put(Id id, std::size_t slot_index, std::int64_t value) {
  const Row& row = dictionary::row(id);
  const std::size_t size_bytes = size_of(row);
  const std::size_t at = first_byte[static_cast<std::size_t>(id)] + slot_index * size_bytes;
  bytes::Writer to{std::span{values_}.subspan(at, size_bytes)};
  switch (row.type) {
    case dictionary::Type::u16:
      return to.little(static_cast<std::uint16_t>(value));
    case dictionary::Type::u32:
    case dictionary::Type::i32:
      return to.little(static_cast<std::uint32_t>(value));
    default:
      return to.little(value);
  }
}

bool Settings::set(std::uint16_t address, std::int64_t value) {
  const auto place = dictionary::find(address);
  if (place.row == nullptr || !place.row->is_parameter() || place.register_index != 0) return false;
  if (!is_in_range(*place.row, value)) return false;
  put(place.row->id, place.slot_index, value);
  return true;
}

std::expected<void, std::uint16_t> Settings::check() const {
  if (get(Id::voltage_low) > get(Id::voltage_high))
    return std::unexpected(dictionary::row(Id::voltage_low).address);
  if (!do_windows_slide_evenly(*this)) return std::unexpected(dictionary::row(Id::demand_slide).address);
  return check_guard(*this);
}

std::span<const std::byte> Settings::encode(std::span<std::byte, stored_max_bytes> room) const {
  bytes::Writer to{room};
  to.byte(version);
  for (const Row& row : dictionary::rows()) {
    if (!row.is_parameter()) continue;
    for (std::size_t slot = 0; slot < row.slot_count; ++slot) {
      const std::int64_t value = get(row.id, slot);
      if (value == initial_of(row, slot)) continue;
      to.little(static_cast<std::uint16_t>(row.address + slot * row.slot_stride));
      to.byte(static_cast<std::uint8_t>(size_of(row)));
      for (std::size_t i = 0; i < size_of(row); ++i)
        to.byte(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
  }
  ensure(to.ok());
  return to.written();
}

bool Settings::decode(std::span<const std::byte> bytes) {
  bytes::Reader from{bytes};
  const std::uint8_t stored_version = from.byte();
  if (stored_version != version && stored_version != version_of_wide) return false;
  Settings read;
  while (from.ok() && from.left() > 0) {
    const auto address = from.little<std::uint16_t>();
    const std::size_t size_bytes = stored_version == version ? from.byte() : sizeof(std::int64_t);
    const auto value = signed_value(from.take(size_bytes), dictionary::find(address).row);
    if (value) (void)read.set(address, *value);
  }
  if (!from.ok()) return false;
  *this = read;
  return true;
}

Rules rules_of(const Settings& settings) {
  const auto u16 = [&settings](Id id) { return static_cast<std::uint16_t>(settings.get(id)); };
  const auto voltage = [&settings](Id id) { return quantity::Voltage::of(settings.get(id)); };
  return {.credit = credit_rules_of(settings),
          .limit = limit_rules_of(settings),
          .switching = windows_of<8>(settings, Id::switch_window),
          .by_hand = supply::Reasons::of_bits(u16(Id::close_by_hand)),
          .nominal = voltage(Id::nominal_voltage),
          .return_delay = quantity::seconds(settings.get(Id::return_delay)),
          .periods = {.billing_day = static_cast<std::uint8_t>(settings.get(Id::billing_day)),
                      .billing_hour = static_cast<std::uint8_t>(settings.get(Id::billing_hour)),
                      .daily_minute = u16(Id::daily_minute)},
          .demand = demand_settings_of(settings),
          .voltage = {voltage(Id::voltage_low), voltage(Id::voltage_high)},
          .profile = profile_rules_of(settings),
          .panel = panel_settings_of(settings),
          .zone_offset_minutes = static_cast<std::int16_t>(settings.get(Id::zone_offset)),
          .clock_drift_ppb = static_cast<std::int32_t>(settings.get(Id::clock_drift)),
          .charges_larger = settings.get(Id::charge_larger) != 0};
}

}  // namespace lk::meter
