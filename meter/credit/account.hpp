// SPDX-License-Identifier: Apache-2.0
// The prepaid account in money mode. Always balance = credited − deducted, and deducted is the exact price of
// the priced energy, cut down to whole counts, with the rest carried (tariff/tariff.hpp). A plain value: the
// owner copies it, changes the copy, stores it, and only then lets it take effect. Not thread-safe.
#pragma once

#include <cstdint>
#include <expected>

#include "bytes/bytes.hpp"
#include "quantity/quantity.hpp"
#include "tariff/tariff.hpp"

namespace lk::credit {

enum class CreditError : std::uint8_t {
  negative,  // a credit takes nothing away
  overflow,  // the sum of all credits would leave the range of Money
};

class Account {
 public:
  static constexpr std::size_t stored_bytes = 45;

  Account() = default;
  // A new meter's account: `preset` is its first credit (0 or more).
  Account(const tariff::FlatTariff& tariff, quantity::Money preset, quantity::Money low_credit);

  // Prices energy that was used (0 or more) and deducts it. The balance may become negative.
  void consume(quantity::Energy used);
  // Adds credit.
  [[nodiscard]] std::expected<void, CreditError> add(quantity::Money amount);
  // From now on energy is priced so; the carried remainder goes on. The price is 0 to tariff::price_max.
  void set_tariff(const tariff::FlatTariff& tariff);
  void set_low_credit(quantity::Money threshold);

  // Brings the low-credit alarm in line with the balance: on at the threshold and below, off above the
  // threshold plus a tenth of it. Returns whether it has just come on.
  bool update_low_credit_alarm();

  [[nodiscard]] quantity::Money balance() const { return credited_ - deducted_; }
  [[nodiscard]] bool is_exhausted() const { return balance() <= quantity::Money{}; }
  [[nodiscard]] quantity::Money credited() const { return credited_; }
  [[nodiscard]] quantity::Money deducted() const { return deducted_; }
  [[nodiscard]] quantity::Energy priced_energy() const { return priced_; }
  [[nodiscard]] tariff::Remainder remainder() const { return remainder_; }
  [[nodiscard]] const tariff::FlatTariff& tariff() const { return tariff_; }
  [[nodiscard]] quantity::Money low_credit() const { return low_credit_; }
  [[nodiscard]] bool low_credit_alarm() const { return low_credit_alarm_; }

  // `stored_bytes` bytes; fields in docs/formats/meter-state.md.
  void encode(bytes::Writer& to) const;
  // False where the bytes are no account; this is then unchanged.
  [[nodiscard]] bool decode(bytes::Reader& from);

  bool operator==(const Account&) const = default;

 private:
  tariff::FlatTariff tariff_;
  quantity::Money credited_;
  quantity::Money deducted_;
  quantity::Energy priced_;
  tariff::Remainder remainder_;
  quantity::Money low_credit_;
  bool low_credit_alarm_ = false;
};

}  // namespace lk::credit
