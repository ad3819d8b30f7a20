// SPDX-License-Identifier: Apache-2.0
// What the server asked of its vault before it knew of security modules, and sealed orders.
#include <charconv>
#include <stdexcept>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "order/order.hpp"
#include "server/vault/vault.hpp"

namespace lk::vault {

const KeyGroup* Vault::first_loaded() const {
  for (const auto& [name, group] : groups_) {
    if (group.check_value && name.key_type == sts::KeyType::unique) return &group;
  }
  return nullptr;
}

std::optional<std::int64_t> Vault::next_identifier(std::int64_t last, std::int64_t unix_ms) const {
  const KeyGroup* const group = first_loaded();
  if (group == nullptr) return std::nullopt;
  const auto tid =
      sts::tid_after(static_cast<std::uint32_t>(last), group->base_date, quantity::Instant::of(unix_ms));
  if (!tid) return std::nullopt;
  return *tid;
}

std::expected<Token, TokenRefusal> Vault::credit_token(const MeterKeys& meter, std::int64_t identifier,
                                                       quantity::Money amount) const {
  const auto field = sts::encode_currency(amount);
  if (amount <= quantity::Money{} || !field) return std::unexpected(TokenRefusal::amount_range);
  const auto credited = sts::to_money(sts::decode_currency(*field));
  if (!credited) return std::unexpected(TokenRefusal::amount_range);
  const auto group =
      parse_group_name(meter.supply_group_code + "-" + std::to_string(meter.key_revision_number) + "-2");
  if (!group) return std::unexpected(TokenRefusal::foreign_keys);
  const TokenRequest request{
      .meter = {meter.number, *group, static_cast<std::uint8_t>(meter.tariff_index)},
      .content = sts::CurrencyCredit{4, static_cast<std::uint32_t>(identifier), *field},
      .cause = {}};
  const auto issued = const_cast<Vault*>(this)->issue_token(request);
  if (!issued) {
    if (is_fault_of_module(issued.error().reason)) throw std::runtime_error("vault: " + issued.error().text);
    return std::unexpected(TokenRefusal::foreign_keys);
  }
  return Token{issued->digits, *credited};
}

Answer<std::string> Vault::sealed_order(const std::string& number, std::uint32_t sequence,
                                        std::uint32_t expiry_unix_s, const order::Command& command) const {
  const std::uint64_t meter = value_of(order::meter_number(number));
  auto key = file_.custody().order_key(meter);
  if (!key) return std::unexpected(std::move(key.error()));
  const order::SealedOrder sealed = order::seal({meter, sequence, expiry_unix_s, command}, *key);
  crypto::wipe(*key);
  return hex(sealed.view());
}

MeterKeys Vault::defaults() const {
  const KeyGroup* const group = first_loaded();
  if (group == nullptr) return {};
  return {"", text(group->name).substr(0, 6), group->name.key_revision_number, 1};
}

}  // namespace lk::vault
