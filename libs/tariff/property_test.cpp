// SPDX-License-Identifier: Apache-2.0
// Sum deducted = sum priced, to the last count: random sets and replacements, years, loads and ways of
// cutting the time into calls, against an exact model that was written independently. The model goes minute
// by minute (everything that changes a price happens on a whole minute), takes its calendar from the standard
// library and sums the price of the energy in 128 bits, as fractions that are cut down only at the end.
#ifdef __SIZEOF_INT128__
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "tariff/pricer.hpp"
#include "tariff/testing/sets.hpp"

namespace lk::tariff {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Money;

__extension__ using Wide = __int128;
namespace chrono = std::chrono;

constexpr Wide parts_per_count = 360'000'000;
constexpr std::int64_t minute_ms = 60'000;

// What a zone adds to UTC, found by walking the days of the month that a changeover names.
class ModelZone {
 public:
  explicit ModelZone(const Zone& zone) : zone_(zone) {}

  int offset_minutes(std::int64_t utc_minute) const {
    if (zone_.save_minutes == 0) return zone_.offset_minutes;
    bool is_saving = false;
    std::int64_t last = -1'000'000'000;
    const chrono::year_month_day today{
        chrono::floor<chrono::days>(chrono::sys_time<chrono::minutes>{chrono::minutes{utc_minute}})};
    for (int year = static_cast<int>(today.year()) - 1; year <= static_cast<int>(today.year()) + 1; ++year) {
      const std::int64_t start = minute_of(zone_.start, year) - zone_.offset_minutes;
      const std::int64_t end = minute_of(zone_.end, year) - zone_.offset_minutes - zone_.save_minutes;
      if (start <= utc_minute && start > last) last = start, is_saving = true;
      if (end <= utc_minute && end > last) last = end, is_saving = false;
    }
    return zone_.offset_minutes + (is_saving ? zone_.save_minutes : 0);
  }

 private:
  static std::int64_t minute_of(const Changeover& change, int year) {
    const chrono::weekday weekday{(change.weekday + 1U) % 7U};
    const auto month = chrono::year{year} / chrono::month{change.month};
    const chrono::sys_days day = change.week == 5 ? chrono::sys_days{month / weekday[chrono::last]}
                                                  : chrono::sys_days{month / weekday[change.week]};
    return day.time_since_epoch().count() * 1440LL + change.minute;
  }
  const Zone& zone_;
};

struct Local {
  chrono::year_month_day date;
  std::int64_t day = 0;
  int minute = 0;
  int month_of_account = 0;  // counted from year 0
};

Local local_of(const TariffSet& set, std::int64_t utc_minute) {
  const std::int64_t local = utc_minute + ModelZone{set.zone}.offset_minutes(utc_minute);
  const auto days = chrono::floor<chrono::days>(chrono::sys_time<chrono::minutes>{chrono::minutes{local}});
  Local result;
  result.date = days;
  result.day = days.time_since_epoch().count();
  result.minute = static_cast<int>(local - result.day * 1440);
  const auto settlement = chrono::day{set.settlement.day};
  const bool is_before = result.date.day() < settlement ||
                         (result.date.day() == settlement && result.minute < set.settlement.hour * 60);
  result.month_of_account = static_cast<int>(result.date.year()) * 12 +
                            static_cast<int>(static_cast<unsigned>(result.date.month())) - 1 -
                            (is_before ? 1 : 0);
  return result;
}

int rate_of(const TariffSet& set, const Local& local) {
  const auto month = static_cast<unsigned>(local.date.month());
  const auto day = static_cast<unsigned>(local.date.day());
  int table = -1;
  for (int pass = 0; pass < 2 && table < 0; ++pass) {
    for (std::size_t i = 0; i < set.special_day_count; ++i) {
      const SpecialDay& s = set.special_days[i];
      const bool is_year = pass == 0 ? s.year == static_cast<int>(local.date.year()) : s.year == 0;
      if (is_year && s.month == month && s.day == day) table = s.day_table;
    }
  }
  if (table < 0) {
    int week = set.season_count == 0 ? 0 : set.seasons[set.season_count - 1U].week_table;
    for (std::size_t i = 0; i < set.season_count; ++i) {
      if (set.seasons[i].month * 100U + set.seasons[i].day <= month * 100U + day)
        week = set.seasons[i].week_table;
    }
    const auto weekday = chrono::weekday{chrono::sys_days{local.date}}.iso_encoding() - 1;
    table = set.week_tables[static_cast<std::size_t>(week)][weekday];
  }
  int rate = 0;
  const DayTable& day_table = set.day_tables[static_cast<std::size_t>(table)];
  for (std::size_t i = 0; i < day_table.count; ++i) {
    if (day_table.switchings[i].minute <= local.minute) rate = day_table.switchings[i].rate;
  }
  return rate;
}

// The exact account, a minute at a time.
class Model {
 public:
  explicit Model(const TariffSet& set) : set_(&set) {}

  // Before the first minute of another set.
  void switch_to(const TariffSet& next, std::int64_t utc_minute) {
    begin_minute(utc_minute, false);
    tax();
    const bool is_other_window = set_->demand.window_minutes != next.demand.window_minutes;
    if (is_other_window) end_window();
    const bool is_other_ladder = (set_->ladder.per == Per::year) != (next.ladder.per == Per::year);
    const bool is_other_settlement = !(set_->settlement == next.settlement);
    set_ = &next;
    if (is_other_ladder) ladder_mj_ = 0;
    if (is_other_settlement) {
      month_ = local_of(next, utc_minute).month_of_account;
      paid_month_ = std::max(paid_month_, month_);
    }
  }

  void minute(std::int64_t utc_minute, std::int64_t energy_mj) {
    const Local local = begin_minute(utc_minute, true);
    const auto rate = static_cast<std::size_t>(rate_of(*set_, local));
    count_demand(utc_minute, energy_mj);
    levy_energy_mj_ += energy_mj;
    while (energy_mj > 0) {
      std::size_t step = 0;
      std::int64_t room_mj = energy_mj;
      for (; step < set_->ladder.threshold_count; ++step) {
        const std::int64_t threshold_mj = set_->ladder.thresholds_wh[step] * 3'600'000LL;
        if (ladder_mj_ < threshold_mj) {
          room_mj = std::min(room_mj, threshold_mj - ladder_mj_);
          break;
        }
      }
      energy_parts_ += Wide{room_mj} * set_->prices[step][rate].count();
      ladder_mj_ += room_mj;
      energy_mj -= room_mj;
    }
  }

  Money total() {
    tax();
    Wide sum = counts(energy_parts_) + counts(demand_parts_) + standing_ + minimum_;
    for (const Wide& tax : tax_parts_) sum += tax / (parts_per_count * 1'000'000);
    return Money::of(static_cast<std::int64_t>(sum));
  }

 private:
  static Wide counts(Wide parts) { return parts / parts_per_count; }

  Local begin_minute(std::int64_t utc_minute, bool is_billed) {
    const Local local = local_of(*set_, utc_minute);
    if (!has_begun_) {
      if (!is_billed) return local;
      has_begun_ = true;
      month_ = local.month_of_account;
      paid_day_ = local.day - 1;
      paid_month_ = month_ - 1;
    }
    if (local.month_of_account > month_) {
      end_window();
      const Wide month_money = counts(energy_parts_) - month_began_with_;
      if (month_money < set_->minimum_charge.count()) minimum_ += set_->minimum_charge.count() - month_money;
      month_began_with_ = counts(energy_parts_);
      demand_parts_ += Wide{highest_mj_} * set_->demand.price_per_kw.count();
      highest_mj_ = 0;
      const int months_of_year = set_->settlement.month - 1;
      const bool is_new_year =
          (local.month_of_account - months_of_year) / 12 != (month_ - months_of_year) / 12;
      if (set_->ladder.per == Per::month || is_new_year) ladder_mj_ = 0;
      EXPECT_EQ(local.month_of_account, month_ + 1) << "the model goes minute by minute";
      month_ = local.month_of_account;
    }
    if (!is_billed) return local;
    if (local.day > paid_day_) {
      paid_day_ = local.day;
      if (set_->standing.per == Per::day) standing_ += set_->standing.amount.count();
    }
    if (local.month_of_account > paid_month_) {
      paid_month_ = local.month_of_account;
      if (set_->standing.per == Per::month) standing_ += set_->standing.amount.count();
    }
    return local;
  }

  void count_demand(std::int64_t utc_minute, std::int64_t energy_mj) {
    if (set_->demand.price_per_kw.count() == 0 || energy_mj == 0) return;
    const std::int64_t window = (utc_minute + set_->zone.offset_minutes) / set_->demand.window_minutes;
    if (window != window_) end_window();
    window_ = window;
    window_mj_ += energy_mj;
  }
  void end_window() {
    highest_mj_ = std::max(highest_mj_, window_mj_ * 60 / set_->demand.window_minutes);
    window_mj_ = 0;
  }

  // Taxes of what this set has deducted so far, in 1/(360 000 000 · 1 000 000) of a count.
  void tax() {
    const Wide now[] = {counts(energy_parts_), standing_, minimum_, counts(demand_parts_)};
    Wide earlier = 0;
    for (std::size_t i = 0; i < set_->tax_count; ++i) {
      const Tax& t = set_->taxes[i];
      const Wide before = tax_parts_[i] / (parts_per_count * 1'000'000);
      if (t.kind == TaxKind::per_kwh) {
        tax_parts_[i] += Wide{levy_energy_mj_} * t.value * 1'000'000;
      } else {
        Wide base = (t.base & 16) != 0 ? earlier : 0;
        for (int bit = 0; bit < 4; ++bit) {
          if ((t.base >> bit & 1) != 0) base += now[bit] - taxed_[bit];
        }
        tax_parts_[i] += base * t.value * parts_per_count;
      }
      earlier += tax_parts_[i] / (parts_per_count * 1'000'000) - before;
    }
    std::copy(std::begin(now), std::end(now), std::begin(taxed_));
    levy_energy_mj_ = 0;
  }

  const TariffSet* set_;
  bool has_begun_ = false;
  int month_ = 0;
  int paid_month_ = 0;
  std::int64_t paid_day_ = 0;
  std::int64_t ladder_mj_ = 0;
  std::int64_t window_ = -1;
  std::int64_t window_mj_ = 0;
  std::int64_t highest_mj_ = 0;
  std::int64_t levy_energy_mj_ = 0;
  Wide energy_parts_ = 0;
  Wide demand_parts_ = 0;
  Wide month_began_with_ = 0;
  Wide standing_ = 0;
  Wide minimum_ = 0;
  Wide taxed_[4] = {};
  Wide tax_parts_[tax_max] = {};
};

struct Call {
  std::int64_t from_minute;
  std::int64_t to_minute;
  std::int64_t energy_mj;
};

// A load as it is read: calls of a minute to days, some without energy.
std::vector<Call> random_calls(std::mt19937_64& random, std::int64_t from_minute, std::int64_t minutes) {
  std::vector<Call> calls;
  const std::uint64_t longest = std::uint64_t{1} << (4 + random() % 10);
  for (std::int64_t at = from_minute; at < from_minute + minutes;) {
    const auto length = static_cast<std::int64_t>(1 + random() % longest);
    const auto watts = random() % 8 == 0 ? 0 : static_cast<std::int64_t>(random() % 12'000);
    const std::int64_t noise_mj = watts == 0 ? 0 : static_cast<std::int64_t>(random() % 60'000);
    calls.push_back({at, at + length, watts * 60'000 * length + noise_mj});
    at += length;
  }
  return calls;
}

// The pricer is stored and read back between calls, as a meter does over a power cut.
Pricer stored(const Pricer& pricer) {
  std::array<std::byte, Pricer::stored_bytes> room{};
  bytes::Writer writer{room};
  pricer.encode(writer);
  bytes::Reader reader{room};
  Pricer back;
  EXPECT_TRUE(back.decode(reader));
  return back;
}

void check(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  test::RandomSet any{random};
  const TariffSet first = any.make(1);
  const TariffSet second = any.make(2);
  ASSERT_FALSE(find_fault(first));
  ASSERT_FALSE(find_fault(second));
  const std::int64_t from = 28'400'000 + static_cast<std::int64_t>(random() % 1'600'000);  // 2024 to 2027
  const std::int64_t length = 1'440 * static_cast<std::int64_t>(30 + random() % 120);
  const std::int64_t activation =
      from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(length));

  Sets sets;
  sets.current = first;
  sets.spare = second;
  sets.has_spare = true;
  sets.activation = Instant::of(activation * minute_ms);
  Pricer pricer;
  Model model{first};
  Money deducted;
  bool has_switched = false;
  for (const Call& call : random_calls(random, from, length)) {
    const auto advanced =
        pricer.advance(sets, Energy::of(call.energy_mj), Instant::of(call.from_minute * minute_ms),
                       Instant::of(call.to_minute * minute_ms));
    ASSERT_TRUE(advanced.has_value());
    deducted += advanced->charges.total();
    if (random() % 16 == 0) pricer = stored(pricer);
    const Wide minutes = call.to_minute - call.from_minute;
    std::int64_t given_mj = 0;
    for (std::int64_t m = call.from_minute; m < call.to_minute; ++m) {
      if (m >= activation && !has_switched) {
        model.switch_to(second, m);
        has_switched = true;
      }
      const auto until_mj =
          static_cast<std::int64_t>(Wide{call.energy_mj} * (m + 1 - call.from_minute) / minutes);
      model.minute(m, until_mj - given_mj);
      given_mj = until_mj;
    }
    // The model cuts taxes at its own steps only where it is asked: now and then is enough.
    if (random() % 64 == 0) {
      ASSERT_EQ(deducted.count(), model.total().count()) << "seed " << seed;
    }
  }
  ASSERT_EQ(deducted.count(), model.total().count()) << "seed " << seed;
}

TEST(TariffProperty, WhatIsDeductedIsWhatIsPriced) {
  const char* const given = std::getenv("LK_SEED");
  if (given != nullptr) return check(std::strtoull(given, nullptr, 10));
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    check(seed);
    if (HasFatalFailure()) break;
  }
}

// The same load in calls of other lengths, where a call's ends are those of longer ones: nothing changes
// where no call is longer than what the other one cuts.
TEST(TariffProperty, CutsDoNotMatterWhereThePowerIsConstant) {
  constexpr std::uint64_t seed = 20261121;
  std::mt19937_64 random{seed};
  for (int round = 0; round < 6; ++round) {
    test::RandomSet any{random};
    const TariffSet set = any.make(1);
    ASSERT_FALSE(find_fault(set));
    Sets sets;
    sets.current = set;
    Pricer long_calls;
    Pricer short_calls;
    Money long_money;
    Money short_money;
    std::int64_t at = 28'800'000;
    for (int call = 0; call < 100; ++call) {
      const auto length = static_cast<std::int64_t>(1 + random() % 3'000);
      const auto minute_mj = static_cast<std::int64_t>(random() % 600'000'000);
      long_money += long_calls
                        .advance(sets, Energy::of(minute_mj * length), Instant::of(at * minute_ms),
                                 Instant::of((at + length) * minute_ms))
                        ->charges.total();
      for (std::int64_t m = at; m < at + length; ++m) {
        short_money += short_calls
                           .advance(sets, Energy::of(minute_mj), Instant::of(m * minute_ms),
                                    Instant::of((m + 1) * minute_ms))
                           ->charges.total();
      }
      at += length;
      ASSERT_EQ(long_money.count(), short_money.count()) << "seed " << seed << " round " << round;
    }
    // Lookups and windows apart, both stand at the same place.
    EXPECT_EQ(long_calls, short_calls);
  }
}

}  // namespace
}  // namespace lk::tariff
#endif
