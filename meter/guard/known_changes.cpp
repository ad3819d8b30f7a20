// SPDX-License-Identifier: Apache-2.0
#include "meter/guard/known_changes.hpp"

#include <algorithm>

namespace lk::guard {
namespace {

constexpr std::int64_t one_q12 = 1 << 12;
constexpr std::int64_t most_hunting_q12 = one_q12 * 3 / 2;
constexpr std::int64_t worth_percent = 25;  // of the rest's energy

std::int64_t product_of(const Change& a, const Change& b) {
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < point_count; ++k)
    sum += std::int64_t{a[k]} * std::clamp<std::int32_t>(b[k], -131'071, 131'071);
  return sum;
}

struct Match {
  std::int64_t factor_q12 = 0;
  std::int64_t rest_energy = 0;
};

Match match_of(const Change& change, const Change& known, const Wave& voltage) {
  const Change rest = rest_of(change, voltage);
  const Change known_rest = rest_of(known, voltage);
  const std::int64_t known_energy = product_of(known_rest, known_rest);
  if (known_energy == 0) return {};
  const std::int64_t product = product_of(rest, known_rest);
  Match match;
  match.factor_q12 = product * one_q12 / known_energy;
  match.rest_energy = product_of(rest, rest);
  return match;
}

void subtract(Change& change, const Change& known, std::int64_t factor_q12) {
  for (std::size_t k = 0; k < point_count; ++k)
    change[k] -= static_cast<std::int32_t>((factor_q12 * known[k] + one_q12 / 2) >> 12U);
}

Wave halves_of(const Change& change) {
  Wave wave;
  for (std::size_t k = 0; k < point_count; ++k)
    wave[k] = static_cast<std::int16_t>(std::clamp<std::int32_t>((change[k] + 1) >> 1, -32'767, 32'767));
  return wave;
}

Change change_of(const Wave& halves) {
  Change change;
  for (std::size_t k = 0; k < point_count; ++k) change[k] = 2 * std::int32_t{halves[k]};
  return change;
}

bool is_worth(const Change& cleaned, const Match& match, const Wave& voltage) {
  const Change rest = rest_of(cleaned, voltage);
  return product_of(rest, rest) * 100 < match.rest_energy * (100 - worth_percent);
}

}  // namespace

void KnownChanges::note_trend(const Change& trend) {
  if (++trend_call_ >= trend_calls) {
    trend_call_ = 0;
    trend_ = (trend_ + 1) % trend_count;
    trends_[trend_].energy = 0;
  }
  const std::int64_t energy = energy_of(trend);
  if (energy <= trends_[trend_].energy) return;
  trends_[trend_] = {halves_of(trend), energy};
}

bool KnownChanges::take_out(Change& change, const Wave& voltage) const {
  bool is_any = false;
  for (const Trend& trend : trends_) is_any |= take_out_fluctuation(change, change_of(trend.wave), voltage);
  return is_any;
}

void KnownChanges::take_out_voltage(Change& change, const Wave& running, std::int32_t level_e4,
                                    const Wave& voltage) {
  Change known;
  for (std::size_t k = 0; k < point_count; ++k) known[k] = 4 * std::int32_t{running[k]};
  const Match match = match_of(change, known, voltage);
  const std::int64_t most_q12 = std::int64_t{level_e4} * 2 * one_q12 / 10'000;
  subtract(change, known,
           std::clamp<std::int64_t>(match.factor_q12, std::min<std::int64_t>(0, most_q12),
                                    std::max<std::int64_t>(0, most_q12)));
}

bool KnownChanges::take_out_fluctuation(Change& change, const Change& fluctuation, const Wave& voltage) {
  const Match match = match_of(change, fluctuation, voltage);
  if (match.factor_q12 == 0) return false;
  Change cleaned = change;
  subtract(cleaned, fluctuation,
           std::clamp<std::int64_t>(match.factor_q12, -most_hunting_q12, most_hunting_q12));
  if (!is_worth(cleaned, match, voltage)) return false;
  change = cleaned;
  return true;
}

}  // namespace lk::guard
