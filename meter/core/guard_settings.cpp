// SPDX-License-Identifier: Apache-2.0
#include "meter/core/guard_settings.hpp"

#include "dictionary/dictionary.hpp"
#include "meter/core/settings.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using guard::Action;
using guard::ConditionId;
using quantity::Power;

constexpr std::int64_t mw_per_watt = 1000;
constexpr std::uint32_t hours_from_shift = 16;

static_assert(dictionary::tables::guard_conditions == guard::condition_count);
static_assert(dictionary::tables::guard_reasons == guard::trip_reason_count);

guard::ConditionSettings condition_of(const Settings& settings, std::size_t i) {
  return {.action = static_cast<Action>(settings.get(Id::condition_action, i)),
          .threshold = settings.get(Id::condition_threshold, i),
          .hysteresis = settings.get(Id::condition_hysteresis, i),
          .delay_ms = static_cast<std::uint32_t>(settings.get(Id::condition_delay, i)),
          .end_delay_ms = static_cast<std::uint32_t>(settings.get(Id::condition_end_delay, i))};
}

// Bands up to the first whose end is not set.
guard::List<guard::PowerBand, guard::band_max> bands_of(const Settings& settings, Id least, Id most) {
  guard::List<guard::PowerBand, guard::band_max> list;
  for (std::size_t i = 0; i < guard::band_max && settings.get(most, i) != 0; ++i) {
    list.items[i] = {Power::of(settings.get(least, i) * mw_per_watt),
                     Power::of(settings.get(most, i) * mw_per_watt)};
    ++list.count;
  }
  return list;
}

guard::List<guard::WatchHours, guard::hours_max> hours_of(const Settings& settings, Id id) {
  guard::List<guard::WatchHours, guard::hours_max> list;
  for (std::size_t i = 0; i < guard::hours_max && settings.get(id, i) != 0; ++i) {
    const auto bits = static_cast<std::uint32_t>(settings.get(id, i));
    list.items[i] = {static_cast<std::uint16_t>(bits >> hours_from_shift),
                     static_cast<std::uint16_t>(bits & 0xFFFFU)};
    ++list.count;
  }
  return list;
}

guard::LoadPolicySettings load_of(const Settings& settings) {
  const auto days = static_cast<std::uint32_t>(settings.get(Id::load_days));
  return {.action = static_cast<Action>(settings.get(Id::load_action)),
          .watched = bands_of(settings, Id::load_watched_least, Id::load_watched_most),
          .allowed = bands_of(settings, Id::load_allowed_least, Id::load_allowed_most),
          .workday = hours_of(settings, Id::load_workday_hours),
          .holiday = hours_of(settings, Id::load_holiday_hours),
          .watches_workdays = (days & 1U) != 0,
          .watches_holidays = (days & 2U) != 0};
}

}  // namespace

std::optional<std::int64_t> initial_of_guard(Id id, std::size_t slot_index) {
  switch (id) {
    case Id::condition_action:
      return static_cast<std::int64_t>(guard::row_of(static_cast<ConditionId>(slot_index)).usual.action);
    case Id::condition_threshold:
      return guard::row_of(static_cast<ConditionId>(slot_index)).usual.threshold;
    case Id::condition_hysteresis:
      return guard::row_of(static_cast<ConditionId>(slot_index)).usual.hysteresis;
    case Id::condition_delay:
      return guard::row_of(static_cast<ConditionId>(slot_index)).usual.delay_ms;
    case Id::condition_end_delay:
      return guard::row_of(static_cast<ConditionId>(slot_index)).usual.end_delay_ms;
    case Id::load_watched_least:
      return slot_index == 0 ? std::optional<std::int64_t>{80} : std::nullopt;
    case Id::load_watched_most:
      return slot_index == 0 ? std::optional<std::int64_t>{100'000} : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::expected<void, std::uint16_t> check_guard(const Settings& settings) {
  const auto wrong = [](Id id, std::size_t slot = 0) {
    return std::unexpected(dictionary::row(id).address_of(static_cast<std::uint16_t>(slot)));
  };
  for (std::size_t i = 0; i < guard::condition_count; ++i) {
    if (!guard::is_valid(static_cast<ConditionId>(i), condition_of(settings, i)))
      return wrong(Id::condition_threshold, i);
  }
  const guard::LoadPolicySettings load = load_of(settings);
  if (!guard::is_valid(load)) return wrong(Id::load_watched_least);
  if (!guard::is_valid(guard_settings_of(settings))) return wrong(Id::load_power_factor);
  return {};
}

guard::GuardSettings guard_settings_of(const Settings& settings) {
  guard::GuardSettings made{.nominal = quantity::Voltage::of(settings.get(Id::nominal_voltage))};
  for (std::size_t i = 0; i < guard::condition_count; ++i) made.conditions[i] = condition_of(settings, i);
  for (std::size_t i = 0; i < guard::trip_reason_count; ++i) {
    made.restore[i] = {.delay_s = static_cast<std::uint32_t>(settings.get(Id::trip_restore_delay, i)),
                       .restores_per_day = static_cast<std::uint8_t>(settings.get(Id::trip_restores, i)),
                       .is_unlocked_by_next_day = settings.get(Id::trip_next_day, i) != 0};
  }
  made.load = load_of(settings);
  made.step_power_factor_e4 = static_cast<std::int32_t>(settings.get(Id::load_power_factor));
  return made;
}

bool is_other_guard(const Settings& one, const Settings& other) {
  for (const dictionary::Row& row : dictionary::rows()) {
    if (row.group != dictionary::Group::guard_parameters && row.id != Id::nominal_voltage) continue;
    for (std::size_t slot = 0; slot < row.slot_count; ++slot) {
      if (one.get(row.id, slot) != other.get(row.id, slot)) return true;
    }
  }
  return false;
}

}  // namespace lk::meter
