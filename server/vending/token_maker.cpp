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
      return SaleRefusal::key_expired;
    case vault::Reason::not_yet_active:
      return SaleRefusal::not_active_yet;
    case vault::Reason::limit_passed:
      return SaleRefusal::limit_passed;
    case vault::Reason::meter_number:
      return SaleRefusal::meter_number;
    case vault::Reason::not_allowed:
    case vault::Reason::key_type_change:
      return SaleRefusal::not_offered;
    default:
      return vault::is_fault_of_module(reason) ? SaleRefusal::vault_unavailable : SaleRefusal::foreign_keys;
  }
}

std::unexpected<SaleRefusal> refused(const vault::Refusal& refusal) {
  return std::unexpected(refusal_of(refusal.reason));
}

std::expected<vault::MeterKey, SaleRefusal> meter_key_of(const MeterKey& key) {
  const auto group =
      vault::parse_group_name(key.supply_group_code + "-" + std::to_string(key.key_revision_number) + "-2");
  if (!group) return std::unexpected(SaleRefusal::foreign_keys);
  vault::MeterKey meter;
  meter.number = key.number;
  meter.group = *group;
  meter.tariff_index = static_cast<std::uint8_t>(key.tariff_index);
  return meter;
}

}  // namespace

std::string text_of(const MeterKey& key) {
  const std::string index = std::to_string(key.tariff_index);
  return key.supply_group_code + "-" + std::to_string(key.key_revision_number) + "/" +
         (index.size() < 2 ? "0" : "") + index;
}

std::expected<KeyFacts, SaleRefusal> TokenMaker::facts(const MeterKey& key) const {
  const auto meter = meter_key_of(key);
  if (!meter) return std::unexpected(meter.error());
  const auto group = module_.group(meter->group);
  if (!group) return refused(group.error());
  return KeyFacts{sts::year_of(group->base_date), group->key_expiry_number};
}

std::expected<std::int64_t, SaleRefusal> TokenMaker::identifier(std::int64_t base_date, std::int64_t last,
                                                                std::int64_t now_ms) {
  const auto base = sts::base_date(static_cast<std::uint32_t>(base_date));
  if (!base) return std::unexpected(SaleRefusal::no_identifier);
  const auto tid = sts::tid_after(static_cast<std::uint32_t>(last), *base, quantity::Instant::of(now_ms));
  if (!tid) return std::unexpected(SaleRefusal::no_identifier);
  return *tid;
}

std::expected<CreditToken, SaleRefusal> TokenMaker::credit(const MeterKey& key, std::int64_t tid,
                                                           quantity::Money amount,
                                                           const Wanted& wanted) const {
  const auto meter = meter_key_of(key);
  if (!meter) return std::unexpected(meter.error());
  const auto field = sts::encode_currency(amount);
  if (amount <= quantity::Money{} || !field) return std::unexpected(SaleRefusal::amount_range);
  const auto credited = sts::to_money(sts::decode_currency(*field));
  if (!credited) return std::unexpected(SaleRefusal::amount_range);
  vault::TokenRequest request;
  request.meter = *meter;
  request.content = sts::CurrencyCredit{4, static_cast<std::uint32_t>(tid), *field};
  request.cause = {wanted.user, wanted.reference};
  request.settle_later = true;
  auto issued = module_.issue_token(request);
  if (!issued) return refused(issued.error());
  return CreditToken{std::move(issued->digits), *credited};
}

std::expected<std::string, SaleRefusal> TokenMaker::management(const MeterKey& key, std::int64_t tid,
                                                               std::uint8_t sub_class, std::uint16_t value,
                                                               std::uint8_t random,
                                                               const Wanted& wanted) const {
  const auto meter = meter_key_of(key);
  if (!meter) return std::unexpected(meter.error());
  vault::TokenRequest request;
  request.meter = *meter;
  request.content = sts::Management{sub_class, random, static_cast<std::uint32_t>(tid), value};
  request.cause = {wanted.user, wanted.reference};
  request.settle_later = true;
  auto issued = module_.issue_token(request);
  if (!issued) return refused(issued.error());
  return std::move(issued->digits);
}

std::expected<KeyChange, SaleRefusal> TokenMaker::key_change(const MeterKey& from, const MeterKey& to,
                                                             std::int64_t now_ms,
                                                             const Wanted& wanted) const {
  const auto old_key = meter_key_of(from);
  if (!old_key) return std::unexpected(old_key.error());
  const auto new_key = meter_key_of(to);
  if (!new_key) return std::unexpected(new_key.error());
  const auto facts_of_new = facts(to);
  if (!facts_of_new) return std::unexpected(facts_of_new.error());
  const auto tid = identifier(facts_of_new->base_date, 0, now_ms);
  if (!tid) return std::unexpected(tid.error());
  vault::KeyChangeRequest request;
  request.from = *old_key;
  request.to = *new_key;
  request.tid = static_cast<std::uint32_t>(*tid);
  request.cause = {wanted.user, wanted.reference};
  request.settle_later = true;
  auto issued = module_.issue_key_change(request);
  if (!issued) return refused(issued.error());
  return KeyChange{std::move(issued->tokens), issued->roll_over};
}

std::expected<void, SaleRefusal> TokenMaker::settle() const {
  const auto settled = module_.settle();
  if (!settled) return refused(settled.error());
  return {};
}

}  // namespace lk::vending
