// SPDX-License-Identifier: Apache-2.0
#include "dictionary/commands.hpp"

#include <array>

namespace lk::dictionary {
namespace {

using enum Passwords;

constexpr auto verb_table = std::to_array<VerbRow>({
    {1, "open", "", both},
    {2, "close", "", both},
    {3, "set_price", "u32 price (0.0001 per kWh), u32 tariff version", none},
    {4, "set_clock", "i64 ms since 1970-01-01 UTC", both},
    {5, "set_low_credit", "i64 threshold (0.00001)", modbus},
    {6, "tariff_chunk", "u32 version, u8 index, 1 to 40 bytes", none},
    {7, "tariff_activate", "u32 version, u16 size, u32 s since 1970-01-01 UTC, 32 bytes SHA-256", none},
    {8, "set_parameters", "one to four times u16 address, i64 value", both},
    {9, "set_mode", "u8 unit, u8 payment, u8 settlement, i64 opening balance (0.00001)", none},
    {10, "open_account", "", none},
    {11, "refund", "i64 at most (0.00001)", none},
    {12, "set_debt", "u8 debt 1 to 3, i64 amount (0.00001)", none},
    {13, "take_emergency", "", none},
    {14, "permit", "", both},
    {15, "alarm", "u8 1 on, 0 off", both},
    {16, "keep_power", "u8 1 on, 0 off", dlt645},
    {17, "release_limit", "", modbus},
    {18, "freeze", "u32 s since 1970-01-01 UTC, 0 now", both},
    {19, "reset_demand", "", both},
});

constexpr auto record_table = std::to_array<RecordRow>({
    {0, "all", 300},        {1, "tamper", 100},  {2, "relay", 100},    {3, "token", 50},
    {4, "power", 20},       {5, "voltage", 20},  {6, "credit", 50},    {7, "tariff", 20},
    {8, "programming", 50}, {9, "clock", 20},    {10, "overload", 20}, {11, "malicious_load", 20},
    {12, "card", 20},       {13, "fault", 20},   {14, "monthly", 13},  {15, "daily", 62},
    {16, "hourly", 48},     {17, "instant", 10}, {18, "profile", 0},
});

consteval bool are_counted() {
  for (std::size_t i = 0; i < verb_table.size(); ++i)
    if (verb_table[i].verb != i + 1) return false;
  for (std::size_t i = 0; i < record_table.size(); ++i)
    if (record_table[i].number != i) return false;
  return true;
}
static_assert(are_counted(), "verbs go from 1, records from 0, without a gap");

}  // namespace

std::span<const VerbRow> verbs() {
  return verb_table;
}

const VerbRow* find_verb(std::uint8_t verb) {
  return verb >= 1 && verb <= verb_table.size() ? &verb_table[verb - 1U] : nullptr;
}

std::span<const RecordRow> records() {
  return record_table;
}

std::string_view command_result_name(std::uint16_t result) {
  constexpr std::array<std::string_view, 7> names{"none",      "done",    "already_done", "refused",
                                                  "not_ready", "unknown", "locked"};
  return result < names.size() ? names[result] : "unknown_result";
}

}  // namespace lk::dictionary
