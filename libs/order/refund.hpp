// SPDX-License-Identifier: Apache-2.0
// The proof of a refund: only the meter and the platform can make it (docs/formats/order.md). Pure.
#pragma once

#include <cstdint>

#include "order/order.hpp"
#include "quantity/quantity.hpp"

namespace lk::order {

using RefundProof = Seal;

// That this meter returned `amount` for the order of this sequence. `number` has at most 11 digits.
[[nodiscard]] RefundProof refund_proof(const Key& key, std::uint64_t number, std::uint32_t sequence,
                                       quantity::Money amount);

}  // namespace lk::order
