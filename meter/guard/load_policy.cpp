// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/load_policy.hpp"

#include <algorithm>
#include <span>

namespace lk::guard {
namespace {

constexpr std::uint16_t minutes_of_day = 1440;

template <class Item, std::size_t capacity>
std::span<const Item> items_of(const List<Item, capacity>& list) {
  return std::span<const Item>{list.items}.first(std::min<std::size_t>(list.count, capacity));
}

bool is_ordered(const PowerBand& band) {
  return band.least >= least_band_power && band.most <= most_band_power && band.least <= band.most;
}

bool is_of_day(const WatchHours& hours) {
  return hours.from < minutes_of_day && hours.to <= minutes_of_day;
}

bool contains(const PowerBand& band, quantity::Power power) {
  return power >= band.least && power <= band.most;
}

bool contains(const WatchHours& hours, std::uint16_t minute) {
  if (hours.from < hours.to) return minute >= hours.from && minute < hours.to;
  return minute >= hours.from || minute < hours.to;
}

template <class Items, class Value>
bool any_contains(const Items& items, const Value& value) {
  return std::ranges::any_of(items, [&](const auto& item) { return contains(item, value); });
}

bool is_watching(const LoadPolicySettings& settings, const LocalTime& time) {
  if (!(time.is_holiday ? settings.watches_holidays : settings.watches_workdays)) return false;
  const auto hours = items_of(time.is_holiday ? settings.holiday : settings.workday);
  return hours.empty() || any_contains(hours, time.minute);
}

}  // namespace

bool is_valid(const LoadPolicySettings& settings) {
  return settings.action <= Action::trip && settings.watched.count <= band_max &&
         settings.allowed.count <= band_max && settings.workday.count <= hours_max &&
         settings.holiday.count <= hours_max && std::ranges::all_of(items_of(settings.watched), is_ordered) &&
         std::ranges::all_of(items_of(settings.allowed), is_ordered) &&
         std::ranges::all_of(items_of(settings.workday), is_of_day) &&
         std::ranges::all_of(items_of(settings.holiday), is_of_day);
}

Action action_for(const LoadPolicySettings& settings, quantity::Power power, const LocalTime& time) {
  if (settings.action == Action::off || !is_watching(settings, time)) return Action::off;
  if (any_contains(items_of(settings.allowed), power)) return Action::off;
  return any_contains(items_of(settings.watched), power) ? settings.action : Action::off;
}

quantity::Power least_watched(const LoadPolicySettings& settings) {
  quantity::Power least = most_band_power;
  for (const PowerBand& band : items_of(settings.watched)) least = std::min(least, band.least);
  return std::max(least, least_band_power);
}

}  // namespace lk::guard
