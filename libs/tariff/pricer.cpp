// SPDX-License-Identifier: Apache-2.0
#include "tariff/pricer.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "tariff/local_time.hpp"

namespace lk::tariff {
namespace {

using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using quantity::Money;

constexpr Instant time_max = Instant::of(0xFFFF'FFFFLL * 1000 + 999);
constexpr Duration tick = Duration::of(1);

// ⌊energy · part ÷ whole⌋ in 64 bits: whole is at most 2^32 - 1, so the rest's product is below 2^64.
Energy share(Energy energy, Duration part, Duration whole) {
  const auto total = static_cast<std::uint64_t>(energy.count());
  const auto numerator = static_cast<std::uint64_t>(part.count());
  const auto divisor = static_cast<std::uint64_t>(whole.count());
  return Energy::of(
      static_cast<std::int64_t>(total / divisor * numerator + total % divisor * numerator / divisor));
}

std::optional<AdvanceError> refusal_of(Energy energy, Instant from, Instant to) {
  if (energy < Energy{} || energy > energy_max) return AdvanceError::energy_out_of_range;
  if (from < Instant{} || to < from || to > time_max) return AdvanceError::time_out_of_range;
  if (energy > Energy{} && to - from > interval_max) return AdvanceError::interval_too_long;
  return {};
}

}  // namespace

std::uint8_t rate_in_force(const Sets& sets, std::uint8_t by_calendar) {
  const bool has_it = sets.only_rate != 0 && sets.only_rate <= sets.current.rate_count;
  return has_it ? static_cast<std::uint8_t>(sets.only_rate - 1) : by_calendar;
}

Money Charges::total() const {
  Money sum = energy + standing + minimum + demand;
  for (const Money tax : taxes) sum += tax;
  return sum;
}

Charges& Charges::operator+=(const Charges& other) {
  energy += other.energy;
  standing += other.standing;
  minimum += other.minimum;
  demand += other.demand;
  for (std::size_t i = 0; i < tax_max; ++i) taxes[i] += other.taxes[i];
  return *this;
}

const Moment& Pricer::moment(const TariffSet& set, Instant at) {
  const bool is_known =
      lookup_.is_valid && lookup_.version == set.version && at >= lookup_.from && at < lookup_.moment.until;
  if (!is_known) lookup_ = {true, set.version, at, moment_at(set, at)};
  return lookup_.moment;
}

// The last instant that is priced like `at`. Whatever is constant ends a piece: the moment, the demand window
// and the old set. Without energy only the old set does: the calendar is settled for any number of days.
Instant Pricer::end_of_piece(const Sets& sets, Instant at, Instant to, bool has_energy) {
  Instant end = to;
  if (sets.has_spare && sets.activation > at) end = std::min(end, sets.activation);
  if (!has_energy) return end;
  const TariffSet& set = sets.current;
  end = std::min(end, moment(set, at).until);
  if (set.demand.price_per_kw > quantity::Price{}) {
    const std::int64_t length_ms = set.demand.window_minutes * ms_per_minute;
    const std::int64_t zone_ms = set.zone.offset_minutes * ms_per_minute;
    const std::int64_t next_ms = (floor_div(at.unix_ms() + zone_ms, length_ms) + 1) * length_ms - zone_ms;
    end = std::min(end, Instant::of(next_ms));
  }
  return end;
}

std::expected<Advance, AdvanceError> Pricer::advance(Sets& sets, Energy energy, Instant from, Instant to,
                                                     PieceObserver* observer) {
  if (const auto refusal = refusal_of(energy, from, to)) return std::unexpected(*refusal);
  if (is_full()) return std::unexpected(AdvanceError::overflow);
  Advance result;
  Charges charges;  // by the set in force
  Energy priced;
  Energy priced_before;  // by the old set
  Instant at = from;
  while (true) {
    if (sets.has_spare && at >= sets.activation) {
      switch_over(sets, priced, charges);
      result.charges += charges;
      charges = {};
      priced_before = priced;
      result.has_switched = true;
      result.energy_before_switch = priced;
    }
    settle(sets.current, at, charges);
    bill_standing(sets.current, moment(sets.current, at), charges);

    const Instant end = end_of_piece(sets, at, to, energy > Energy{});
    const Energy until_end = end == to ? energy : share(energy, end - from, to - from);
    if (until_end > priced) {
      const Energy part = until_end - priced;
      count_demand(sets.current, part, at);
      const std::uint8_t rate = rate_in_force(sets, moment(sets.current, at).rate);
      price(sets.current, {at, end, sets.current.version, rate, 0, {}, part, {}}, charges, observer);
      priced = until_end;
    }
    // What time alone made due before the piece's end is due by this set.
    if (end > at && energy == Energy{}) {
      const Instant last = end + -tick;
      settle(sets.current, last, charges);
      bill_standing(sets.current, moment(sets.current, last), charges);
    }
    at = end;
    if (at == to) break;
  }
  add_taxes(sets.current, energy - priced_before, charges);
  result.charges += charges;
  return result;
}

// What time made due before the activation, and the month that ends with it, are due by the old set.
void Pricer::switch_over(Sets& sets, Energy priced, Charges& charges) {
  if (has_begun_) {
    const Instant last = sets.activation + -tick;
    settle(sets.current, last, charges);
    bill_standing(sets.current, moment(sets.current, last), charges);
    settle(sets.current, sets.activation, charges);
  }
  add_taxes(sets.current, priced, charges);
  if (sets.current.demand.window_minutes != sets.spare.demand.window_minutes) close_window(sets.current);
  sets.current = sets.spare;
  sets.has_spare = false;
  lookup_.is_valid = false;
}

// One call adds at most 2^53 to the energy and 2^57 to the money.
bool Pricer::is_full() const {
  constexpr std::int64_t limit = 1LL << 62U;
  return ladder_energy_.count() > limit || month_money_.count() > limit;
}

std::expected<Charges, AdvanceError> Pricer::advance_without_clock(const Sets& sets, Energy energy,
                                                                   PieceObserver* observer) {
  if (energy < Energy{} || energy > energy_max) return std::unexpected(AdvanceError::energy_out_of_range);
  if (is_full()) return std::unexpected(AdvanceError::overflow);
  const TariffSet& set = sets.current;
  Charges charges;
  window_energy_ = {};
  const std::uint8_t rate = rate_in_force(sets, set.default_rate);
  price(set, {{}, {}, set.version, rate, 0, {}, energy, {}}, charges, observer);
  add_taxes(set, energy, charges);
  return charges;
}

// Cuts the energy where the ladder's count reaches a threshold.
void Pricer::price(const TariffSet& set, Piece piece, Charges& charges, PieceObserver* observer) {
  Energy left = piece.energy;
  while (left > Energy{}) {
    piece.step = step_of(set.ladder, ladder_energy_);
    piece.energy = left;
    if (piece.step < set.ladder.threshold_count) {
      piece.energy = std::min(left, quantity::wh(set.ladder.thresholds_wh[piece.step]) - ladder_energy_);
    }
    piece.price = set.prices[piece.step][piece.rate];
    const Charge charged = value_of(charge({piece.price, set.version}, piece.energy, remainder_));
    remainder_ = charged.remainder;
    piece.money = charged.money;
    charges.energy += charged.money;
    month_money_ += charged.money;
    ladder_energy_ += piece.energy;
    left -= piece.energy;
    if (observer != nullptr) observer->on_piece(piece);
  }
}

std::uint8_t Pricer::rate_at(const Sets& sets, Instant at, bool is_clock_wrong) const {
  const TariffSet& set = sets.current;
  return rate_in_force(sets, is_clock_wrong ? set.default_rate : moment_at(set, at).rate);
}

quantity::Price Pricer::price_at(const Sets& sets, Instant at, bool is_clock_wrong) const {
  const TariffSet& set = sets.current;
  return set.prices[step_of(set.ladder, ladder_energy_)][rate_at(sets, at, is_clock_wrong)];
}

quantity::Power Pricer::month_demand() const {
  constexpr std::int64_t seconds_per_hour = 3600;  // mJ in an hour are mW · 3600
  return quantity::Power::of(demand_energy_.count() / seconds_per_hour);
}

}  // namespace lk::tariff
