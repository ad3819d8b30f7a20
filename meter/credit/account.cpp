// SPDX-License-Identifier: Apache-2.0
// The sums of the account: energy, purchases, what goes back, and their bytes.
#include "meter/credit/account.hpp"

#include <algorithm>

namespace lk::credit {
namespace {

using quantity::Energy;
using quantity::Money;
using quantity::Price;

// In energy mode a kWh costs exactly one kWh.
constexpr Price one_for_one = Price::of(quantity::price_per_unit);

constexpr std::uint8_t bit_low_credit = 1U << 0U;
constexpr std::uint8_t bit_emergency = 1U << 1U;
constexpr std::uint8_t bit_exhausted = 1U << 2U;
constexpr std::uint8_t bit_reminded = 1U << 3U;
constexpr std::uint8_t bits_known = 0x0F;

}  // namespace

Account::Account(const tariff::FlatTariff& tariff, Money preset, Money low_credit)
    : credited_(preset), preset_(preset), low_credit_(low_credit) {
  ensure(preset >= Money{});
  set_tariff(tariff);
}

void Account::consume(Energy used) {
  const tariff::FlatTariff priced_at{mode_.unit == Unit::money ? tariff_.price : one_for_one, 0};
  const auto charged = tariff::charge(priced_at, used, remainder_);
  ensure(charged.has_value());
  deducted_ += charged->money;
  remainder_ = charged->remainder;
  priced_ += used;
}

Account::Consumed Account::consume(Energy used, tariff::Sets& sets, quantity::Instant from,
                                   quantity::Instant to, bool is_clock_wrong,
                                   tariff::PieceObserver* observer) {
  if (mode_.unit == Unit::energy) {
    consume(used);
    return {};
  }
  Consumed result;
  if (!is_clock_wrong) {
    const auto advanced = pricer_.advance(sets, used, from, to, observer);
    if (advanced) {
      take(advanced->charges);
      priced_ += used;
      return {advanced->has_switched, advanced->energy_before_switch};
    }
  }
  // Also where the times make no sense: energy is never given away for want of a clock.
  const auto charges = pricer_.advance_without_clock(sets, used, observer);
  ensure(charges.has_value());
  take(*charges);
  priced_ += used;
  return result;
}

void Account::take(const tariff::Charges& charges) {
  deducted_ += charges.energy;
  charge(charges.total() - charges.energy);
}

std::expected<void, CreditError> Account::add(Money amount) {
  // P1, P2
  if (amount < Money{}) return std::unexpected(CreditError::negative);
  std::int64_t sum = 0;
  if (__builtin_add_overflow(credited_.count(), amount.count(), &sum)) {
    return std::unexpected(CreditError::overflow);
  }
  // P3: what was borrowed is repaid first, because the balance is below zero by it; P4: the debt's share of
  // the rest
  const Money share = share_of(amount);
  // P5
  const Money after = Money::of(sum) - deducted_ - share;
  if (rules_.ceiling > Money{} && after > rules_.ceiling) return std::unexpected(CreditError::above_ceiling);
  // P6
  credited_ = Money::of(sum);
  charge(share);
  debts_[purchase_debt] -= share;
  if (capped_week_ != cap_week()) {
    capped_week_ = cap_week();
    taken_this_week_ = {};
  }
  taken_this_week_ += share;
  // P7
  if (balance() > rules_.emergency_offer && balance() > Money{}) is_emergency_taken_ = false;
  // P8
  if (balance() > rules_.reconnect) is_exhausted_ = false;
  (void)end_reminder();
  return {};
}

// The purchase debt's part of a purchase: of what is left of it after the balance was brought up to zero, cut
// down to whole counts, within the week's cap and the debt.
Money Account::share_of(Money purchase) const {
  const Money above_zero = std::max(Money{}, std::min(purchase, balance() + purchase));
  const std::int64_t part = above_zero.count() / whole_share_e4 * rules_.debt_share_e4 +
                            above_zero.count() % whole_share_e4 * rules_.debt_share_e4 / whole_share_e4;
  Money share = std::min(Money::of(part), debts_[purchase_debt]);
  if (rules_.debt_cap > Money{}) {
    const Money taken = capped_week_ == cap_week() ? taken_this_week_ : Money{};
    share = std::min(share, std::max(Money{}, rules_.debt_cap - taken));
  }
  return share;
}

void Account::charge(Money amount) {
  deducted_ += amount;
  charged_ += amount;
}

void Account::give_back(Money amount) {
  deducted_ += amount;
  returned_ += amount;
}

Money Account::refund(Money most, std::uint32_t sequence) {
  const Money amount = std::clamp(balance(), Money{}, std::max(Money{}, most));
  give_back(amount);
  last_refund_ = {amount, sequence};
  return amount;
}

Money Account::clear_credit() {
  const Money amount = std::max(Money{}, balance());
  give_back(amount);
  return amount;
}

Money Account::open_account() {
  const Money amount = preset_;
  give_back(amount);
  preset_ = {};
  return amount;
}

std::expected<Money, SettlementError> Account::set_mode(Mode mode, Settlement settlement, Money opening) {
  const bool is_other_unit = mode.unit != mode_.unit;
  const Money closing = balance();
  if (is_other_unit && settlement == Settlement::carry) return std::unexpected(SettlementError::other_unit);
  if (is_other_unit && !std::ranges::all_of(debts_, [](Money debt) { return debt == Money{}; })) {
    return std::unexpected(SettlementError::debts_open);
  }
  if (settlement == Settlement::close) {
    if (opening < -opening_max || opening > opening_max)
      return std::unexpected(SettlementError::out_of_range);
    Account next = *this;
    if (is_other_unit) {
      // The sums so far are of the other unit; less than one count of it is dropped, for the customer.
      next.credited_ = next.deducted_ = next.charged_ = next.returned_ = next.preset_ = Money{};
      next.remainder_ = {};
      next.pricer_ = {};
    } else if (closing > Money{}) {
      next.give_back(closing);
    } else {
      std::int64_t sum = 0;
      if (__builtin_sub_overflow(credited_.count(), closing.count(), &sum))
        return std::unexpected(SettlementError::out_of_range);
      next.credited_ = Money::of(sum);
    }
    if (opening < Money{}) {
      next.charge(-opening);
    } else {
      std::int64_t sum = 0;
      if (__builtin_add_overflow(next.credited_.count(), opening.count(), &sum))
        return std::unexpected(SettlementError::out_of_range);
      next.credited_ = Money::of(sum);
    }
    next.is_emergency_taken_ = next.is_exhausted_ = next.is_reminded_ = next.is_reminding_ = false;
    *this = next;
  }
  mode_ = mode;
  ++settlement_count_;
  return closing;
}

Money Account::set_debt(std::size_t index, Money amount) {
  ensure(index < debt_count && amount >= Money{});
  const Money before = debts_[index];
  debts_[index] = amount;
  return before;
}

Money Account::debt(std::size_t index) const {
  ensure(index < debt_count);
  return debts_[index];
}

void Account::set_tariff(const tariff::FlatTariff& tariff) {
  ensure(tariff.price >= Price{} && tariff.price <= tariff::price_max);
  tariff_ = tariff;
  pricer_.set_was_replaced();
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
  to.little(charged_.count());
  to.little(returned_.count());
  to.little(preset_.count());
  for (const Money debt : debts_) to.little(debt.count());
  to.little(priced_.count());
  to.little(remainder_.parts());
  to.little(static_cast<std::uint32_t>(tariff_.price.count()));
  to.little(tariff_.version);
  to.little(low_credit_.count());
  to.byte(static_cast<std::uint8_t>(
      (low_credit_alarm_ ? bit_low_credit : 0U) | (is_emergency_taken_ ? bit_emergency : 0U) |
      (is_exhausted_ ? bit_exhausted : 0U) | (is_reminded_ ? bit_reminded : 0U)));
  to.byte(static_cast<std::uint8_t>(mode_.unit));
  to.byte(static_cast<std::uint8_t>(mode_.payment));
  to.byte(0);
  to.little(settlement_count_);
  to.little(static_cast<std::uint16_t>(0));
  to.little(collected_until_h_);
  to.little(capped_week_);
  to.little(taken_this_week_.count());
  to.little(last_refund_.amount.count());
  to.little(last_refund_.sequence);
  pricer_.encode(to);
}

bool Account::decode(bytes::Reader& from) {
  Account read;
  const auto money = [&from] { return Money::of(from.little<std::int64_t>()); };
  read.rules_ = rules_;
  read.credited_ = money();
  read.deducted_ = money();
  read.charged_ = money();
  read.returned_ = money();
  read.preset_ = money();
  bool is_sound = true;
  for (Money& debt : read.debts_) {
    debt = money();
    is_sound = is_sound && debt >= Money{};
  }
  read.priced_ = Energy::of(from.little<std::int64_t>());
  const auto parts = from.little<std::uint32_t>();
  read.tariff_.price = Price::of(from.little<std::uint32_t>());
  read.tariff_.version = from.little<std::uint32_t>();
  read.low_credit_ = money();
  const std::uint8_t bits = from.byte();
  const std::uint8_t unit = from.byte();
  const std::uint8_t payment = from.byte();
  is_sound = is_sound && from.byte() == 0;
  read.settlement_count_ = from.little<std::uint16_t>();
  is_sound = is_sound && from.little<std::uint16_t>() == 0;
  read.collected_until_h_ = from.little<std::uint32_t>();
  read.capped_week_ = from.little<std::uint32_t>();
  read.taken_this_week_ = money();
  read.last_refund_.amount = money();
  read.last_refund_.sequence = from.little<std::uint32_t>();
  is_sound = read.pricer_.decode(from) && is_sound;
  if (!from.ok() || !is_sound || parts >= tariff::remainder_parts || (bits & ~bits_known) != 0) return false;
  if (unit > 1 || payment > 1 || read.taken_this_week_ < Money{} || read.preset_ < Money{}) return false;
  if (read.credited_ < Money{} || read.deducted_ < Money{} || read.priced_ < Energy{}) return false;
  if (read.charged_ < Money{} || read.returned_ < Money{}) return false;
  read.remainder_ = tariff::Remainder::of(parts);
  read.low_credit_alarm_ = (bits & bit_low_credit) != 0;
  read.is_emergency_taken_ = (bits & bit_emergency) != 0;
  read.is_exhausted_ = (bits & bit_exhausted) != 0;
  read.is_reminded_ = (bits & bit_reminded) != 0;
  read.mode_ = {static_cast<Unit>(unit), static_cast<Payment>(payment)};
  *this = read;
  return true;
}

}  // namespace lk::credit
