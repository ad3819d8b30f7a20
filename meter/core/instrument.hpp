// SPDX-License-Identifier: Apache-2.0
// What a meter measures and watches with: metering and guard of one phase or of three, fed with the same
// sample sets. The meter is the same for both; it asks its instrument by this interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "meter/core/measuring.hpp"
#include "meter/guard/meter_guard.hpp"
#include "meter/metrology/metering.hpp"
#include "quantity/quantity.hpp"

namespace lk::meter {

// What a meter of so many phases is called.
[[nodiscard]] constexpr std::string_view product_of(std::size_t phase_count) {
  return phase_count == 1 ? "LK1P" : "LK3P";
}
[[nodiscard]] constexpr std::string_view model_of(std::size_t phase_count) {
  return phase_count == 1 ? "LK1P prepaid" : "LK3P prepaid";
}

class Instrument {
 public:
  Instrument(const Instrument&) = delete;
  Instrument& operator=(const Instrument&) = delete;

  // Figures of the latest window: of each phase, one or three, and of all together; all zero before the
  // first.
  [[nodiscard]] virtual std::span<const metrology::PhaseFigures> phases() const = 0;
  [[nodiscard]] virtual const metrology::MeterFigures& window() const = 0;
  [[nodiscard]] virtual bool has_neutral() const = 0;
  // Harmonic `order`, 2 to 21, of a channel (sample_set.hpp) in the latest window.
  [[nodiscard]] virtual metrology::Harmonic harmonic(std::size_t channel, std::size_t order) const = 0;

  // Energy since the last take: of all together, and of one phase.
  [[nodiscard]] virtual metrology::Energies take_energy() = 0;
  [[nodiscard]] virtual metrology::Energies take_phase_energy(std::size_t phase) = 0;
  [[nodiscard]] virtual std::uint32_t take_pulses() = 0;

  // As Metering says.
  virtual void close_window() = 0;
  virtual void note_lost(std::uint32_t set_count) = 0;
  virtual void set_temperature(std::int32_t millidegrees) = 0;
  virtual void set_neutral_policy(metrology::NeutralPolicy policy) = 0;

  [[nodiscard]] virtual guard::Guard& guard() = 0;
  [[nodiscard]] virtual const guard::Guard& guard() const = 0;
  // A guard with these parameters in place of the one there is.
  virtual void set_guard(const guard::GuardSettings& settings) = 0;
  // Currents before and after cannot be compared: the relay moved.
  virtual void interrupt() = 0;

 protected:
  Instrument() = default;
  ~Instrument() = default;
};

template <std::size_t phase_count>
class PhaseInstrument final : public Instrument {
 public:
  using Set = metrology::SampleSet<phase_count>;

  // What it measures with must be valid (measuring.hpp), and of so many phases.
  PhaseInstrument(const Measuring& measuring, const guard::GuardSettings& guard);

  // Takes sample sets in order, in blocks of up to 1/10 s; `now` is the time of the last of them. Returns how
  // many windows ended.
  std::uint32_t feed(std::span<const Set> sets, const guard::LocalTime& time, quantity::Instant now);

  [[nodiscard]] std::span<const metrology::PhaseFigures> phases() const override {
    return metering_.latest().phase;
  }
  [[nodiscard]] const metrology::MeterFigures& window() const override { return metering_.latest(); }
  [[nodiscard]] bool has_neutral() const override { return metering_.has_neutral(); }
  [[nodiscard]] metrology::Harmonic harmonic(std::size_t channel, std::size_t order) const override {
    return metering_.harmonic(channel, order);
  }
  [[nodiscard]] metrology::Energies take_energy() override { return metering_.total_energy().take(); }
  [[nodiscard]] metrology::Energies take_phase_energy(std::size_t phase) override {
    return metering_.phase_energy(phase).take();
  }
  [[nodiscard]] std::uint32_t take_pulses() override { return metering_.take_pulses(); }
  void close_window() override { (void)metering_.close_window(); }
  void note_lost(std::uint32_t set_count) override { metering_.note_lost(set_count); }
  void set_temperature(std::int32_t millidegrees) override { metering_.set_temperature(millidegrees); }
  void set_neutral_policy(metrology::NeutralPolicy policy) override { metering_.set_neutral_policy(policy); }
  [[nodiscard]] guard::Guard& guard() override { return guard_.guard(); }
  [[nodiscard]] const guard::Guard& guard() const override { return guard_.guard(); }
  void set_guard(const guard::GuardSettings& settings) override;
  void interrupt() override { guard_.interrupt(); }

 private:
  metrology::Metering<phase_count> metering_;
  guard::MeterGuard<phase_count> guard_;
};

// To be a base before the meter that asks it.
template <std::size_t phase_count>
struct InstrumentOf {
  PhaseInstrument<phase_count> instrument;
};

extern template class PhaseInstrument<1>;
extern template class PhaseInstrument<3>;

}  // namespace lk::meter
