// SPDX-License-Identifier: Apache-2.0
#include "server/vending/token_maker.hpp"

#include "server/vault/security_module.hpp"
#include "sts/amount.hpp"
#include "sts/tid.hpp"

namespace lk::vending {
namespace {

SaleRefusal refusal_of(vault::Reason reason) {
  switch (reason) {
    case vault::Reason::key_expired:
    case vault::Reason::key_retired:
    case vault::Reason::not_yet_active:
      return SaleRefusal::key_expired;
    case vault::Reason::limit_passed:
      return SaleRefusal::limit_passed;
    case vault::Reason::not_allowed:
      return SaleRefusal::not_offered;
    default:
      return vault::is_fault_of_module(reason) ? SaleRefusal::vault_unavailable : SaleRefusal::foreign_keys;
  }
}

std::expected<vault::GroupName, SaleRefusal> group_of(const MeterKey& key) {
  const auto group =
      vault::parse_group_name(key.supply_group_code + "-" + std::to_string(key.key_revision_number) + "-2");
  if (!group) return std::unexpected(SaleRefusal::foreign_keys);
  return *group;
}

}  // namespace

std::expected<std::int64_t, SaleRefusal> TokenMaker::identifier(const MeterKey& key, std::int64_t last,
                                                                std::int64_t now_ms) const {
  const auto name = group_of(key);
  if (!name) return std::unexpected(name.error());
  const auto group = module_.group(*name);
  if (!group) return std::unexpected(refusal_of(group.error().reason));
  const auto tid =
      sts::tid_after(static_cast<std::uint32_t>(last), group->base_date, quantity::Instant::of(now_ms));
  if (!tid) return std::unexpected(SaleRefusal::no_identifier);
  return *tid;
}

std::expected<CreditToken, SaleRefusal> TokenMaker::credit(const MeterKey& key, std::int64_t tid,
                                                           quantity::Money amount, const std::string& user,
                                                           const std::string& reference) const {
  const auto group = group_of(key);
  if (!group) return std::unexpected(group.error());
  const auto field = sts::encode_currency(amount);
  if (amount <= quantity::Money{} || !field) return std::unexpected(SaleRefusal::amount_range);
  const auto credited = sts::to_money(sts::decode_currency(*field));
  if (!credited) return std::unexpected(SaleRefusal::amount_range);
  vault::TokenRequest request;
  request.meter.number = key.number;
  request.meter.group = *group;
  request.meter.tariff_index = static_cast<std::uint8_t>(key.tariff_index);
  request.content = sts::CurrencyCredit{4, static_cast<std::uint32_t>(tid), *field};
  request.cause = {user, reference};
  request.settle_later = true;
  auto issued = module_.issue_token(request);
  if (!issued) return std::unexpected(refusal_of(issued.error().reason));
  return CreditToken{std::move(issued->digits), *credited};
}

std::expected<void, SaleRefusal> TokenMaker::settle() const {
  const auto settled = module_.settle();
  if (!settled) return std::unexpected(refusal_of(settled.error().reason));
  return {};
}

}  // namespace lk::vending
