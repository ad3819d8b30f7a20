// SPDX-License-Identifier: Apache-2.0
// The meter's energy priced by the tariff in force: a set that an order brought, or the flat price.
#include "meter/core/meter.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using quantity::Energy;
using quantity::Instant;

class RateCounter final : public tariff::PieceObserver {
 public:
  explicit RateCounter(std::array<Energy, records::rate_count>& rates) : rates_(rates) {}
  void on_piece(const tariff::Piece& piece) override { rates_[piece.rate] += piece.energy; }

 private:
  std::array<Energy, records::rate_count>& rates_;
};

}  // namespace

void Meter::load_flat_tariff() {
  const tariff::FlatTariff& flat = state_.account.tariff();
  sets_.current = tariff::flat_set(flat.price, flat.version);
  sets_.current.zone.offset_minutes = rules_.zone_offset_minutes;
  is_look_due_ = true;
}

// The set of a slot, if it is the one that was ordered: where a bit has turned over, the memory may give the
// one that stood there before.
bool Meter::read_set(std::uint8_t slot, std::uint32_t version, tariff::TariffSet& set) {
  return store_.read(slot, set) && (version == 0 || set.version == version);
}

// A set that was lost from the memory is no reason to give energy away, or to charge a price out of thin air:
// the flat price applies, and the fault is told.
void Meter::load_tariff() {
  const TariffState& tariff = state_.tariff;
  if (tariff.current_slot == 0 || !read_set(tariff.current_slot, tariff.current_version, sets_.current)) {
    if (tariff.current_slot != 0) is_memory_damaged_ = true;
    load_flat_tariff();
  }
  load_spare();
}

// The spare set and the chunks of the next, as they stand in the memory.
void Meter::load_spare() {
  const TariffState& tariff = state_.tariff;
  sets_.has_spare = tariff.spare_slot != 0 && read_set(tariff.spare_slot, tariff.spare_version, sets_.spare);
  const bool is_missing = tariff.spare_slot != 0 && !sets_.has_spare;
  sets_.activation = tariff.activation;
  sets_.only_rate = only_rate();
  receiver_ = {};
  if (!is_memory_lost_) store_.read(tariff.receiving, receiver_);
  is_spare_unread_ = store_.take_refused();
  if (is_missing && !is_spare_unread_) is_memory_damaged_ = true;
  is_look_due_ = true;
}

// What the instrument has counted since the last take.
void Meter::take_energy() {
  const std::size_t phase_count = instrument_.phases().size();
  for (std::size_t phase = 0; phase_count > 1 && phase < phase_count; ++phase)
    phase_energies_.add(phase, instrument_.take_phase_energy(phase));
  count_energy(instrument_.take_energy());
}

void Meter::count_energy(const metrology::Energies& energies) {
  if (energies == metrology::Energies{}) return;
  using metrology::Register;
  const auto gained = [&energies](Register which) { return energies[static_cast<std::size_t>(which)]; };
  const Energy used = gained(Register::active_import);
  state_.import_energy += used;
  state_.export_energy += gained(Register::active_export);
  state_.apparent_import_energy += gained(Register::apparent_import);
  state_.apparent_export_energy += gained(Register::apparent_export);
  constexpr auto first_quadrant = static_cast<std::size_t>(Register::reactive_q1);
  for (std::size_t i = 0; i < state_.reactive_energy.size(); ++i)
    state_.reactive_energy[i] += energies[first_quadrant + i];
  for (std::size_t i = 0; i < energies.size(); ++i) demand_energies_[i] += energies[i];
  price(used);
  is_dirty_ = true;
}

// Also without energy: what falls due by the calendar is charged.
void Meter::price(Energy used) {
  const Instant to = clock(now_);
  const Instant from = std::min(priced_until_, to);
  const Energy before = state_.account.priced_energy();
  const quantity::Money deducted = state_.account.deducted();
  RateCounter counter{state_.rates};
  const auto consumed = state_.account.consume(used, sets_, from, to, state_.clock.is_wrong(), &counter);
  if (state_.account.mode().unit == credit::Unit::energy) state_.rates[0] += used;
  if (state_.account.deducted() != deducted) is_dirty_ = true;
  priced_until_ = to;
  if (consumed.has_switched) adopt_spare(before + consumed.before_switch);
}

// The rate that a token has set, which an older token may have set higher than any set has.
std::uint8_t Meter::only_rate() const {
  return static_cast<std::uint8_t>(
      std::min<std::size_t>(state_.tokens.settings.tariff_rate, tariff::rate_max));
}

// The spare set has taken over: it is the current one now, in its own slot.
void Meter::adopt_spare(Energy priced_at_switch) {
  state_.tariff.current_slot = state_.tariff.spare_slot;
  state_.tariff.current_version = sets_.current.version;
  state_.tariff.spare_slot = 0;
  state_.tariff.spare_version = 0;
  events_.note(EventCode::tariff_changed, static_cast<std::uint16_t>(sets_.current.version),
               priced_at_switch.count(), clock(now_));
  state_.freeze.is_tariff_new = true;
  is_store_due_ = true;
  is_look_due_ = true;
}

}  // namespace lk::meter
