// SPDX-License-Identifier: Apache-2.0
// Which requests fetch a set of values in the shortest time on the wire. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dictionary/dictionary.hpp"

namespace lk::gateway {

// One function 03: `count` registers from `address`.
struct Block {
  std::uint16_t address = 0;
  std::uint16_t count = 0;
  bool operator==(const Block&) const = default;
};

// The fewest bytes on the line that read all of `ids`, as blocks of at most 125 registers, rising by address.
// No value is cut in two. Values that nobody asked for are read along where that is cheaper than another
// request, but never an address without a row: a meter refuses those.
[[nodiscard]] std::vector<Block> plan_reads(std::span<const dictionary::Id> ids);

// What a poll of a meter wants: the measured values, and the account as one consistent picture.
[[nodiscard]] std::span<const dictionary::Id> polled_ids();

// The twelve slots of the event log in one request.
[[nodiscard]] Block event_block();
// A row on its own.
[[nodiscard]] Block block_of(dictionary::Id first, dictionary::Id last);

}  // namespace lk::gateway
