// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "dlt645/item.hpp"

namespace lk::dlt645 {
namespace {

constexpr std::uint32_t rate = 0x100;   // the next DI1 of 2007: rate or phase
constexpr std::uint32_t field = 0x100;  // the next field of a purchase

// clang-format off: one row, one line
constexpr std::array table{
    Item97{0x9010, 8, 4, 0x0001'0000, rate, 0, 1, true, "forward active energy"},
    Item97{0x9020, 0, 4, 0x0002'0000, rate, 0, 1, true, "reverse active energy"},
    Item97{0x9110, 0, 4, 0x0003'0000, 0, 0, 1, true, "forward reactive energy: quadrants 1 and 2"},
    Item97{0x9120, 0, 4, 0x0004'0000, 0, 0, 1, true, "reverse reactive energy: quadrants 3 and 4"},
    Item97{0x9130, 0, 4, 0x0005'0000, 0, 0, 1, true, "reactive energy, quadrant 1"},
    Item97{0x9140, 0, 4, 0x0008'0000, 0, 0, 1, true, "reactive energy, quadrant 4"},
    Item97{0x9150, 0, 4, 0x0006'0000, 0, 0, 1, true, "reactive energy, quadrant 2"},
    Item97{0x9160, 0, 4, 0x0007'0000, 0, 0, 1, true, "reactive energy, quadrant 3"},
    Item97{0xA010, 8, 3, 0x0101'0000, rate, 0, 1, true, "forward maximum demand"},
    Item97{0xA020, 8, 3, 0x0102'0000, rate, 0, 1, false, "reverse maximum demand"},
    Item97{0xA110, 8, 3, 0x0103'0000, rate, 0, 1, false, "maximum demand of forward reactive energy"},
    Item97{0xB010, 8, 4, 0x0101'0000, rate, 3, 1, true, "its time"},
    Item97{0xB020, 8, 4, 0x0102'0000, rate, 3, 1, false, "time of the reverse maximum demand"},
    Item97{0xB110, 8, 4, 0x0103'0000, rate, 3, 1, false, "time of the maximum demand of forward reactive energy"},
    Item97{0xB210, 0, 4, 0x0330'0001, 0, 1, 1, false, "last programming"},
    Item97{0xB211, 1, 4, 0x0330'0201, 0, 1, 1, false, "last reset of the demand"},
    Item97{0xB212, 2, 2, 0x0330'0000, 0, 0, 1, false, "programmings"},
    Item97{0xB213, 3, 2, 0x0330'0200, 0, 0, 1, false, "resets of the demand"},
    Item97{0xB611, 3, 2, 0x0201'0100, rate, 0, 10, false, "voltage, V"},
    Item97{0xB621, 3, 2, 0x0202'0100, rate, 0, 10, false, "current, 0.01 A"},
    Item97{0xB630, 3, 3, 0x0203'0000, rate, 0, 1, false, "active power"},
    Item97{0xB640, 3, 2, 0x0204'0000, rate, 0, 100, false, "reactive power, 0.01 kvar"},
    Item97{0xB650, 3, 2, 0x0206'0000, rate, 0, 1, false, "power factor"},
    Item97{0xC010, 0, 4, 0x0400'0101, 0, 0, 1, false, "date and weekday"},
    Item97{0xC011, 1, 3, 0x0400'0102, 0, 0, 1, false, "time"},
    Item97{0xC030, 0, 3, 0x0400'0409, 0, 0, 1, false, "active constant"},
    Item97{0xC032, 2, 6, 0x0400'0402, 0, 0, 1, false, "meter number"},
    Item97{0xC034, 4, 6, 0x0400'0401, 0, 0, 1, false, "communication address"},
    Item97{0xC111, 1, 1, 0x0400'0103, 0, 0, 1, false, "demand period"},
    Item97{0xC112, 2, 1, 0x0400'0104, 0, 0, 1, false, "demand slip"},
    Item97{0xC115, 5, 1, 0x0400'0303, 0, 0, 1, false, "decimals of energies"},
    Item97{0xC116, 6, 1, 0x0400'0304, 0, 0, 1, false, "decimals of powers"},
    Item97{0xC117, 7, 2, 0x0400'0B01, 0, 0, 1, false, "settlement day"},
    Item97{0xC312, 2, 1, 0x0400'0204, 0, 0, 1, false, "rates"},
    Item97{0xC511, 1, 2, 0x0400'0A04, 0, 0, 1, false, "interval of the load record"},
    Item97{0xC860, 6, 2, 0x0400'0501, 1, 0, 1, false, "status words 1 to 7"},
    Item97{0xC990, 0, 4, 0x0090'0100, 1, 0, 1, false, "remaining energy"},
    Item97{0xC991, 1, 4, 0x0090'0101, 1, 0, 1, false, "overdraft energy"},
    Item97{0xC9A0, 0, 5, 0x0332'0101, field, 0, 1, false, "last purchase of energy: date"},
    Item97{0xC9A1, 1, 2, 0x0332'0201, field, 0, 1, false, "its count"},
    Item97{0xC9A2, 5, 4, 0x0332'0301, field, 0, 1, false, "its amount, before, after, cumulative"},
    Item97{0xC9B0, 0, 4, 0x0090'0200, 1, 0, 1, false, "remaining money"},
    Item97{0xC9B1, 1, 4, 0x0090'0201, 1, 0, 1, false, "overdraft money"},
    Item97{0xC9C0, 0, 5, 0x0333'0101, field, 0, 1, false, "last purchase of money: date"},
    Item97{0xC9C1, 1, 2, 0x0333'0201, field, 0, 1, false, "its count"},
    Item97{0xC9C2, 5, 4, 0x0333'0301, field, 0, 1, false, "its amount, before, after, cumulative"},
    Item97{0xC9D0, 0, 4, 0x0400'0F04, 0, 0, 1, false, "overdraft limit, energy"},
    Item97{0xC9D1, 1, 4, 0x0400'0F01, 0, 0, 1, false, "alarm energy 1"},
    Item97{0xC9D2, 2, 4, 0x0400'0F02, 0, 0, 1, false, "alarm energy 2"},
    Item97{0xC9E1, 1, 6, 0x1E00'0101, 0, 0, 1, false, "last closing"},
    Item97{0xC9E2, 2, 6, 0x1D00'0101, 0, 0, 1, false, "last trip"},
};
// clang-format on

constexpr bool rises() {
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (table[i - 1].di >= table[i].di) return false;
  }
  return true;
}
static_assert(rises(), "two rows of one identifier, or rows out of order");

constexpr bool runs_are_apart() {
  for (std::size_t i = 1; i < table.size(); ++i) {
    const bool is_one_group = table[i - 1].di >> 4U == table[i].di >> 4U;
    if (is_one_group && table[i - 1].last >= (table[i].di & 0xFU)) return false;
  }
  return true;
}
static_assert(runs_are_apart(), "two runs claim one identifier");

constexpr std::uint8_t block = 0xF;
constexpr std::uint16_t settlement_bits = 0x0C00;  // of energies, demands and their times

Place97 find_now(std::uint16_t di) {
  const auto low = static_cast<std::uint8_t>(di & 0xFU);
  const auto found = std::ranges::find_if(table, [di, low](const Item97& item) {
    const auto first = static_cast<std::uint8_t>(item.di & 0xFU);
    return di >> 4U == item.di >> 4U &&
           ((low >= first && low <= item.last) || (low == block && item.last > first));
  });
  if (found == table.end()) return {};
  const auto first = static_cast<std::uint8_t>(found->di & 0xFU);
  if (low == block) return {&*found, 0, static_cast<std::uint8_t>(found->last - first), 0};
  const auto index = static_cast<std::uint8_t>(low - first);
  return {&*found, index, index, 0};
}

}  // namespace

std::span<const Item97> items97() {
  return table;
}

Place97 find97(std::uint16_t di) {
  const Place97 now = find_now(di);
  if (now.item != nullptr) return now;
  const auto settlement = static_cast<std::uint8_t>((di & settlement_bits) >> 10U);
  if (settlement == 0 || settlement > 2) return {};
  Place97 past = find_now(static_cast<std::uint16_t>(di & ~settlement_bits));
  if (past.item == nullptr || !past.item->has_history) return {};
  past.settlement = settlement;
  return past;
}

}  // namespace lk::dlt645
