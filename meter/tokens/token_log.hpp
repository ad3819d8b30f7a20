// SPDX-License-Identifier: Apache-2.0
// The last 50 tokens that were entered, with time and result: numbers that rise by one from 1, number n in
// slot n mod 50. An entry is noted, stored in the same batch as what it did, and only then shown. Not
// thread-safe; no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dictionary/dictionary.hpp"
#include "quantity/quantity.hpp"
#include "sts/result.hpp"

namespace lk::tokens {

inline constexpr std::size_t log_slot_count = dictionary::token_log_slot_count;

struct LogEntry {
  std::uint32_t number = 0;           // 0: none
  std::uint32_t time_s = 0;           // since 1970-01-01 UTC, by the meter's clock
  std::array<char, 20> characters{};  // as entered; blank where it was no number of 66 bits
  sts::TokenResult result = sts::TokenResult::none;
  std::uint32_t token_identifier = 0;
  quantity::Money amount;  // credited by it
  bool operator==(const LogEntry&) const = default;
};

inline constexpr std::size_t log_entry_stored_bytes = 30;
using StoredLogEntry = std::array<std::byte, log_entry_stored_bytes>;

// The bytes of an entry (docs/formats/meter-state.md), and back; an entry of number 0 where they are none.
[[nodiscard]] StoredLogEntry encode(const LogEntry& entry);
[[nodiscard]] LogEntry decode_log_entry(std::span<const std::byte> bytes);

class TokenLog {
 public:
  // After power-up, with the number of the latest entry: each stored entry in any order. One that is not
  // among the last 50 of that count is a leftover and not shown.
  void restore(const LogEntry& entry, std::uint32_t count);

  // Shows an entry that is stored.
  void show(const LogEntry& entry);

  // The entry in a slot; number 0 where there is none.
  [[nodiscard]] LogEntry at_slot(std::size_t slot_index) const;

 private:
  std::array<StoredLogEntry, log_slot_count> slots_{};
};

[[nodiscard]] constexpr std::size_t log_slot_of(std::uint32_t number) {
  return number % log_slot_count;
}

}  // namespace lk::tokens
