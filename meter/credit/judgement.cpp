// SPDX-License-Identifier: Apache-2.0
// Whether there is supply, what the user may borrow, and what time takes: rows S and T of the tables in
// docs/design/credit.md.
#include <algorithm>

#include "meter/credit/account.hpp"

namespace lk::credit {

using quantity::Instant;
using quantity::Money;

Judgement Account::judge(const schedule::LocalTime& local, Instant now) {
  Judgement result;
  const bool was_exhausted = is_exhausted_;
  const bool was_reminded = is_reminded_;
  const auto decided = [&](Verdict verdict) {
    result.verdict = verdict;
    result.has_changed = was_exhausted != is_exhausted_ || was_reminded != is_reminded_;
    return result;
  };
  // S1
  if (mode_.payment == Payment::postpaid) {
    is_exhausted_ = is_reminding_ = false;
    return decided(Verdict::supplied);
  }
  // S2, S3
  is_exhausted_ = is_exhausted();
  // S4
  if (schedule::any_contains(rules_.friendly, local)) {
    is_reminding_ = false;
    return decided(Verdict::supplied);
  }
  // S5
  if (is_exhausted_) {
    is_reminding_ = false;
    return decided(Verdict::exhausted);
  }
  // S6
  if (balance() > rules_.reminder && (balance() - rules_.reminder).count() > rules_.reminder.count() / 10) {
    is_reminded_ = false;
  }
  if (rules_.reminder > Money{} && balance() <= rules_.reminder && !is_reminded_) {
    is_reminded_ = is_reminding_ = true;
    reminder_ends_ = now + reminder_time;
  }
  if (is_reminding_ && now < reminder_ends_) {
    result.has_deadline = true;
    result.deadline = reminder_ends_;
    return decided(Verdict::reminding);
  }
  // S7
  is_reminding_ = false;
  return decided(Verdict::supplied);
}

bool Account::is_exhausted() const {
  if (mode_.payment == Payment::postpaid) return false;
  if (balance() <= floor()) return true;                  // S3
  return is_exhausted_ && balance() <= rules_.reconnect;  // S2
}

Money Account::floor() const {
  return -(rules_.overdraft + (is_emergency_taken_ ? rules_.emergency : Money{}));
}

bool Account::is_emergency_offered() const {
  return mode_.payment == Payment::prepaid && rules_.emergency > Money{} && !is_emergency_taken_ &&
         balance() <= rules_.emergency_offer;
}

std::expected<void, EmergencyError> Account::take_emergency() {
  if (is_emergency_taken_) return std::unexpected(EmergencyError::already_taken);
  if (!is_emergency_offered()) return std::unexpected(EmergencyError::not_offered);
  is_emergency_taken_ = true;
  if (balance() > floor()) is_exhausted_ = false;
  return {};
}

bool Account::end_reminder() {
  const bool was_reminding = is_reminding_;
  is_reminding_ = false;
  return was_reminding;
}

// Hour by hour, so that a day of darkness is charged as if the meter had been awake all the time.
bool Account::collect(std::uint32_t hour) {
  if (collected_until_h_ == 0) {
    collected_until_h_ = hour;
    return false;
  }
  const Money before = charged_;
  while (collected_until_h_ < hour) {
    ++collected_until_h_;
    // T1
    if (collected_until_h_ % 24 == 0) charge(rules_.standing_charge);
    // T2
    is_exhausted_ = is_exhausted();
    if (is_exhausted_ && !rules_.collect_when_exhausted) continue;
    // T3, T4
    for (std::size_t i = 0; i < time_debt_count; ++i) collect_instalment(i, collected_until_h_);
  }
  return charged_ != before;
}

void Account::collect_instalment(std::size_t index, std::uint32_t hour) {
  const Instalment& rule = rules_.instalments[index];
  if (rule.period_h == 0 || hour % rule.period_h != 0) return;
  const Money amount = std::min(rule.amount, debts_[index]);
  charge(amount);
  debts_[index] -= amount;
}

}  // namespace lk::credit
