// SPDX-License-Identifier: Apache-2.0
// What the meter can be told to do, whatever link it comes by: the verbs of sealed orders
// (docs/formats/order.md), and the codes of the command block (docs/formats/modbus-map.md). The numbers of
// the verbs are also those of other protocols' tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lk::dictionary {

// Codes of the command block. A verb's code is `command_of_verb` and its number.
inline constexpr std::uint16_t command_token = 1;   // arguments: 20 ASCII digits
inline constexpr std::uint16_t command_order = 2;   // arguments: a sealed order
inline constexpr std::uint16_t command_unlock = 3;  // arguments: u32 password
inline constexpr std::uint16_t command_lock = 4;
inline constexpr std::uint16_t command_of_verb = 0x100;  // arguments: the verb's own, without a seal

enum class CommandResult : std::uint16_t {
  none = 0,
  done = 1,
  already_done = 2,
  refused = 3,    // `command_detail` of a token: its result
  not_ready = 4,  // the storage failed: again later
  unknown = 5,    // no such code
  locked = 6,     // needs a seal, or the password first
};
// snake_case; "unknown_result" for a number that is none.
[[nodiscard]] std::string_view command_result_name(std::uint16_t result);

// Which passwords a site may let give a verb without a seal: that of the Modbus compatibility mode, those of
// DL/T 645 and of the optical port.
enum class Passwords : std::uint8_t { none = 0, modbus = 1, dlt645 = 2, both = 3 };

struct VerbRow {
  std::uint8_t verb;
  std::string_view name;       // snake_case
  std::string_view arguments;  // "u32 price_e4, u32 tariff_version"
  // Nothing that is worth money is open to any.
  Passwords passwords;

  [[nodiscard]] constexpr bool is_for(Passwords kind) const {
    return (static_cast<unsigned>(passwords) & static_cast<unsigned>(kind)) != 0;
  }
};
// All verbs; verb n stands at n − 1.
[[nodiscard]] std::span<const VerbRow> verbs();
// The row of a verb's number, or null.
[[nodiscard]] const VerbRow* find_verb(std::uint8_t verb);

// The long records, each a file of function 14 and a value of `log_kind`.
struct RecordRow {
  std::uint16_t number;  // of `log_kind`; the file's number is one higher
  std::string_view name;
  std::uint16_t least_entries;
};
[[nodiscard]] std::span<const RecordRow> records();

}  // namespace lk::dictionary
