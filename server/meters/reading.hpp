// SPDX-License-Identifier: Apache-2.0
// A reading of a meter as docs/formats/mqtt.md carries it. A meter of another maker lacks the fields it does
// not know.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lk::meters {

using Number = std::optional<std::int64_t>;

struct Reading {
  std::int64_t ts = 0;   // gateway's time of the read, ms
  std::int64_t seq = 0;  // rises by one for each reading of a gateway
  Number meter_time, voltage_mv, current_ma, active_power_dw, reactive_power_dvar, apparent_power_dva,
      power_factor_e4, frequency_mhz, import_energy_mj, export_energy_mj, balance, priced_energy_mj, deducted,
      credited, price, tariff_version, token_count, order_sequence, event_count, power_cuts;
  std::optional<bool> supply_closed;
  std::vector<std::string> hold_reasons;
  std::vector<std::string> alarms;
};

struct ReadingField {
  std::string_view name;  // of the MQTT field and of the database column
  Number Reading::* member;
};

// The fields that are plain integers, in the order of the database's columns.
inline constexpr std::array<ReadingField, 20> reading_fields{{
    {"meter_time", &Reading::meter_time},
    {"voltage_mv", &Reading::voltage_mv},
    {"current_ma", &Reading::current_ma},
    {"active_power_dw", &Reading::active_power_dw},
    {"reactive_power_dvar", &Reading::reactive_power_dvar},
    {"apparent_power_dva", &Reading::apparent_power_dva},
    {"power_factor_e4", &Reading::power_factor_e4},
    {"frequency_mhz", &Reading::frequency_mhz},
    {"import_energy_mj", &Reading::import_energy_mj},
    {"export_energy_mj", &Reading::export_energy_mj},
    {"balance", &Reading::balance},
    {"priced_energy_mj", &Reading::priced_energy_mj},
    {"deducted", &Reading::deducted},
    {"credited", &Reading::credited},
    {"price", &Reading::price},
    {"tariff_version", &Reading::tariff_version},
    {"token_count", &Reading::token_count},
    {"order_sequence", &Reading::order_sequence},
    {"event_count", &Reading::event_count},
    {"power_cuts", &Reading::power_cuts},
}};

}  // namespace lk::meters
