// SPDX-License-Identifier: Apache-2.0
// Tariff sets for tests: one that has a bit of everything, and random valid ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>

#include "tariff/local_time.hpp"
#include "tariff/set.hpp"
#include "tariff/validate.hpp"

namespace lk::tariff::test {

inline constexpr Zone berlin{60, 60, {3, 5, 6, 120}, {10, 5, 6, 180}};
inline constexpr Zone sydney{600, 60, {10, 1, 6, 120}, {4, 1, 6, 180}};

inline Tax tax(TaxKind kind, std::uint8_t base, std::uint32_t value, const char* name) {
  Tax made{kind, base, value, {}};
  for (std::size_t i = 0; i < tax_name_max && name[i] != '\0'; ++i) made.name[i] = name[i];
  return made;
}

// Night 0.12 (to 06:00 and from 22:00), day 0.24 in Berlin; all other tables at their least.
inline TariffSet day_and_night(std::uint32_t version) {
  TariffSet set = flat_set(quantity::Price::of(1'200), version);
  set.zone = berlin;
  set.rate_count = 2;
  set.prices[0][1] = quantity::Price::of(2'400);
  set.day_tables[0] = {3, {{{0, 0}, {360, 1}, {1320, 0}}}};
  return set;
}

// Any valid set. Its switching times, settlement hours, offsets and windows are whole minutes.
class RandomSet {
 public:
  explicit RandomSet(std::mt19937_64& random) : random_(random) {}

  TariffSet make(std::uint32_t version) {
    TariffSet set;
    set.version = version;
    make_zone(set);
    set.settlement = {u8(1, 12), u8(1, 28), u8(0, 23)};
    set.rate_count = u8(1, rate_max);
    set.default_rate = u8(0, set.rate_count - 1);
    make_prices(set);
    make_calendar(set);
    make_charges(set);
    return set;
  }

 private:
  std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
  std::uint8_t u8(int least, int most) {
    return static_cast<std::uint8_t>(least +
                                     static_cast<int>(up_to(static_cast<std::uint64_t>(most - least))));
  }

  Changeover changeover(int least_month, int most_month) {
    return {u8(least_month, most_month), u8(1, 5), u8(0, 6),
            static_cast<std::int16_t>(static_cast<int>(up_to(48)) * 60 - 720)};
  }
  void make_zone(TariffSet& set) {
    set.zone.offset_minutes = static_cast<std::int16_t>((static_cast<int>(up_to(112)) - 56) * 15);
    if (up_to(2) == 0) return;
    set.zone.save_minutes = up_to(4) == 0 ? 30 : 60;
    set.zone.start = changeover(1, 6);
    set.zone.end = changeover(7, 12);
    if (up_to(1) == 0) std::swap(set.zone.start, set.zone.end);
  }
  void make_prices(TariffSet& set) {
    set.ladder.per = up_to(1) == 0 ? Per::month : Per::year;
    set.ladder.threshold_count = u8(0, step_max - 1);
    std::uint32_t threshold = 0;
    for (std::uint32_t& next : set.ladder.thresholds_wh) {
      threshold += 1 + static_cast<std::uint32_t>(up_to(200'000));
      next = threshold;
    }
    std::fill(set.ladder.thresholds_wh.begin() + set.ladder.threshold_count, set.ladder.thresholds_wh.end(),
              0U);
    for (std::size_t step = 0; step < set.step_count(); ++step) {
      for (std::size_t rate = 0; rate < set.rate_count; ++rate) {
        set.prices[step][rate] = quantity::Price::of(static_cast<std::int64_t>(up_to(50'000)));
      }
    }
  }
  void make_calendar(TariffSet& set) {
    set.day_table_count = u8(1, day_table_max);
    for (std::size_t i = 0; i < set.day_table_count; ++i) {
      std::set<std::uint16_t> minutes{0};
      for (int n = u8(0, switching_max - 1); n > 0; --n)
        minutes.insert(static_cast<std::uint16_t>(up_to(1'439)));
      DayTable& table = set.day_tables[i];
      table.count = 0;
      for (const std::uint16_t minute : minutes) {
        table.switchings[table.count++] = {minute, u8(0, set.rate_count - 1)};
      }
    }
    set.season_count = u8(0, season_max);
    set.week_table_count = set.season_count == 0 ? std::uint8_t{1} : u8(1, week_table_max);
    for (std::size_t i = 0; i < set.week_table_count; ++i) {
      for (std::uint8_t& day_table : set.week_tables[i]) day_table = u8(0, set.day_table_count - 1);
    }
    std::set<std::pair<std::uint8_t, std::uint8_t>> dates;
    while (dates.size() < set.season_count) dates.insert({u8(1, 12), u8(1, 28)});
    std::size_t season = 0;
    for (const auto& [month, day] : dates) {
      set.seasons[season++] = {month, day, u8(0, set.week_table_count - 1)};
    }
    make_special_days(set);
  }
  void make_special_days(TariffSet& set) {
    const std::uint8_t wanted = u8(0, special_day_max);
    for (int tries = 0; tries < 200 && set.special_day_count < wanted; ++tries) {
      const auto year = static_cast<std::uint16_t>(up_to(2) == 0 ? 0 : 2024 + up_to(3));
      set.special_days[set.special_day_count++] = {year, u8(1, 12), u8(1, 31),
                                                   u8(0, set.day_table_count - 1)};
      if (find_fault(set)) set.special_days[--set.special_day_count] = {};
    }
  }
  void make_charges(TariffSet& set) {
    constexpr std::uint8_t windows[] = {5, 10, 15, 20, 30, 60};
    if (up_to(1) == 0) {
      set.standing = {up_to(1) == 0 ? Per::day : Per::month,
                      quantity::Money::of(static_cast<std::int64_t>(up_to(100'000)))};
    }
    if (up_to(1) == 0) set.minimum_charge = quantity::Money::of(static_cast<std::int64_t>(up_to(20'000'000)));
    if (up_to(1) == 0) {
      set.demand = {windows[up_to(5)], quantity::Price::of(static_cast<std::int64_t>(up_to(200'000)))};
    }
    set.tax_count = u8(0, tax_max);
    for (std::size_t i = 0; i < set.tax_count; ++i) {
      set.taxes[i] =
          up_to(2) == 0
              ? tax(TaxKind::per_kwh, 0, static_cast<std::uint32_t>(up_to(5'000)), "levy")
              : tax(TaxKind::share, u8(1, base_all), static_cast<std::uint32_t>(up_to(300'000)), "tax");
    }
  }

  std::mt19937_64& random_;
};

}  // namespace lk::tariff::test
