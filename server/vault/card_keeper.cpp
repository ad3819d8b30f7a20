// SPDX-License-Identifier: Apache-2.0
#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "server/vault/vault.hpp"

namespace lk::vault {

Answer<card::Key> Vault::card_key(const std::string& number) {
  auto order_key = file_.custody().order_key(value_of(order::meter_number(number)));
  if (!order_key) return std::unexpected(std::move(order_key.error()));
  const card::Key key = card::card_key_of_meter(*order_key);
  crypto::wipe(*order_key);
  return key;
}

}  // namespace lk::vault
