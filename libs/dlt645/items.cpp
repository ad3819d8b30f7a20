// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "dictionary/codes.hpp"
#include "dlt645/item.hpp"

namespace lk::dlt645 {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using enum Kind;

// Divisors from the dictionary's integers to the digits of the identifier.
constexpr std::int32_t mj_per_10_wh = 36'000'000;
constexpr std::int32_t mv_per_100_mv = 100;
constexpr std::int32_t e4_per_e3 = 10;
constexpr std::int32_t mhz_per_10_mhz = 10;
constexpr std::int32_t mdeg_per_100_mdeg = 100;

constexpr std::int32_t of(EventCode code) {
  return static_cast<std::int32_t>(code);
}
// Begin and end of a condition of the guard, by its number (meter/guard/condition_table.hpp).
constexpr std::int32_t begin_of(std::int32_t condition) {
  return of(EventCode::condition_began) | (condition + 1) << 16;
}
constexpr std::int32_t end_of(std::int32_t condition) {
  return of(EventCode::condition_ended) | (condition + 1) << 16;
}
constexpr std::int32_t of(CreditUnit unit) {
  return static_cast<std::int32_t>(unit);
}

// clang-format off: one row, one line
constexpr std::array table{
    // Energies
    Item{0x0000'0000, 0, 0x0C, 4, combined_energy, Id::import_energy, mj_per_10_wh, true, "combined active energy", "XXXXXX.XX kWh"},
    Item{0x0001'0000, 8, 0x0C, 4, energy, Id::import_energy, mj_per_10_wh, false, "forward active energy", "XXXXXX.XX kWh"},
    Item{0x0002'0000, 0, 0x0C, 4, energy, Id::export_energy, mj_per_10_wh, false, "reverse active energy", "XXXXXX.XX kWh"},
    Item{0x0003'0000, 0, 0, 4, energy_now, Id::reactive_import_energy, mj_per_10_wh, false, "reactive energy 1: quadrants 1 and 2", "XXXXXX.XX kvarh"},
    Item{0x0004'0000, 0, 0, 4, energy_now, Id::reactive_export_energy, mj_per_10_wh, false, "reactive energy 2: quadrants 3 and 4", "XXXXXX.XX kvarh"},
    Item{0x0005'0000, 0, 0, 4, energy_now, Id::reactive_energy_q1, mj_per_10_wh, false, "reactive energy, quadrant 1", "XXXXXX.XX kvarh"},
    Item{0x0006'0000, 0, 0, 4, energy_now, Id::reactive_energy_q2, mj_per_10_wh, false, "reactive energy, quadrant 2", "XXXXXX.XX kvarh"},
    Item{0x0007'0000, 0, 0, 4, energy_now, Id::reactive_energy_q3, mj_per_10_wh, false, "reactive energy, quadrant 3", "XXXXXX.XX kvarh"},
    Item{0x0008'0000, 0, 0, 4, energy_now, Id::reactive_energy_q4, mj_per_10_wh, false, "reactive energy, quadrant 4", "XXXXXX.XX kvarh"},
    Item{0x0009'0000, 0, 0, 4, energy_now, Id::apparent_import_energy, mj_per_10_wh, false, "forward apparent energy", "XXXXXX.XX kVAh"},
    Item{0x000A'0000, 0, 0, 4, energy_now, Id::apparent_export_energy, mj_per_10_wh, false, "reverse apparent energy", "XXXXXX.XX kVAh"},
    Item{0x000B'0000, 0, 0x01, 4, consumption, Id::import_energy, mj_per_10_wh, false, "consumption of this and the last billing period", "XXXXXX.XX kWh"},
    Item{0x0015'0000, 0, 0, 4, phase_energy, Id::phase_import_energy, 0, false, "forward active energy, phase A", "XXXXXX.XX kWh"},
    Item{0x0016'0000, 0, 0, 4, phase_energy, Id::phase_export_energy, 0, false, "reverse active energy, phase A", "XXXXXX.XX kWh"},
    Item{0x0017'0000, 0, 0, 4, phase_energy, Id::phase_reactive_import_energy, 0, false, "reactive energy 1, phase A", "XXXXXX.XX kvarh"},
    Item{0x0018'0000, 0, 0, 4, phase_energy, Id::phase_reactive_export_energy, 0, false, "reactive energy 2, phase A", "XXXXXX.XX kvarh"},
    Item{0x0019'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q1, 0, false, "reactive energy, quadrant 1, phase A", "XXXXXX.XX kvarh"},
    Item{0x001A'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q2, 0, false, "reactive energy, quadrant 2, phase A", "XXXXXX.XX kvarh"},
    Item{0x001B'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q3, 0, false, "reactive energy, quadrant 3, phase A", "XXXXXX.XX kvarh"},
    Item{0x001C'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q4, 0, false, "reactive energy, quadrant 4, phase A", "XXXXXX.XX kvarh"},
    Item{0x001D'0000, 0, 0, 4, phase_energy, Id::phase_apparent_import_energy, 0, false, "forward apparent energy, phase A", "XXXXXX.XX kVAh"},
    Item{0x001E'0000, 0, 0, 4, phase_energy, Id::phase_apparent_export_energy, 0, false, "reverse apparent energy, phase A", "XXXXXX.XX kVAh"},
    Item{0x0029'0000, 0, 0, 4, phase_energy, Id::phase_import_energy, 1, false, "forward active energy, phase B", "XXXXXX.XX kWh"},
    Item{0x002A'0000, 0, 0, 4, phase_energy, Id::phase_export_energy, 1, false, "reverse active energy, phase B", "XXXXXX.XX kWh"},
    Item{0x002B'0000, 0, 0, 4, phase_energy, Id::phase_reactive_import_energy, 1, false, "reactive energy 1, phase B", "XXXXXX.XX kvarh"},
    Item{0x002C'0000, 0, 0, 4, phase_energy, Id::phase_reactive_export_energy, 1, false, "reactive energy 2, phase B", "XXXXXX.XX kvarh"},
    Item{0x002D'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q1, 1, false, "reactive energy, quadrant 1, phase B", "XXXXXX.XX kvarh"},
    Item{0x002E'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q2, 1, false, "reactive energy, quadrant 2, phase B", "XXXXXX.XX kvarh"},
    Item{0x002F'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q3, 1, false, "reactive energy, quadrant 3, phase B", "XXXXXX.XX kvarh"},
    Item{0x0030'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q4, 1, false, "reactive energy, quadrant 4, phase B", "XXXXXX.XX kvarh"},
    Item{0x0031'0000, 0, 0, 4, phase_energy, Id::phase_apparent_import_energy, 1, false, "forward apparent energy, phase B", "XXXXXX.XX kVAh"},
    Item{0x0032'0000, 0, 0, 4, phase_energy, Id::phase_apparent_export_energy, 1, false, "reverse apparent energy, phase B", "XXXXXX.XX kVAh"},
    Item{0x003D'0000, 0, 0, 4, phase_energy, Id::phase_import_energy, 2, false, "forward active energy, phase C", "XXXXXX.XX kWh"},
    Item{0x003E'0000, 0, 0, 4, phase_energy, Id::phase_export_energy, 2, false, "reverse active energy, phase C", "XXXXXX.XX kWh"},
    Item{0x003F'0000, 0, 0, 4, phase_energy, Id::phase_reactive_import_energy, 2, false, "reactive energy 1, phase C", "XXXXXX.XX kvarh"},
    Item{0x0040'0000, 0, 0, 4, phase_energy, Id::phase_reactive_export_energy, 2, false, "reactive energy 2, phase C", "XXXXXX.XX kvarh"},
    Item{0x0041'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q1, 2, false, "reactive energy, quadrant 1, phase C", "XXXXXX.XX kvarh"},
    Item{0x0042'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q2, 2, false, "reactive energy, quadrant 2, phase C", "XXXXXX.XX kvarh"},
    Item{0x0043'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q3, 2, false, "reactive energy, quadrant 3, phase C", "XXXXXX.XX kvarh"},
    Item{0x0044'0000, 0, 0, 4, phase_energy, Id::phase_reactive_energy_q4, 2, false, "reactive energy, quadrant 4, phase C", "XXXXXX.XX kvarh"},
    Item{0x0045'0000, 0, 0, 4, phase_energy, Id::phase_apparent_import_energy, 2, false, "forward apparent energy, phase C", "XXXXXX.XX kVAh"},
    Item{0x0046'0000, 0, 0, 4, phase_energy, Id::phase_apparent_export_energy, 2, false, "reverse apparent energy, phase C", "XXXXXX.XX kVAh"},
    Item{0x0090'0100, 1, 0, 4, credit, Id::balance, of(CreditUnit::energy), false, "remaining energy", "XXXXXX.XX kWh"},
    Item{0x0090'0101, 1, 1, 4, overdraft, Id::balance, of(CreditUnit::energy), false, "overdraft energy", "XXXXXX.XX kWh"},
    Item{0x0090'0200, 2, 0, 4, credit, Id::balance, of(CreditUnit::money), false, "remaining money", "XXXXXX.XX"},
    Item{0x0090'0201, 2, 1, 4, overdraft, Id::balance, of(CreditUnit::money), false, "overdraft money", "XXXXXX.XX"},
    // Maximum demand
    Item{0x0101'0000, 0, 0x0C, 8, demand, Id::max_demand, 1, false, "forward maximum demand and its time", "XX.XXXX kW, YYMMDDhhmm"},
    Item{0x0102'0000, 0, 0, 8, demand_now, Id::max_export_demand, 1, false, "reverse maximum demand and its time", "XX.XXXX kW, YYMMDDhhmm"},
    Item{0x0103'0000, 0, 0, 8, demand_now, Id::max_reactive_import_demand, 1, false, "maximum demand of reactive energy 1 and its time", "XX.XXXX kvar, YYMMDDhhmm"},
    Item{0x0104'0000, 0, 0, 8, demand_now, Id::max_reactive_export_demand, 1, false, "maximum demand of reactive energy 2 and its time", "XX.XXXX kvar, YYMMDDhhmm"},
    // Variables
    Item{0x0201'0100, 3, 0, 2, phase, Id::voltage, mv_per_100_mv, false, "voltage", "XXX.X V"},
    Item{0x0202'0100, 3, 0, 3, phase, Id::current, 1, true, "current", "XXX.XXX A"},
    Item{0x0203'0000, 3, 0, 3, total_phase, Id::active_power, 1, true, "active power", "XX.XXXX kW"},
    Item{0x0204'0000, 3, 0, 3, total_phase, Id::reactive_power, 1, true, "reactive power", "XX.XXXX kvar"},
    Item{0x0205'0000, 3, 0, 3, total_phase, Id::apparent_power, 1, false, "apparent power", "XX.XXXX kVA"},
    Item{0x0206'0000, 3, 0, 2, total_phase, Id::power_factor, e4_per_e3, true, "power factor", "X.XXX"},
    Item{0x0207'0100, 3, 0, 2, phase_angle, Id::current_angle, mdeg_per_100_mdeg, false, "phase angle, current behind voltage", "XXX.X °"},
    Item{0x0208'0100, 3, 0, 2, phase, Id::voltage_thd, 1, false, "voltage distortion", "XX.XX %"},
    Item{0x0209'0100, 3, 0, 2, phase, Id::current_thd, 1, false, "current distortion", "XX.XX %"},
    Item{0x020A'0101, 3, 0x15, 2, harmonic, Id::voltage_harmonic, 1, false, "voltage harmonic of order DI0", "XX.XX %"},
    Item{0x020B'0101, 3, 0x15, 2, harmonic, Id::current_harmonic, 1, false, "current harmonic of order DI0", "XX.XX %"},
    Item{0x0280'0001, 0, 1, 3, number, Id::neutral_current, 1, false, "neutral current", "XXX.XXX A"},
    Item{0x0280'0002, 0, 2, 2, number, Id::frequency, mhz_per_10_mhz, false, "frequency", "XX.XX Hz"},
    Item{0x0280'0004, 0, 4, 3, number, Id::rising_demand, 1, false, "present active demand", "XX.XXXX kW"},
    Item{0x0280'000B, 0, 0x0B, 4, number, Id::price, 1, false, "present step price", "XXXX.XXXX"},
    Item{0x0280'0020, 0, 0x20, 4, number, Id::price, 1, false, "present price", "XXXX.XXXX"},
    Item{0x0280'0021, 0, 0x21, 4, number, Id::price, 1, false, "present rate price", "XXXX.XXXX"},
    // Events
    Item{0x0311'0000, 0, 0, 3, number, Id::power_cuts, 1, false, "power failures", "XXXXXX"},
    Item{0x0311'0001, 0, 0x0A, 12, event, {}, of(EventCode::power_returned), false, "power failure: start unknown, end", "2 × YYMMDDhhmmss"},
    Item{0x0330'0000, 0, 0, 3, event_count, {}, of(EventCode::programmed), false, "programmings", "XXXXXX"},
    Item{0x0330'0001, 0, 0x0A, 50, event, {}, of(EventCode::programmed), false, "programming: time, operator, ten identifiers", "YYMMDDhhmmss, 11 × 4"},
    Item{0x0330'0400, 4, 0, 3, event_count, {}, of(EventCode::clock_set), false, "clock settings", "XXXXXX"},
    Item{0x0330'0401, 4, 0x0A, 16, event, {}, of(EventCode::clock_set), false, "clock setting: operator, before, after", "4, 2 × YYMMDDhhmmss"},
    Item{0x0330'0D00, 0x0D, 0, 3, event_count, {}, begin_of(15), false, "openings of the meter cover", "XXXXXX"},
    Item{0x0330'0D01, 0x0D, 0x0A, 60, event, {}, begin_of(15), false, "meter cover: start, rest unknown", "YYMMDDhhmmss, FF"},
    Item{0x0330'0E00, 0x0E, 0, 3, event_count, {}, begin_of(16), false, "openings of the terminal cover", "XXXXXX"},
    Item{0x0330'0E01, 0x0E, 0x0A, 60, event, {}, begin_of(16), false, "terminal cover: start, rest unknown", "YYMMDDhhmmss, FF"},
    Item{0x0332'0101, 6, 0x0A, 0, purchase, {}, of(CreditUnit::energy), false, "purchase of energy: date, count, amount, before, after, cumulative", "5, 2, 4 × XXXXXX.XX"},
    Item{0x0333'0101, 6, 0x0A, 0, purchase, {}, of(CreditUnit::money), false, "purchase of money: the same", "5, 2, 4 × XXXXXX.XX"},
    Item{0x0335'0000, 0, 0, 3, event_count, {}, begin_of(14), false, "magnetic fields", "XXXXXX"},
    Item{0x0335'0001, 0, 0x0A, 28, event, {}, begin_of(14), false, "magnetic field: start, rest unknown", "YYMMDDhhmmss, FF"},
    // Parameters
    Item{0x0400'0101, 1, 1, 4, weekday_date, {}, 1, false, "date and weekday", "YYMMDDWW"},
    Item{0x0400'0102, 1, 2, 3, time_of_day, {}, 1, false, "time", "hhmmss"},
    Item{0x0400'0103, 1, 3, 1, number, Id::demand_minutes, 1, false, "demand period", "NN min"},
    Item{0x0400'0104, 1, 4, 1, demand_slip, Id::demand_slide, 1, false, "demand slip", "NN min"},
    Item{0x0400'010C, 1, 0x0C, 7, date_and_time, {}, 1, false, "date, weekday and time", "YYMMDDWWhhmmss"},
    Item{0x0400'0204, 2, 4, 1, constant, {}, 8, false, "rates", "NN"},
    Item{0x0400'0303, 3, 3, 1, constant, {}, 2, false, "decimals of energies", "NN"},
    Item{0x0400'0304, 3, 4, 1, constant, {}, 4, false, "decimals of powers", "NN"},
    Item{0x0400'0401, 4, 1, 6, digits, Id::dlt_address, 1, false, "communication address", "12 digits"},
    Item{0x0400'0402, 4, 2, 6, digits, Id::meter_number, 1, false, "meter number", "12 digits"},
    Item{0x0400'0403, 4, 3, 32, text, Id::meter_number, 1, false, "asset number", "ASCII"},
    Item{0x0400'040B, 4, 0x0B, 10, text, Id::model, 1, false, "model", "ASCII"},
    Item{0x0400'0501, 5, 7, 2, status, {}, 1, false, "running status words 1 to 7", "16 bits"},
    Item{0x0400'0601, 6, 1, 1, bits, {}, 5, false, "active combination: forward and reverse", "8 bits"},
    Item{0x0400'0702, 7, 2, 1, bits, {}, 0x20, false, "baud word of the optical port: up to 9600", "8 bits"},
    Item{0x0400'0703, 7, 3, 1, bits, Id::line_baud, 1, false, "baud word of port 1", "8 bits"},
    Item{0x0400'0A04, 0x0A, 4, 2, number, Id::profile_minutes, 1, false, "interval of the load record", "NNNN min"},
    Item{0x0400'0B01, 0x0B, 1, 2, settlement, {}, 1, false, "settlement day", "DDhh"},
    Item{0x0400'0F01, 0x0F, 1, 4, credit, Id::low_credit, of(CreditUnit::energy), false, "alarm energy 1", "XXXXXX.XX kWh"},
    Item{0x0400'0F02, 0x0F, 2, 4, credit, Id::reminder_credit, of(CreditUnit::energy), false, "alarm energy 2", "XXXXXX.XX kWh"},
    Item{0x0400'0F03, 0x0F, 3, 4, credit, Id::credit_ceiling, of(CreditUnit::energy), false, "hoarding limit, energy", "XXXXXX.XX kWh"},
    Item{0x0400'0F04, 0x0F, 4, 4, credit, Id::overdraft_credit, of(CreditUnit::energy), false, "overdraft limit, energy", "XXXXXX.XX kWh"},
    Item{0x0400'1001, 0x10, 1, 4, credit, Id::low_credit, of(CreditUnit::money), false, "alarm amount 1", "XXXXXX.XX"},
    Item{0x0400'1002, 0x10, 2, 4, credit, Id::reminder_credit, of(CreditUnit::money), false, "alarm amount 2", "XXXXXX.XX"},
    Item{0x0400'1003, 0x10, 3, 4, credit, Id::overdraft_credit, of(CreditUnit::money), false, "overdraft limit", "XXXXXX.XX"},
    Item{0x0400'1004, 0x10, 4, 4, credit, Id::credit_ceiling, of(CreditUnit::money), false, "hoarding limit", "XXXXXX.XX"},
    Item{0x0400'1005, 0x10, 5, 4, credit, Id::reconnect_credit, of(CreditUnit::money), false, "amount above which closing is allowed", "XXXXXX.XX"},
    Item{0x0400'1203, 0x12, 3, 2, daily_minute, Id::daily_minute, 1, false, "daily freeze", "hhmm"},
    Item{0x0480'0001, 0, 1, 32, text, Id::firmware_version, 1, false, "software version", "ASCII"},
    // Freezes
    Item{0x0500'0001, 0x10, 0x0C, 0, freeze, {}, 0, false, "timed freeze: the monthly one", "by DI1"},
    Item{0x0501'0001, 0x10, 0x0A, 0, freeze, {}, 3, false, "instant freeze", "by DI1"},
    Item{0x0504'0001, 0x10, 0x30, 0, freeze, {}, 2, false, "hourly freeze", "by DI1"},
    Item{0x0506'0001, 0x10, 0x3E, 0, freeze, {}, 1, false, "daily freeze", "by DI1"},
    // Load records
    Item{0x0600'0000, 0, 2, 0, profile, {}, 0, false, "load record, all classes", "records"},
    Item{0x0601'0000, 0, 2, 0, profile, {}, 1, false, "load record, voltage, current, frequency", "records"},
    Item{0x0602'0000, 0, 2, 0, profile, {}, 2, false, "load record, powers", "records"},
    Item{0x0603'0000, 0, 2, 0, profile, {}, 3, false, "load record, power factors", "records"},
    Item{0x0604'0000, 0, 2, 0, profile, {}, 4, false, "load record, energies", "records"},
    Item{0x0605'0000, 0, 2, 0, profile, {}, 5, false, "load record, reactive energies", "records"},
    Item{0x0606'0000, 0, 2, 0, profile, {}, 6, false, "load record, demands", "records"},
    // Conditions of the guard, as far as they are recorded
    Item{0x1001'0001, 0, 1, 3, event_count, {}, begin_of(7), false, "loss of voltage: how often", "XXXXXX"},
    Item{0x1001'0101, 1, 0x0A, 6, event, {}, begin_of(7), false, "loss of voltage: start", "YYMMDDhhmmss"},
    Item{0x1001'2501, 0x25, 0x0A, 6, event, {}, end_of(7), false, "loss of voltage: end", "YYMMDDhhmmss"},
    Item{0x1101'0001, 0, 1, 3, event_count, {}, begin_of(4), false, "under-voltage: how often", "XXXXXX"},
    Item{0x1101'0101, 1, 0x0A, 6, event, {}, begin_of(4), false, "under-voltage: start", "YYMMDDhhmmss"},
    Item{0x1101'2501, 0x25, 0x0A, 6, event, {}, end_of(4), false, "under-voltage: end", "YYMMDDhhmmss"},
    Item{0x1201'0001, 0, 1, 3, event_count, {}, begin_of(3), false, "over-voltage: how often", "XXXXXX"},
    Item{0x1201'0101, 1, 0x0A, 6, event, {}, begin_of(3), false, "over-voltage: start", "YYMMDDhhmmss"},
    Item{0x1201'2501, 0x25, 0x0A, 6, event, {}, end_of(3), false, "over-voltage: end", "YYMMDDhhmmss"},
    Item{0x1400'0001, 0, 1, 3, event_count, {}, begin_of(10), false, "reverse voltage sequence: how often", "XXXXXX"},
    Item{0x1400'0101, 1, 0x0A, 6, event, {}, begin_of(10), false, "reverse voltage sequence: start", "YYMMDDhhmmss"},
    Item{0x1400'2501, 0x25, 0x0A, 6, event, {}, end_of(10), false, "reverse voltage sequence: end", "YYMMDDhhmmss"},
    Item{0x1600'0001, 0, 1, 3, event_count, {}, begin_of(8), false, "voltage unbalance: how often", "XXXXXX"},
    Item{0x1600'0101, 1, 0x0A, 6, event, {}, begin_of(8), false, "voltage unbalance: start", "YYMMDDhhmmss"},
    Item{0x1600'2501, 0x25, 0x0A, 6, event, {}, end_of(8), false, "voltage unbalance: end", "YYMMDDhhmmss"},
    Item{0x1700'0001, 0, 1, 3, event_count, {}, begin_of(9), false, "current unbalance: how often", "XXXXXX"},
    Item{0x1700'0101, 1, 0x0A, 6, event, {}, begin_of(9), false, "current unbalance: start", "YYMMDDhhmmss"},
    Item{0x1700'2501, 0x25, 0x0A, 6, event, {}, end_of(9), false, "current unbalance: end", "YYMMDDhhmmss"},
    Item{0x1901'0001, 0, 1, 3, event_count, {}, begin_of(5), false, "over-current: how often", "XXXXXX"},
    Item{0x1901'0101, 1, 0x0A, 6, event, {}, begin_of(5), false, "over-current: start", "YYMMDDhhmmss"},
    Item{0x1901'2501, 0x25, 0x0A, 6, event, {}, end_of(5), false, "over-current: end", "YYMMDDhhmmss"},
    Item{0x1B01'0001, 0, 1, 3, event_count, {}, begin_of(13), false, "power reversal: how often", "XXXXXX"},
    Item{0x1B01'0101, 1, 0x0A, 6, event, {}, begin_of(13), false, "power reversal: start", "YYMMDDhhmmss"},
    Item{0x1B01'2501, 0x25, 0x0A, 6, event, {}, end_of(13), false, "power reversal: end", "YYMMDDhhmmss"},
    Item{0x1C01'0001, 0, 1, 3, event_count, {}, begin_of(6), false, "overload: how often", "XXXXXX"},
    Item{0x1C01'0101, 1, 0x0A, 6, event, {}, begin_of(6), false, "overload: start", "YYMMDDhhmmss"},
    Item{0x1C01'2501, 0x25, 0x0A, 6, event, {}, end_of(6), false, "overload: end", "YYMMDDhhmmss"},
    // Switching
    Item{0x1D00'0001, 0, 1, 3, event_count, {}, of(EventCode::supply_opened), false, "trips that the record holds", "XXXXXX"},
    Item{0x1D00'0101, 1, 0x0A, 6, event, {}, of(EventCode::supply_opened), false, "time of a trip", "YYMMDDhhmmss"},
    Item{0x1E00'0001, 0, 1, 3, event_count, {}, of(EventCode::supply_closed), false, "closings that the record holds", "XXXXXX"},
    Item{0x1E00'0101, 1, 0x0A, 6, event, {}, of(EventCode::supply_closed), false, "time of a closing", "YYMMDDhhmmss"},
};
// clang-format on

constexpr bool rises() {
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (table[i - 1].di >= table[i].di) return false;
  }
  return true;
}
static_assert(rises(), "two rows of one identifier, or rows out of order");

constexpr std::uint8_t block = 0xFF;

// Whether one byte of an identifier lies in a run, or asks for all of a run that is one.
constexpr bool fits(std::uint8_t asked, std::uint8_t first, std::uint8_t last) {
  return (asked >= first && asked <= last) || (asked == block && last > first);
}

constexpr std::uint8_t byte_of(std::uint32_t di, unsigned index) {
  return static_cast<std::uint8_t>(di >> (8U * index));
}

}  // namespace

std::span<const Item> items() {
  return table;
}

const Item* find(std::uint32_t di) {
  const auto found = std::ranges::find_if(table, [di](const Item& item) {
    return di >> 16U == item.di >> 16U && fits(byte_of(di, 1), byte_of(item.di, 1), item.di1_last) &&
           fits(byte_of(di, 0), byte_of(item.di, 0), item.di0_last);
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace lk::dlt645
