// SPDX-License-Identifier: Apache-2.0
// Orders that go by card take their sequences from the same row as those that go over a gateway.
#pragma once

#include <cstdint>
#include <string>

#include "order/command.hpp"
#include "server/cards/cards.hpp"

namespace lk::cards {

struct SealedHere {
  std::int64_t sequence = 0;
  std::string bytes;  // hexadecimal
};
// Seals a command for a meter under its next sequence, without expiry: a card may take its time.
[[nodiscard]] Result<SealedHere> seal_next(store::Session& session, vault::OrderSealer& sealer,
                                           const std::string& meter, const order::Command& command);
// The command inside an order's bytes in hexadecimal; they must be one that was sealed here.
[[nodiscard]] order::Command command_in(const std::string& sealed);

}  // namespace lk::cards
