// SPDX-License-Identifier: Apache-2.0
#include "server/vending/token_maker.hpp"

#include "server/vault/vault.hpp"

namespace lk::vending {

std::expected<std::int64_t, SaleRefusal> TokenMaker::identifier(std::int64_t last, std::int64_t now_ms) const {
  const auto tid = issuer_.next_identifier(last, now_ms);
  if (!tid) return std::unexpected(SaleRefusal::no_identifier);
  return *tid;
}

std::expected<CreditToken, SaleRefusal> TokenMaker::credit(const MeterKey& key, std::int64_t tid,
                                                           quantity::Money amount, const std::string&,
                                                           const std::string&) const {
  auto token = issuer_.credit_token(
      {key.number, key.supply_group_code, key.key_revision_number, key.tariff_index}, tid, amount);
  if (token) return CreditToken{std::move(token->digits), token->credited};
  switch (token.error()) {
    case vault::TokenRefusal::amount_range:
      return std::unexpected(SaleRefusal::amount_range);
    case vault::TokenRefusal::foreign_keys:
      return std::unexpected(SaleRefusal::foreign_keys);
  }
  return std::unexpected(SaleRefusal::amount_range);
}

std::expected<void, SaleRefusal> TokenMaker::settle() const {
  return {};
}

}  // namespace lk::vending
