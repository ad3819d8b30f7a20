// SPDX-License-Identifier: Apache-2.0
// The running status words of DL/T 645-2007 (annex C).
#include "dictionary/codes.hpp"
#include "meter/links/dlt645_reader.hpp"

namespace lk::links {
namespace {

using dictionary::Id;

struct Bits {
  std::uint16_t value = 0;
  void set(unsigned bit, bool on) { value = static_cast<std::uint16_t>(value | (on ? 1U << bit : 0U)); }
};

// Conditions by their number (meter/guard/condition_table.hpp), as `guard_alarms` tells them.
enum Condition : unsigned {
  over_voltage = 3,
  under_voltage = 4,
  over_current = 5,
  overload = 6,
  phase_loss = 7,
  voltage_unbalance = 8,
  current_unbalance = 9,
  reversed_sequence = 10,
  reversed_current = 13,
  meter_cover = 15,
  terminal_cover = 16,
  clock_battery = 17,
};

}  // namespace

// Words 1 to 7 (2007, annex C); what is not listed is 0.
void dlt645_kinds::status(std::int32_t word, const Dlt645Context& context, bytes::Writer& to) {
  constexpr std::int32_t first_phase_word = 4;
  Device& device = context.device;
  const auto phase_count = static_cast<std::uint16_t>(device.number(Id::phase_count, 0));
  const auto alarms = static_cast<std::uint16_t>(device.number(Id::alarms, 0));
  const auto has = [alarms](std::uint16_t bit) { return (alarms & bit) != 0; };
  const auto guard = static_cast<std::uint32_t>(device.number(Id::guard_alarms, 0));
  const auto is_on = [guard](unsigned condition) { return (guard >> condition & 1U) != 0; };
  Bits bits;
  if (word == 1) {
    bits.set(2, is_on(clock_battery));
    bits.set(4, device.number(Id::active_power, 0) < 0);
    bits.set(5, device.number(Id::reactive_power, 0) < 0);
    bits.set(13, has(dictionary::alarm_memory));
    bits.set(14, device.number(Id::balance, 0) < 0);
    bits.set(15, has(dictionary::alarm_clock));
  } else if (word == 2) {
    for (std::uint16_t phase = 0; phase < phase_count; ++phase) {
      bits.set(phase, device.number(Id::phase_active_power, phase) < 0);
      bits.set(4U + phase, device.number(Id::phase_reactive_power, phase) < 0);
    }
  } else if (word == 3) {
    bits.set(3, Access::is_in_use(device));
    bits.set(4, device.number(Id::supply_state, 0) == 0);
    bits.set(6, device.number(Id::hold_reasons, 0) != 0);
    bits.set(7, has(dictionary::alarm_reminder));
    const bool is_prepaid = device.number(Id::account_payment, 0) == 0;
    bits.set(8, is_prepaid && device.number(Id::account_unit, 0) == 1);
    bits.set(9, is_prepaid && device.number(Id::account_unit, 0) == 0);
    bits.set(12, (device.number(Id::hold_flags, 0) & 1) != 0);
  } else if (word >= first_phase_word && word < first_phase_word + phase_count) {
    const auto phase = static_cast<std::uint16_t>(word - first_phase_word);
    const std::int64_t mv = device.number(Id::phase_voltage, phase);
    bits.set(0, is_on(phase_loss) && mv * 5 < device.number(Id::nominal_voltage, 0));
    bits.set(1, mv < device.number(Id::voltage_low, 0) || is_on(under_voltage));
    bits.set(2, mv > device.number(Id::voltage_high, 0) || is_on(over_voltage));
    bits.set(4, is_on(over_current));
    bits.set(5, device.number(Id::limit_phase, 0) != 0 || is_on(overload));
    bits.set(
        6, is_on(reversed_current) && (phase_count == 1 || device.number(Id::phase_active_power, phase) < 0));
  } else if (word == 7) {
    bits.set(0, is_on(reversed_sequence));
    bits.set(2, is_on(voltage_unbalance));
    bits.set(3, is_on(current_unbalance));
    bits.set(9, is_on(meter_cover));
    bits.set(10, is_on(terminal_cover));
  }
  to.little(bits.value);
}

}  // namespace lk::links
