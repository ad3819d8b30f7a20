// SPDX-License-Identifier: Apache-2.0
// All rows as one constant: the tables of `tables/` joined and sorted by address. For other protocols'
// tables, which name rows and check themselves against them when they are compiled; whoever only reads
// includes dictionary.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "dictionary/tables/account.hpp"
#include "dictionary/tables/clock.hpp"
#include "dictionary/tables/command.hpp"
#include "dictionary/tables/credit.hpp"
#include "dictionary/tables/events.hpp"
#include "dictionary/tables/guard.hpp"
#include "dictionary/tables/identity.hpp"
#include "dictionary/tables/long_records.hpp"
#include "dictionary/tables/measured.hpp"
#include "dictionary/tables/order.hpp"
#include "dictionary/tables/panel.hpp"
#include "dictionary/tables/phases.hpp"
#include "dictionary/tables/records.hpp"
#include "dictionary/tables/supply.hpp"
#include "dictionary/tables/token.hpp"

namespace lk::dictionary {
namespace tables {

template <std::size_t... n>
consteval auto joined(const std::array<Row, n>&... tables) {
  std::array<Row, (n + ...)> all{};
  std::size_t end = 0;
  const auto add = [&](const auto& table) {
    for (const Row& row : table) all[end++] = row;
  };
  (add(tables), ...);
  std::ranges::sort(all, {}, &Row::address);
  return all;
}

}  // namespace tables

inline constexpr auto table = tables::joined(
    tables::measured, tables::harmonics, tables::phases, tables::phase_harmonics, tables::identity,
    tables::account, tables::token, tables::order, tables::command, tables::event, tables::token_log,
    tables::credit, tables::credit_parameters, tables::supply, tables::supply_parameters,
    tables::demand_and_voltage, tables::records_parameters, tables::clock, tables::link_parameters,
    tables::line_parameters, tables::panel_parameters, tables::guard, tables::guard_parameters,
    tables::long_records);
static_assert(table.size() == id_count, "an Id without a row, or a row too many");

namespace tables {

consteval std::array<std::uint8_t, id_count> positions() {
  std::array<std::uint8_t, id_count> found{};
  for (std::size_t i = 0; i < table.size(); ++i)
    found[static_cast<std::size_t>(table[i].id)] = static_cast<std::uint8_t>(i);
  return found;
}
inline constexpr auto position_of_id = positions();

consteval std::size_t count_parameter_values() {
  std::size_t count = 0;
  for (const Row& row : table) count += row.is_parameter() ? row.slot_count : 0U;
  return count;
}
// How many values all parameters have, slot by slot.
inline constexpr std::size_t parameter_value_count = count_parameter_values();

}  // namespace tables

[[nodiscard]] constexpr const Row& row_of(Id id) {
  return table[tables::position_of_id[static_cast<std::size_t>(id)]];
}

}  // namespace lk::dictionary
