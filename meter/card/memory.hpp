// SPDX-License-Identifier: Apache-2.0
// What a meter remembers of cards, as one value: written in the same batch as what a card brought, so that a
// load is done and marked as done in one step. Bytes: docs/formats/meter-state.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "card/load.hpp"
#include "card/statement.hpp"

namespace lk::card {

// How far a load of one card has come.
struct Mark {
  std::uint64_t serial = 0;  // 0: of none
  std::uint32_t load = 0;
  std::uint8_t done_count = 0;
  std::array<ItemResult, item_max> results{};
  bool operator==(const Mark&) const = default;
};

struct Memory {
  static constexpr std::size_t stored_bytes = 59;

  std::uint64_t bound = 0;  // serial of the meter's own card; 0: there is none
  std::uint32_t issue = 0;  // of that card among all that it has had
  Mark own;                 // of the meter's own card
  Mark other;               // of the card of another kind that came last
  std::uint32_t refused_count = 0;

  [[nodiscard]] Mark& mark_of(std::uint64_t serial) { return serial == bound ? own : other; }
  [[nodiscard]] const Mark& mark_of(std::uint64_t serial) const { return serial == bound ? own : other; }
  // One more item of the card's load is done with.
  void note(std::uint64_t serial, ItemResult result);

  bool operator==(const Memory&) const = default;
};

using StoredMemory = std::array<std::byte, Memory::stored_bytes>;
[[nodiscard]] StoredMemory encode(const Memory& memory);
// False where the bytes are no such memory; `memory` is then unchanged.
[[nodiscard]] bool decode(std::span<const std::byte> bytes, Memory& memory);

}  // namespace lk::card
