// SPDX-License-Identifier: Apache-2.0
// Money is conserved over random lives of an account: everything that came in is there, was used for energy
// at its exact price, was charged, or went back. The witness keeps its own books and never asks
// the account how. The seed is printed with each failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "meter/credit/account.hpp"

namespace lk::credit {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Money;
using quantity::Price;

class Life {
 public:
  explicit Life(std::uint64_t seed) : where_("seed " + std::to_string(seed)), random_(seed) {
    preset_ = below(1'000'000);
    price_ = below(60'000);
    account_ = Account{{Price::of(price_), 1}, Money::of(preset_), Money::of(below(100'000))};
    account_.set_rules(rules());
    credited_ = preset_;
  }

  void run() {
    for (int i = 0; i < 3000 && !::testing::Test::HasFailure(); ++i) {
      step();
      judge();
    }
  }

 private:
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(limit));
  }

  Rules rules() {
    Rules rules;
    rules.ceiling = Money::of(below(2) * below(50'000'000));
    rules.reconnect = Money::of(below(200'000));
    rules.reminder = Money::of(below(300'000));
    rules.emergency = Money::of(below(500'000));
    rules.emergency_offer = Money::of(below(200'000));
    rules.overdraft = Money::of(below(2) * below(400'000));
    rules.instalments[0] = {Money::of(below(30'000)), static_cast<std::uint16_t>(1 + below(200))};
    rules.instalments[1] = {Money::of(below(30'000)), static_cast<std::uint16_t>(1 + below(24))};
    rules.debt_share_e4 = static_cast<std::uint16_t>(below(10'001));
    rules.debt_cap = Money::of(below(2) * below(900'000));
    rules.standing_charge = Money::of(below(60'000));
    rules.collect_when_exhausted = below(2) == 0;
    rules.friendly[0] = schedule::Window::of(static_cast<std::uint8_t>(1 + below(255)), 100, 900);
    return rules;
  }

  void step() {
    switch (below(14)) {
      case 0:
        return buy();
      case 1:
        return pass(below(400));
      case 2:
        (void)account_.take_emergency();
        return;
      case 3:
        account_.set_rules(rules());
        return;
      case 4:
        return owe();
      case 5:
        price_ = below(60'000);
        account_.set_tariff({Price::of(price_), 2});
        return;
      case 6:
        return give_back();
      case 7:
        return settle();
      default:
        return use();
    }
  }

  void buy() {
    const std::int64_t amount = below(8'000'000);
    const Money debt = account_.debt(purchase_debt);
    const Account before = account_;
    if (account_.add(Money::of(amount)).has_value()) {
      credited_ += amount;
      charged_ += (debt - account_.debt(purchase_debt)).count();
      EXPECT_LE(account_.debt(purchase_debt), debt) << where_;
    } else {
      EXPECT_EQ(account_, before) << where_;
    }
  }

  void pass(std::int64_t hours) {
    const std::int64_t to_h = hour_ + hours;
    const Money owed = account_.debt(0) + account_.debt(1);
    (void)account_.collect(static_cast<std::uint32_t>(to_h));
    const std::int64_t recovered = (owed - account_.debt(0) - account_.debt(1)).count();
    const std::int64_t days = is_collecting_ ? to_h / 24 - hour_ / 24 : 0;
    charged_ += recovered + days * account_.rules().standing_charge.count();
    EXPECT_GE(recovered, 0) << where_;
    hour_ = to_h;
    is_collecting_ = true;
  }

  void owe() {
    const std::int64_t amount = below(2'000'000);
    (void)account_.set_debt(static_cast<std::size_t>(below(3)), Money::of(amount));
  }

  void give_back() {
    const std::int64_t there = account_.balance().count();
    switch (below(3)) {
      case 0:
        returned_ += account_.refund(Money::of(below(900'000)), 1).count();
        EXPECT_LE(account_.last_refund().amount.count(), std::max<std::int64_t>(0, there)) << where_;
        return;
      case 1:
        returned_ += account_.open_account() == Money{} ? 0 : preset_;
        preset_ = 0;
        return;
      default:
        returned_ += account_.clear_credit().count();
        EXPECT_LE(account_.balance(), Money{}) << where_;
    }
  }

  void settle() {
    if (below(8) != 0) return;
    const bool to_energy = below(2) == 0;
    if (to_energy != (account_.mode().unit == Unit::energy)) {
      for (std::size_t i = 0; i < debt_count; ++i) (void)account_.set_debt(i, {});
    }
    const bool is_other = to_energy != (account_.mode().unit == Unit::energy);
    const std::int64_t opening = below(4'000'000) - 2'000'000;
    const auto closing = account_.set_mode({to_energy ? Unit::energy : Unit::money, Payment::prepaid},
                                           Settlement::close, Money::of(opening));
    ASSERT_TRUE(closing.has_value()) << where_;
    if (is_other) {
      credited_ = charged_ = returned_ = parts_ = 0;
      preset_ = 0;
    } else if (closing->count() > 0) {
      returned_ += closing->count();
    } else {
      credited_ -= closing->count();
    }
    (opening < 0 ? charged_ : credited_) += opening < 0 ? -opening : opening;
    EXPECT_EQ(account_.balance().count(), opening) << where_;
  }

  void use() {
    const std::int64_t energy_mj = below(4'000'000'000);
    account_.consume(Energy::of(energy_mj));
    parts_ += energy_mj * (account_.mode().unit == Unit::energy ? 10'000 : price_);
    const schedule::LocalTime at{static_cast<std::uint16_t>(below(1440)), static_cast<std::uint8_t>(below(7)),
                                 below(10) == 0};
    now_ms_ += below(100'000);
    const Verdict verdict = account_.judge(at, Instant::of(now_ms_)).verdict;
    if (verdict == Verdict::exhausted) {
      EXPECT_LE(account_.balance(), std::max(account_.rules().reconnect, account_.floor())) << where_;
    } else if (!schedule::any_contains(account_.rules().friendly, at)) {
      EXPECT_GT(account_.balance(), account_.floor()) << where_;
    }
  }

  void judge() {
    const auto priced = parts_ / 360'000'000;
    EXPECT_EQ(account_.credited().count(), credited_) << where_;
    EXPECT_EQ(account_.charged().count(), charged_) << where_;
    EXPECT_EQ(account_.returned().count(), returned_) << where_;
    EXPECT_EQ(account_.deducted().count(), priced + charged_ + returned_) << where_;
    EXPECT_EQ(account_.remainder().parts(), static_cast<std::uint32_t>(parts_ % 360'000'000)) << where_;
    EXPECT_EQ(account_.balance(), account_.credited() - account_.deducted()) << where_;
  }

  std::string where_;
  std::mt19937_64 random_;
  Account account_;
  std::int64_t price_ = 0;
  std::int64_t preset_ = 0;
  std::int64_t credited_ = 0;
  std::int64_t charged_ = 0;
  std::int64_t returned_ = 0;
  std::int64_t parts_ = 0;  // in 1/360 000 000 of a count; below 2^63 for a life of 3000 steps
  std::int64_t hour_ = 480'000;
  bool is_collecting_ = false;
  std::int64_t now_ms_ = 1'790'000'000'000;
};

TEST(CreditConservation, MoneyIsConservedOverRandomLives) {
  for (std::uint64_t seed = 1; seed <= 100 && !HasFailure(); ++seed) Life{seed}.run();
}

}  // namespace
}  // namespace lk::credit
