// SPDX-License-Identifier: Apache-2.0
// What a meter keeps for tokens, as one value: written in the same record as the credit, so that a token is
// used and paid in one step. Bytes: docs/formats/meter-state.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "bytes/bytes.hpp"
#include "sts/key_change.hpp"
#include "sts/key_generation.hpp"
#include "sts/tid_store.hpp"

namespace lk::tokens {

// The decoder key register of IEC 62055-41. The base date is not in it: no token carries it.
struct KeyRegister {
  sts::KeyBits key;
  sts::KeyType key_type = sts::KeyType::unique;
  std::uint8_t key_revision_number = 1;
  std::uint8_t key_expiry_number = 255;
  std::uint8_t tariff_index = 0;
  std::optional<std::uint32_t> supply_group_code;  // unknown until a set of 3 or 4 sections brings it

  bool operator==(const KeyRegister&) const = default;
};

// What tokens have set; 0 is "never set".
struct Settings {
  std::uint32_t power_limit_w = 0;
  std::uint32_t unbalance_limit_w = 0;
  std::uint16_t tariff_rate = 0;
  std::uint16_t water_factor = 0;
  std::uint16_t extended_flags = 0;    // flag n is bit n
  std::uint16_t extended_control = 0;  // the last value of index 0

  bool operator==(const Settings&) const = default;
};

struct State {
  // 1 + 16 key, 4 of what goes with it, 4 supply group, 16 settings, 4 count, 1 guesses, 1 + 3 · 50
  // identifiers
  static constexpr std::size_t stored_max_bytes = 46 + 1 + 3 * sts::TidStore::capacity;

  KeyRegister key;
  Settings settings;
  std::uint32_t entry_count = 0;   // entries in the token log since new
  std::uint8_t wrong_entries = 0;  // that the lock-out against guessing still counts
  sts::TidStore used;
};

void encode(const State& state, bytes::Writer& to);
// False where the bytes are no such state; `state` is then unchanged. Bytes of version 3 of the meter's state
// do not count wrong entries.
[[nodiscard]] bool decode(bytes::Reader& from, State& state, bool counts_wrong_entries = true);

// Loads a complete change: key and what goes with it, and with a roll-over the used identifiers are
// forgotten. What was credited or set stays.
void load(State& state, const sts::KeyChange& change);

}  // namespace lk::tokens
