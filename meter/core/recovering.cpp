// SPDX-License-Identifier: Apache-2.0
// How a meter begins: with what its memory says, as a new one, without its memory where that is lost, and
// anew where the memory only answers later.
#include <algorithm>
#include <utility>

#include "dictionary/codes.hpp"
#include "meter/core/meter.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::OrderResult;
using quantity::Duration;
using quantity::Instant;

// How long a memory that refuses reads is left alone: each time twice as long.
constexpr Duration memory_rest_first = quantity::seconds(1);
constexpr Duration memory_rest_last = quantity::minutes(10);
// For so long links are silent; a memory that has failed for good must not keep the fault from being read.
constexpr Duration silence = quantity::minutes(1);
// Detail of the event of a storage fault.
constexpr std::uint16_t fault_of_memory = 0;
constexpr std::uint16_t answered_late = 1;

// The key register of a new meter.
tokens::KeyRegister key_register_of(const Configuration& configuration) {
  const bool is_long = configuration.encryption_algorithm == sts::EncryptionAlgorithm::ea11;
  const auto key = std::span{configuration.decoder_key}.first(is_long ? 16 : 8);
  return {.key = {configuration.encryption_algorithm, key},
          .key_type = configuration.key_type,
          .key_revision_number = configuration.key_revision_number,
          .key_expiry_number = configuration.key_expiry_number,
          .tariff_index = configuration.tariff_index,
          .supply_group_code = configuration.supply_group_code};
}

}  // namespace

void Meter::begin(Instant now) {
  const State counted = std::exchange(state_, State{});
  const PhaseEnergies counted_phases = std::exchange(phase_energies_, PhaseEnergies{});
  const bool was_refused = is_memory_refused_;
  const Recovered recovered = recover(now);
  is_memory_refused_ = recovered == Recovered::refused;
  if (is_memory_refused_ && was_refused) {
    state_ = counted;
    phase_energies_ = counted_phases;
    return;
  }
  limiter_.restore(state_.limit, now);
  wrong_tokens_.restore(state_.tokens.wrong_entries, now);
  make_guard(now);
  seen_reasons_ = state_.reasons;
  token_answer_ = state_.last_token;
  if (state_.last_order.sequence != 0) {
    order_answer_ = {OrderResult::done, state_.last_order.sequence, state_.order_value, {}};
  }
  ++state_.start_count;
  events_.note(EventCode::power_returned, 0, state_.start_count, clock(now));
  if (is_memory_damaged_ && !is_memory_lost_)
    events_.note(EventCode::storage_fault, fault_of_memory, 0, clock(now));
  if (was_refused)
    events_.note(EventCode::storage_fault, answered_late, (now - started_at_).count(), clock(now));
  if (state_.clock.check(now)) events_.note(EventCode::clock_wrong, 0, state_.clock.seen_s(), clock(now));
  is_store_due_ = true;
  is_storage_failing_ = false;
  retry_at_ = now;
  priced_until_ = clock(now);
  second_ = clock(now).unix_s();
  if (was_refused) make_good(counted, counted_phases);
  start_records(now);
  switch_.start(now, supply::closing_delay(meter_number_, state_.start_count, rules_.return_delay));
}

// Everything from the memory, or nothing: parameters as in a new meter beside a stored account, or a tariff
// that could not be read just now, would be a price out of thin air.
Recovered Meter::recover(Instant now) {
  is_memory_damaged_ = false;
  Recovered recovered = store_.recover(state_, events_, entered_);
  is_memory_lost_ = recovered == Recovered::lost;
  is_memory_damaged_ = recovered == Recovered::damaged;
  (void)store_.read(settings_);
  std::array<std::byte, links::Access::stored_bytes> kept{};
  (void)access_.restore(store_.read(kept));
  (void)store_.read(card_memory_);
  (void)store_.read(phase_energies_);
  if (recovered == Recovered::new_meter || recovered == Recovered::lost) begin_without_memory();
  apply_settings();
  load_tariff();
  if (!std::exchange(is_spare_unread_, false)) return recovered;
  is_memory_lost_ = true;
  is_memory_damaged_ = false;
  settings_ = Settings{};
  access_ = {};
  card_memory_ = {};
  phase_energies_ = {};
  events_ = {};
  entered_ = {};
  begin_without_memory();
  apply_settings();
  load_tariff();
  memory_rest_ =
      is_memory_refused_ ? std::min(memory_rest_ + memory_rest_, memory_rest_last) : memory_rest_first;
  ask_memory_at_ = now + memory_rest_;
  return Recovered::refused;
}

// As a new meter begins, and one that knows nothing: that one without the preset credit.
void Meter::begin_without_memory() {
  state_ = State{};
  const quantity::Money credit = is_memory_lost_ ? quantity::Money{} : configuration_.preset_credit;
  state_.account = {{configuration_.price, 0}, credit, configuration_.low_credit};
  state_.tokens.key = key_register_of(configuration_);
  state_.is_supply_closed = relay_.contact() == port::Contact::closed;
}

void Meter::wait_for_memory(Instant now) {
  if (now >= ask_memory_at_) begin(now);
  if (is_memory_refused_) wait_until(ask_memory_at_);
}

bool Meter::is_silent(Instant now) const {
  return is_memory_refused_ && now - started_at_ < silence;
}

// What was measured while the memory did not answer, priced as of the time since the start.
void Meter::make_good(const State& counted, const PhaseEnergies& phases) {
  using metrology::Register;
  metrology::Energies energies{};
  const auto put = [&energies](Register which, quantity::Energy energy) {
    energies[static_cast<std::size_t>(which)] = energy;
  };
  put(Register::active_import, counted.import_energy);
  put(Register::active_export, counted.export_energy);
  put(Register::apparent_import, counted.apparent_import_energy);
  put(Register::apparent_export, counted.apparent_export_energy);
  constexpr auto first_quadrant = static_cast<std::size_t>(Register::reactive_q1);
  for (std::size_t i = 0; i < counted.reactive_energy.size(); ++i)
    energies[first_quadrant + i] = counted.reactive_energy[i];
  for (std::size_t phase = 0; phase < phases.phase.size(); ++phase)
    phase_energies_.add(phase, phases.phase[phase]);
  const metrology::Energies in_demand = demand_energies_;  // has them already
  priced_until_ = clock(started_at_);
  count_energy(energies);
  demand_energies_ = in_demand;
}

}  // namespace lk::meter
