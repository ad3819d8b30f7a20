// SPDX-License-Identifier: Apache-2.0
// Maximum demands of the billing period: of all windows, and by the tariff rate that was in force.
#include <algorithm>

#include "meter/core/meter.hpp"
#include "tariff/calendar.hpp"

namespace lk::meter {
namespace {

using dictionary::Id;
using metrology::DemandRegister;
using quantity::Instant;

static_assert(records::demand_count == metrology::demand_registers);

}  // namespace

// A window ended.
void Meter::observe_demands() {
  const Instant end = demand_.latest_end();
  const auto end_s = static_cast<std::uint32_t>(std::clamp<std::int64_t>(end.unix_s(), 0, 0xFFFF'FFFF));
  state_.quality.observe_demand(demand_.latest(DemandRegister::active_import), end_s);
  for (std::size_t i = 0; i < state_.peaks.size(); ++i)
    state_.peaks[i].observe(demand_.latest(static_cast<DemandRegister>(i + 1)), end_s);
  const metrology::DemandSettings& settings = demand_.settings();
  const auto rate = rate_during(
      end + -quantity::minutes(std::int64_t{settings.subinterval_minutes} * settings.subintervals), end);
  if (!rate) return;
  for (std::size_t i = 0; i < metrology::demand_registers; ++i)
    state_.rate_demands.observe(*rate, i, demand_.latest(static_cast<DemandRegister>(i)), end_s);
}

// The rate, from 0, that was in force all the time; nothing where there were two, or nobody knows any more.
std::optional<std::uint8_t> Meter::rate_during(Instant from, Instant to) const {
  if (from < rates_known_from_) return std::nullopt;
  if (state_.account.mode().unit == credit::Unit::energy) return 0;
  const auto rate_of = [this](const tariff::Moment& moment) {
    return tariff::rate_in_force(sets_, moment.rate);
  };
  tariff::Moment moment = tariff::moment_at(sets_.current, from);
  const std::uint8_t rate = rate_of(moment);
  while (moment.until < to) {
    moment = tariff::moment_at(sets_.current, moment.until);
    if (rate_of(moment) != rate) return std::nullopt;
  }
  return rate;
}

std::int64_t Meter::rate_demand_number(Id id, std::uint16_t slot_index) const {
  // A register's maximum and its time are neighbours, as the registers are.
  const auto place = static_cast<std::size_t>(id) - static_cast<std::size_t>(Id::rate_max_demand);
  const records::DemandPeak& peak = state_.rate_demands.peak(slot_index, place / 2);
  return place % 2 == 0 ? peak.power : peak.time_s;
}

}  // namespace lk::meter
