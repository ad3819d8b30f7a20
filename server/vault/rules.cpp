// SPDX-License-Identifier: Apache-2.0
#include "server/vault/rules.hpp"

#include "assert/assert.hpp"
#include "sts/amount.hpp"
#include "sts/identity.hpp"
#include "sts/tid.hpp"

namespace lk::vault {
namespace {

using sts::KeyType;

constexpr unsigned nibble_end = 16;

// Is a bit of the mask set for each sub-class that the token type has.
bool is_in(std::uint8_t sub_class, unsigned mask) {
  return sub_class < 16 && ((mask >> sub_class) & 1U) != 0;
}

bool fits(const sts::UnitCredit& token) {
  return token.sub_class <= 3 && token.random < nibble_end;
}
bool fits(const sts::CurrencyCredit& token) {
  return token.sub_class >= 4 && token.sub_class <= 7 && token.amount.sign_and_exponent < nibble_end;
}
bool fits(const sts::Management& token) {
  constexpr unsigned sub_classes = 0b0100'1110'0111U;  // 0, 1, 2, 5, 6, 7, 10
  return is_in(token.sub_class, sub_classes) && token.random < nibble_end;
}

bool is_allowed(KeyType from, KeyType to) {
  switch (from) {
    case KeyType::initialisation:
      return true;
    case KeyType::default_key:
      return to != KeyType::initialisation;
    case KeyType::unique:
      return to == KeyType::unique || to == KeyType::default_key;
    case KeyType::common:
      return to == KeyType::common || to == KeyType::default_key;
  }
  return false;
}

}  // namespace

std::optional<Refusal> fault_of(const MeterKey& meter) {
  if (!sts::pan_of(meter.number)) {
    return Refusal{Reason::meter_number,
                   "meter number " + meter.number + ": must be 11 or 13 digits with the right check digit"};
  }
  if (meter.tariff_index > 99) return Refusal{Reason::tariff_index, "tariff index: must be 0 to 99"};
  if (meter.group.key_type == KeyType::common && meter.technology != TokenTechnology::magnetic_card) {
    return Refusal{Reason::technology,
                   "key group " + text(meter.group) +
                       ": common keys (type 3) are for magnetic cards only; a meter with a keypad "
                       "refuses them"};
  }
  return std::nullopt;
}

std::optional<Refusal> fault_of(const TokenContent& content, const KeyGroup& group) {
  if (!std::visit([](const auto& token) { return fits(token); }, content) || tid_of(content) > sts::tid_max) {
    return Refusal{Reason::not_allowed, "no such token: sub-class or a field's width is wrong"};
  }
  if (!std::holds_alternative<sts::Management>(content) && group.name.key_type == KeyType::default_key) {
    return Refusal{Reason::default_key,
                   "key group " + text(group.name) + ": meters take no credit under a default key"};
  }
  if (sts::is_expired(tid_of(content), group.key_expiry_number)) {
    return Refusal{Reason::key_expired,
                   "key group " + text(group.name) + ": the identifier is beyond key expiry number " +
                       std::to_string(group.key_expiry_number) + "; change the meter's key"};
  }
  return std::nullopt;
}

std::optional<Refusal> fault_of_change(const MeterKey& from, const MeterKey& to) {
  if (from.number != to.number || from.algorithm != to.algorithm || from.technology != to.technology) {
    return Refusal{Reason::not_allowed,
                   "a key change keeps number, encryption algorithm and token technology"};
  }
  if (!is_allowed(from.group.key_type, to.group.key_type)) {
    return Refusal{Reason::key_type_change, "from " + text(from.group) + " to " + text(to.group) +
                                                ": the standard forbids this change of key type"};
  }
  return std::nullopt;
}

sts::KeyAttributes attributes_of(const MeterKey& meter, sts::BaseDate base_date) {
  return {.pan = value_of(sts::pan_of(meter.number)),
          .key_type = meter.group.key_type,
          .supply_group_code = meter.group.supply_group_code,
          .tariff_index = meter.tariff_index,
          .key_revision_number = meter.group.key_revision_number,
          .base_date = base_date};
}

std::uint32_t tid_of(const TokenContent& content) {
  return std::visit([](const auto& token) { return token.tid; }, content);
}

void count(const TokenContent& content, AuditEntry& entry) {
  entry.act = std::holds_alternative<sts::Management>(content) ? Act::management : Act::credit;
  entry.tid = tid_of(content);
  entry.uses = 1;
  if (const auto* units = std::get_if<sts::UnitCredit>(&content))
    entry.units = sts::decode_units(units->amount);
  if (const auto* money = std::get_if<sts::CurrencyCredit>(&content)) {
    const auto amount = sts::decode_currency(money->amount);
    const auto counted = sts::to_money(amount);
    // What money cannot hold counts as all there is; what takes credit away counts nothing.
    if (!amount.negative) {
      entry.money = counted ? static_cast<std::uint64_t>(counted->count()) : Limits::none;
    }
  }
}

}  // namespace lk::vault
