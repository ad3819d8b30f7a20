// SPDX-License-Identifier: Apache-2.0
#include "dictionary/sdm.hpp"

#include <algorithm>
#include <array>

#include "bytes/bytes.hpp"
#include "dictionary/float32.hpp"
#include "dictionary/table.hpp"

namespace lk::dictionary {
namespace {

constexpr std::int64_t mj_per_kwh = 3'600'000'000;  // and mvar·s to the kvarh, mVA·s to the kVAh

// clang-format off: one view, one line
constexpr auto views = std::to_array<FloatView>({
    {0x0000, "sdm_voltage", Id::phase_voltage, Unit::volt, 1'000},
    {0x0002, "sdm_phase_2_voltage", Id::phase_voltage, Unit::volt, 1'000, 1},
    {0x0004, "sdm_phase_3_voltage", Id::phase_voltage, Unit::volt, 1'000, 2},
    {0x0006, "sdm_current", Id::phase_current, Unit::ampere, 1'000},
    {0x0008, "sdm_phase_2_current", Id::phase_current, Unit::ampere, 1'000, 1},
    {0x000A, "sdm_phase_3_current", Id::phase_current, Unit::ampere, 1'000, 2},
    {0x000C, "sdm_active_power", Id::phase_active_power, Unit::watt, 10},
    {0x000E, "sdm_phase_2_active_power", Id::phase_active_power, Unit::watt, 10, 1},
    {0x0010, "sdm_phase_3_active_power", Id::phase_active_power, Unit::watt, 10, 2},
    {0x0012, "sdm_apparent_power", Id::phase_apparent_power, Unit::volt_ampere, 10},
    {0x0014, "sdm_phase_2_apparent_power", Id::phase_apparent_power, Unit::volt_ampere, 10, 1},
    {0x0016, "sdm_phase_3_apparent_power", Id::phase_apparent_power, Unit::volt_ampere, 10, 2},
    {0x0018, "sdm_reactive_power", Id::phase_reactive_power, Unit::var, 10},
    {0x001A, "sdm_phase_2_reactive_power", Id::phase_reactive_power, Unit::var, 10, 1},
    {0x001C, "sdm_phase_3_reactive_power", Id::phase_reactive_power, Unit::var, 10, 2},
    {0x001E, "sdm_power_factor", Id::phase_power_factor, Unit::none, 10'000},
    {0x0020, "sdm_phase_2_power_factor", Id::phase_power_factor, Unit::none, 10'000, 1},
    {0x0022, "sdm_phase_3_power_factor", Id::phase_power_factor, Unit::none, 10'000, 2},
    {0x0024, "sdm_phase_angle", Id::phase_current_angle, Unit::degree, 1'000},
    {0x0026, "sdm_phase_2_phase_angle", Id::phase_current_angle, Unit::degree, 1'000, 1},
    {0x0028, "sdm_phase_3_phase_angle", Id::phase_current_angle, Unit::degree, 1'000, 2},
    {0x002A, "sdm_mean_voltage", Id::phase_voltage, Unit::volt, 1'000, 0, Over::mean},
    {0x002E, "sdm_mean_current", Id::phase_current, Unit::ampere, 1'000, 0, Over::mean},
    {0x0030, "sdm_sum_of_currents", Id::phase_current, Unit::ampere, 1'000, 0, Over::sum},
    {0x0034, "sdm_total_active_power", Id::active_power, Unit::watt, 10},
    {0x0038, "sdm_total_apparent_power", Id::apparent_power, Unit::volt_ampere, 10},
    {0x003C, "sdm_total_reactive_power", Id::reactive_power, Unit::var, 10},
    {0x003E, "sdm_total_power_factor", Id::power_factor, Unit::none, 10'000},
    {0x0042, "sdm_total_phase_angle", Id::current_angle, Unit::degree, 1'000},
    {0x0046, "sdm_frequency", Id::frequency, Unit::hertz, 1'000},
    {0x0048, "sdm_import_energy", Id::import_energy, Unit::kilowatt_hour, mj_per_kwh},
    {0x004A, "sdm_export_energy", Id::export_energy, Unit::kilowatt_hour, mj_per_kwh},
    {0x004C, "sdm_reactive_import_energy", Id::reactive_import_energy, Unit::kilovar_hour, mj_per_kwh},
    {0x004E, "sdm_reactive_export_energy", Id::reactive_export_energy, Unit::kilovar_hour, mj_per_kwh},
    {0x0050, "sdm_apparent_energy", Id::apparent_import_energy, Unit::kilovolt_ampere_hour, mj_per_kwh},
    {0x0054, "sdm_demand", Id::demand, Unit::watt, 10},
    {0x0056, "sdm_max_demand", Id::max_demand, Unit::watt, 10},
    {0x00E0, "sdm_neutral_current", Id::neutral_current, Unit::ampere, 1'000},
    {0x00EA, "sdm_voltage_thd", Id::phase_voltage_thd, Unit::percent, 100},
    {0x00EC, "sdm_phase_2_voltage_thd", Id::phase_voltage_thd, Unit::percent, 100, 1},
    {0x00EE, "sdm_phase_3_voltage_thd", Id::phase_voltage_thd, Unit::percent, 100, 2},
    {0x00F0, "sdm_current_thd", Id::phase_current_thd, Unit::percent, 100},
    {0x00F2, "sdm_phase_2_current_thd", Id::phase_current_thd, Unit::percent, 100, 1},
    {0x00F4, "sdm_phase_3_current_thd", Id::phase_current_thd, Unit::percent, 100, 2},
    {0x00F8, "sdm_mean_voltage_thd", Id::phase_voltage_thd, Unit::percent, 100, 0, Over::mean},
    {0x00FA, "sdm_mean_current_thd", Id::phase_current_thd, Unit::percent, 100, 0, Over::mean},
    {0x0156, "sdm_total_energy", Id::total_energy, Unit::kilowatt_hour, mj_per_kwh},
    {0x0158, "sdm_total_reactive_energy", Id::total_reactive_energy, Unit::kilovar_hour, mj_per_kwh},
    {0x015A, "sdm_phase_1_import_energy", Id::phase_import_energy, Unit::kilowatt_hour, mj_per_kwh},
    {0x015C, "sdm_phase_2_import_energy", Id::phase_import_energy, Unit::kilowatt_hour, mj_per_kwh, 1},
    {0x015E, "sdm_phase_3_import_energy", Id::phase_import_energy, Unit::kilowatt_hour, mj_per_kwh, 2},
    {0x0160, "sdm_phase_1_export_energy", Id::phase_export_energy, Unit::kilowatt_hour, mj_per_kwh},
    {0x0162, "sdm_phase_2_export_energy", Id::phase_export_energy, Unit::kilowatt_hour, mj_per_kwh, 1},
    {0x0164, "sdm_phase_3_export_energy", Id::phase_export_energy, Unit::kilowatt_hour, mj_per_kwh, 2},
    {0x0166, "sdm_phase_1_total_energy", Id::phase_total_energy, Unit::kilowatt_hour, mj_per_kwh},
    {0x0168, "sdm_phase_2_total_energy", Id::phase_total_energy, Unit::kilowatt_hour, mj_per_kwh, 1},
    {0x016A, "sdm_phase_3_total_energy", Id::phase_total_energy, Unit::kilowatt_hour, mj_per_kwh, 2},
    {0x016C, "sdm_phase_1_reactive_import_energy", Id::phase_reactive_import_energy, Unit::kilovar_hour, mj_per_kwh},
    {0x016E, "sdm_phase_2_reactive_import_energy", Id::phase_reactive_import_energy, Unit::kilovar_hour, mj_per_kwh, 1},
    {0x0170, "sdm_phase_3_reactive_import_energy", Id::phase_reactive_import_energy, Unit::kilovar_hour, mj_per_kwh, 2},
    {0x0172, "sdm_phase_1_reactive_export_energy", Id::phase_reactive_export_energy, Unit::kilovar_hour, mj_per_kwh},
    {0x0174, "sdm_phase_2_reactive_export_energy", Id::phase_reactive_export_energy, Unit::kilovar_hour, mj_per_kwh, 1},
    {0x0176, "sdm_phase_3_reactive_export_energy", Id::phase_reactive_export_energy, Unit::kilovar_hour, mj_per_kwh, 2},
    {0x0178, "sdm_phase_1_total_reactive_energy", Id::phase_total_reactive_energy, Unit::kilovar_hour, mj_per_kwh},
    {0x017A, "sdm_phase_2_total_reactive_energy", Id::phase_total_reactive_energy, Unit::kilovar_hour, mj_per_kwh, 1},
    {0x017C, "sdm_phase_3_total_reactive_energy", Id::phase_total_reactive_energy, Unit::kilovar_hour, mj_per_kwh, 2},
});
// clang-format on

consteval bool views_are_sound() {
  std::uint32_t end = 0;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const FloatView& view = views[i];
    if (view.address % 2 != 0 || view.address < end || view.divisor <= 0) return false;
    if (!row_of(view.id).is_number() || row_of(view.id).slot_count <= view.slot_index) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (views[j].name == view.name) return false;
    for (const Row& row : table)
      if (row.name == view.name) return false;
    end = view.address + 2U;
  }
  return end <= sdm_last_address + 1U && table.front().address > sdm_last_address;
}
static_assert(views_are_sound(), "float views overlap, stand in rows' addresses, or show no number");

}  // namespace

std::span<const FloatView> float_views() {
  return views;
}

const FloatView* find_float(std::string_view name) {
  const auto found = std::ranges::find(views, name, &FloatView::name);
  return found == views.end() ? nullptr : &*found;
}

const FloatView* find_float(std::uint16_t address) {
  const auto even = static_cast<std::uint16_t>(address & ~1U);
  const auto found = std::ranges::lower_bound(views, even, {}, &FloatView::address);
  return found == views.end() || found->address != even ? nullptr : &*found;
}

void encode(const FloatView& view, std::int64_t value, std::span<std::byte, 4> to) {
  bytes::Writer{to}.big(float32_bits(value, static_cast<std::uint64_t>(view.divisor)));
}

}  // namespace lk::dictionary
