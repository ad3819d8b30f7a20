// SPDX-License-Identifier: Apache-2.0
// Pricing a year of quarter hours by a set that has all: ladder and time of use, seasons, holidays, taxes,
// demand.
#include <benchmark/benchmark.h>

#include "tariff/pricer.hpp"
#include "tariff/testing/sets.hpp"

namespace {

using namespace lk;

tariff::TariffSet full_set() {
  tariff::TariffSet set = tariff::test::day_and_night(1);
  set.ladder = {tariff::Per::month, 2, {200'000, 400'000}};
  set.prices[1] = {quantity::Price::of(2'000), quantity::Price::of(4'000)};
  set.prices[2] = {quantity::Price::of(3'000), quantity::Price::of(6'000)};
  set.season_count = 2;
  set.seasons[0] = {4, 1, 0};
  set.seasons[1] = {10, 1, 1};
  set.week_table_count = 2;
  set.special_day_count = tariff::special_day_max;
  for (std::uint8_t i = 0; i < tariff::special_day_max; ++i) {
    set.special_days[i] = {0, static_cast<std::uint8_t>(1 + i % 12), static_cast<std::uint8_t>(1 + i / 12),
                           0};
  }
  set.standing = {tariff::Per::day, quantity::Money::of(25'000)};
  set.minimum_charge = quantity::units(5);
  set.demand = {15, quantity::Price::of(50'000)};
  set.tax_count = 2;
  set.taxes[0] = tariff::test::tax(tariff::TaxKind::per_kwh, 0, 205, "levy");
  set.taxes[1] = tariff::test::tax(tariff::TaxKind::share, tariff::base_all, 190'000, "VAT");
  return set;
}

void price_a_year(benchmark::State& state) {
  constexpr int intervals = 35'040;
  tariff::Sets sets;
  sets.current = full_set();
  ensure(!tariff::find_fault(sets.current));
  for (auto _ : state) {
    tariff::Pricer pricer;
    quantity::Money sum;
    auto at = quantity::Instant::of(1'767'222'000'000);  // 2026-01-01 00:00 in Berlin
    for (int i = 0; i < intervals; ++i) {
      const auto next = at + quantity::minutes(15);
      sum += value_of(pricer.advance(sets, quantity::wh(50 + i % 400), at, next)).charges.total();
      at = next;
    }
    benchmark::DoNotOptimize(sum);
  }
  state.counters["years_per_second"] = benchmark::Counter(1, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(price_a_year)->Unit(benchmark::kMillisecond);

}  // namespace
