// SPDX-License-Identifier: Apache-2.0
// One row for each value that a meter shows or takes, with its place on Modbus. A row that is found by name
// or by address says how its registers are read (`codec.hpp`). The rows stand in `tables/`, a table for each
// part of the meter; they are checked while they are compiled: each Id has one row, no two rows claim one
// register, one name or one OBIS code, and each parameter has a range. Other protocols' tables name rows
// (`table.hpp`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dictionary/row.hpp"

namespace lk::dictionary {

// All rows, rising by address.
[[nodiscard]] std::span<const Row> rows();
[[nodiscard]] const Row& row(Id id);
// The row of that name, or null.
[[nodiscard]] const Row* find(std::string_view name);

// Where an address stands: in which register of which slot of which row; `row` is null where no row has it.
struct Place {
  const Row* row = nullptr;
  std::uint16_t slot_index = 0;
  std::uint16_t register_index = 0;
};
[[nodiscard]] Place find(std::uint16_t address);

// "V", "kWh"; empty for none and for money, whose name the site knows.
[[nodiscard]] std::string_view symbol(Unit unit);
// "measured", "credit_parameters".
[[nodiscard]] std::string_view name_of(Group group);

}  // namespace lk::dictionary
