// SPDX-License-Identifier: Apache-2.0
#include "order/refund.hpp"

#include <array>
#include <string_view>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/cmac.hpp"

namespace lk::order {

RefundProof refund_proof(const Key& key, std::uint64_t number, std::uint32_t sequence,
                         quantity::Money amount) {
  constexpr std::string_view title = "latchkey refund v1";
  constexpr unsigned high_bits = 32;
  std::array<std::byte, 36> message{};
  bytes::Writer writer{message};
  for (const char c : title) writer.byte(static_cast<std::uint8_t>(c));
  writer.big(static_cast<std::uint16_t>(number >> high_bits));
  writer.big(static_cast<std::uint32_t>(number));
  writer.big(sequence);
  writer.big(amount.count());
  ensure(writer.ok() && writer.size_bytes() == message.size());
  return crypto::cmac(key, message);
}

}  // namespace lk::order
