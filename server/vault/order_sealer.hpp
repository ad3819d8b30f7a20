// SPDX-License-Identifier: Apache-2.0
// Who holds the order keys of the meters: it seals orders, and knows the proof that a meter gives of a
// refund. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "order/command.hpp"
#include "quantity/quantity.hpp"
#include "server/vault/refusal.hpp"

namespace lk::vault {

class OrderSealer {
 public:
  // A sealed order in hexadecimal (docs/formats/order.md). `number` has 11 digits; `expiry_unix_s`
  // 0xFFFFFFFF: never. Refused where the module does not answer.
  [[nodiscard]] virtual Answer<std::string> sealed_order(const std::string& number, std::uint32_t sequence,
                                                         std::uint32_t expiry_unix_s,
                                                         const order::Command& command) = 0;
  // The proof, in hexadecimal, that this meter returned `amount` for the order of this sequence.
  [[nodiscard]] virtual Answer<std::string> refund_proof(const std::string& number, std::uint32_t sequence,
                                                         quantity::Money amount) = 0;

 protected:
  ~OrderSealer() = default;
};

}  // namespace lk::vault
