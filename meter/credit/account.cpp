// SPDX-License-Identifier: Apache-2.0
#include "meter/credit/account.hpp"

namespace lk::credit {

using quantity::Energy;
using quantity::Money;
using quantity::Price;

Account::Account(const tariff::FlatTariff& tariff, Money preset, Money low_credit)
    : credited_(preset), low_credit_(low_credit) {
  ensure(preset >= Money{});
  set_tariff(tariff);
}

void Account::consume(Energy used) {
  const auto charged = tariff::charge(tariff_, used, remainder_);
  ensure(charged.has_value());
  deducted_ += charged->money;
  remainder_ = charged->remainder;
  priced_ += used;
}

std::expected<void, CreditError> Account::add(Money amount) {
  if (amount < Money{}) return std::unexpected(CreditError::negative);
  std::int64_t sum = 0;
  if (__builtin_add_overflow(credited_.count(), amount.count(), &sum)) {
    return std::unexpected(CreditError::overflow);
  }
  credited_ = Money::of(sum);
  return {};
}

void Account::set_tariff(const tariff::FlatTariff& tariff) {
  ensure(tariff.price >= Price{} && tariff.price <= tariff::price_max);
  tariff_ = tariff;
}

void Account::set_low_credit(Money threshold) {
  low_credit_ = threshold;
}

bool Account::update_low_credit_alarm() {
  const bool was_on = low_credit_alarm_;
  if (balance() <= low_credit_) {
    low_credit_alarm_ = true;
  } else if (low_credit_ <= Money{} || (balance() - low_credit_).count() > low_credit_.count() / 10) {
    low_credit_alarm_ = false;
  }
  return low_credit_alarm_ && !was_on;
}

void Account::encode(bytes::Writer& to) const {
  to.little(credited_.count());
  to.little(deducted_.count());
  to.little(priced_.count());
  to.little(remainder_.parts());
  to.little(static_cast<std::uint32_t>(tariff_.price.count()));
  to.little(tariff_.version);
  to.little(low_credit_.count());
  to.byte(low_credit_alarm_ ? 1 : 0);
}

bool Account::decode(bytes::Reader& from) {
  Account read;
  read.credited_ = Money::of(from.little<std::int64_t>());
  read.deducted_ = Money::of(from.little<std::int64_t>());
  read.priced_ = Energy::of(from.little<std::int64_t>());
  const auto parts = from.little<std::uint32_t>();
  read.tariff_.price = Price::of(from.little<std::uint32_t>());
  read.tariff_.version = from.little<std::uint32_t>();
  read.low_credit_ = Money::of(from.little<std::int64_t>());
  const std::uint8_t alarm = from.byte();
  if (!from.ok() || parts >= tariff::remainder_parts || alarm > 1) return false;
  if (read.credited_ < Money{} || read.deducted_ < Money{} || read.priced_ < Energy{}) return false;
  read.remainder_ = tariff::Remainder::of(parts);
  read.low_credit_alarm_ = alarm == 1;
  *this = read;
  return true;
}

}  // namespace lk::credit
