// SPDX-License-Identifier: Apache-2.0
#include "server/vault/order_sealer.hpp"

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "order/order.hpp"
#include "order/refund.hpp"
#include "server/vault/vault.hpp"

namespace lk::vault {

Answer<std::string> Vault::sealed_order(const std::string& number, std::uint32_t sequence,
                                        std::uint32_t expiry_unix_s, const order::Command& command) {
  const std::uint64_t meter = value_of(order::meter_number(number));
  auto key = file_.custody().order_key(meter);
  if (!key) return std::unexpected(std::move(key.error()));
  const order::SealedOrder sealed = order::seal({meter, sequence, expiry_unix_s, command}, *key);
  crypto::wipe(*key);
  return hex(sealed.view());
}

Answer<std::string> Vault::refund_proof(const std::string& number, std::uint32_t sequence,
                                        quantity::Money amount) {
  const std::uint64_t meter = value_of(order::meter_number(number));
  auto key = file_.custody().order_key(meter);
  if (!key) return std::unexpected(std::move(key.error()));
  const order::RefundProof proof = order::refund_proof(*key, meter, sequence, amount);
  crypto::wipe(*key);
  return hex(proof);
}

}  // namespace lk::vault
