// SPDX-License-Identifier: Apache-2.0
// What can be read by DL/T 645, as data: one row for each data identifier, or for a run of them that differ
// in DI1 (phase, rate) and DI0 (settlement, record). How a row's bytes come to be is its kind, carried out by
// the meter (meter/links). The table of 1997 is a view of that of 2007. Both rise by identifier, checked
// while they are compiled; docs/formats/dlt645.md prints them, and a test compares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dictionary/dictionary.hpp"

namespace lk::dlt645 {

// What a row's bytes are made from. DI1 and DI0 are those asked for.
enum class Kind : std::uint8_t {
  number,           // the dictionary's row, divided by the divisor and rounded to the nearest
  phase,            // the same of phase DI1, the row being phase 1's; of a meter with one phase only DI1 = 01
                    // is there
  phase_angle,      // as `phase`, from 0 to 360 degrees
  total_phase,      // the same; DI1 = 00 is the total, which the row is
  energy_now,       // the row's energy, 0.01 kWh, kvarh or kVAh: eight digits, through zero
  phase_energy,     // the same of the phase that `divisor` says, 0 for A
  energy,           // the row's energy, 0.01 kWh; DI1 the rate, 00 all; DI0 the settlement, 00 now
  combined_energy,  // import and export together, as above
  consumption,      // import energy since a settlement
  demand,           // greatest demand and its time; DI0 as above
  demand_now,       // the row's greatest demand and its time, of this period
  demand_slip,      // minutes from one window to the next
  harmonic,         // the share of the harmonic of order DI0 in phase DI1
  credit,           // the balance as far as it is above zero, where the account has this unit
  overdraft,        // … below zero
  weekday_date,     // YYMMDDWW
  time_of_day,      // hhmmss
  date_and_time,    // YYMMDDWWhhmmss
  digits,           // the communication address, or the meter's number
  text,             // ASCII, padded with zeros, last character first
  constant,         // `divisor` itself, in digits
  bits,             // a byte of bits: the row's, or `divisor` itself
  daily_minute,     // hhmm of a row in minutes
  settlement,       // DDhh of the billing day and hour
  status,           // status word DI0
  event_count,      // how many events of a code the long record holds
  event,            // a record of an event: DI0 counts back from the last
  purchase,         // one field of a purchase: DI1 says which
  freeze,           // one field of a freeze: DI1 says which, DI0 counts back from the last
  profile,          // load records
};

// The unit of the account that a credit is shown in.
enum class CreditUnit : std::uint8_t { money = 0, energy = 1 };

struct Item {
  std::uint32_t di;
  std::uint8_t di1_last;  // the run's last DI1, and its last DI0
  std::uint8_t di0_last;
  std::uint8_t size_bytes;
  Kind kind;
  dictionary::Id id{};  // kinds that name a row
  // Or a kind's own argument; of events the code, and in the upper half one more than the detail, 0 for any.
  std::int32_t divisor = 1;
  bool is_signed = false;
  std::string_view what;
  std::string_view format;
};

// All rows of 2007, rising.
[[nodiscard]] std::span<const Item> items();
// The row that an identifier belongs to; FF as DI1 or DI0 asks for the whole run (a block). Null where there
// is none.
[[nodiscard]] const Item* find(std::uint32_t di);

// A row of 1997 by the row of 2007 that it shows.
struct Item97 {
  std::uint16_t di;
  std::uint8_t last;  // the run's last low nibble; low nibble F is the block of the run
  std::uint8_t size_bytes;
  std::uint32_t twin;    // of the first of the run
  std::uint32_t step;    // of the twin for each of the run
  std::uint8_t offset;   // of its bytes in those of the twin
  std::uint8_t divisor;  // 1: the bytes as they are; else a number with so much less of a resolution
  bool has_history;      // identifier + 0400H: last settlement, + 0800H: the one before
  std::string_view what;
};
[[nodiscard]] std::span<const Item97> items97();
// What an identifier of 1997 asks for: its row and from where to where in the run; settlement 0 is now.
struct Place97 {
  const Item97* item = nullptr;
  std::uint8_t first = 0;
  std::uint8_t last = 0;
  std::uint8_t settlement = 0;
};
[[nodiscard]] Place97 find97(std::uint16_t di);

}  // namespace lk::dlt645
