// SPDX-License-Identifier: Apache-2.0
// The account of the meter: what came in, what left, and the rules that say whether there is supply. Always
//
//     balance = credited − deducted,   deducted = priced energy + charged + returned
//
// and the priced energy is cut down to whole counts with the rest carried (tariff/tariff.hpp). `charged` are
// standing charge and debts, `returned` is what went back: refunds, the preset credit, what a settlement
// closed. Amounts are in the account's unit: 0.00001 of the currency unit, or, in energy mode, of a kWh (each
// kWh then costs exactly 1). The rules are rows of the tables in docs/design/credit.md; the code is those
// rows in their order.
//
// A plain value: the owner copies it, changes the copy, stores it, and only then lets it take effect. Not
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <expected>

#include "bytes/bytes.hpp"
#include "meter/credit/rules.hpp"
#include "quantity/quantity.hpp"
#include "tariff/tariff.hpp"

namespace lk::credit {

enum class CreditError : std::uint8_t {
  negative,       // a credit takes nothing away
  overflow,       // the sum of all credits would leave the range of Money
  above_ceiling,  // more than may be held: entered again later, it is taken
};

enum class EmergencyError : std::uint8_t {
  not_offered,    // none is set, or there is too much credit for it
  already_taken,  // it is given again when it was repaid and the balance is above the offer
};

enum class SettlementError : std::uint8_t {
  debts_open,    // debts are in the old unit: clear them first
  other_unit,    // a balance cannot be carried into another unit
  out_of_range,  // the opening balance leaves the range of the sums
};

// Whether credit lets there be supply.
enum class Verdict : std::uint8_t {
  supplied,
  reminding,  // the second alarm: off for two minutes
  exhausted,  // nothing is left to live on
};

struct Judgement {
  Verdict verdict = Verdict::supplied;
  bool has_changed = false;   // something that is stored has changed
  bool has_deadline = false;  // while reminding
  quantity::Instant deadline;
};

enum class Settlement : std::uint8_t {
  carry = 0,  // the balance goes on
  close = 1,  // the balance is closed and told; the account begins with the opening balance
};

struct Mode {
  Unit unit = Unit::money;
  Payment payment = Payment::prepaid;
  constexpr bool operator==(const Mode&) const = default;
};

// The last refund, for its proof.
struct Refund {
  quantity::Money amount;
  std::uint32_t sequence = 0;  // of the order; 0: none yet
  constexpr bool operator==(const Refund&) const = default;
};

class Account {
 public:
  static constexpr std::size_t stored_bytes = 128;
  static constexpr quantity::Duration reminder_time = quantity::minutes(2);
  // The largest opening balance of a settlement, either side of zero: ten thousand million of the unit.
  static constexpr quantity::Money opening_max = quantity::units(10'000'000'000);

  Account() = default;
  // A new meter's account: `preset` is its first credit (0 or more), to be given back at account opening.
  Account(const tariff::FlatTariff& tariff, quantity::Money preset, quantity::Money low_credit);

  // Prices energy that was used (0 or more) and deducts it. The balance may become negative.
  void consume(quantity::Energy used);
  // A purchase (rows P). Nothing changes where it is refused.
  [[nodiscard]] std::expected<void, CreditError> add(quantity::Money amount);
  // Time-based charges and debts (rows T) up to `hour`, whole hours since 1970 by the meter's clock. A clock
  // that went back charges nothing twice. Returns whether anything was charged.
  bool collect(std::uint32_t hour);
  // The clock was found to be wrong: the time between is not charged.
  void restart_collection(std::uint32_t hour) { collected_until_h_ = hour; }

  // Whether there is supply (rows S). `now` is any clock that does not go back.
  Judgement judge(const schedule::LocalTime& local, quantity::Instant now);
  // The user takes the emergency credit.
  [[nodiscard]] std::expected<void, EmergencyError> take_emergency();
  // The user has seen the reminder: supply returns at once. Returns whether there was one.
  bool end_reminder();

  // Returns credit, at most `most`, and remembers it under the order's sequence; what was returned.
  quantity::Money refund(quantity::Money most, std::uint32_t sequence);
  // Takes all positive credit away; how much it was.
  quantity::Money clear_credit();
  // Takes the preset credit back; how much it was.
  quantity::Money open_account();
  // Changes unit or payment; the balance before.
  [[nodiscard]] std::expected<quantity::Money, SettlementError> set_mode(Mode mode, Settlement settlement,
                                                                         quantity::Money opening);
  // Sets what is owed (0 or more) of debt 0, 1 (time-based) or 2 (from purchases); what it was.
  quantity::Money set_debt(std::size_t index, quantity::Money amount);

  // From now on energy is priced so; the carried remainder goes on. The price is 0 to tariff::price_max.
  void set_tariff(const tariff::FlatTariff& tariff);
  void set_low_credit(quantity::Money threshold);
  // Not stored with the account: the owner sets them after `decode`.
  void set_rules(const Rules& rules) { rules_ = rules; }

  // Brings the low-credit alarm in line with the balance: on at the threshold and below, off above the
  // threshold plus a tenth of it. Returns whether it has just come on.
  bool update_low_credit_alarm();

  [[nodiscard]] quantity::Money balance() const { return credited_ - deducted_; }
  // By rows S without regard to friendly hours; as last judged, or changed by a purchase since.
  [[nodiscard]] bool is_exhausted() const;
  // How far the balance may fall, with what the user has taken.
  [[nodiscard]] quantity::Money floor() const;
  [[nodiscard]] bool is_emergency_offered() const;
  [[nodiscard]] bool is_emergency_taken() const { return is_emergency_taken_; }
  [[nodiscard]] quantity::Money credited() const { return credited_; }
  [[nodiscard]] quantity::Money deducted() const { return deducted_; }
  [[nodiscard]] quantity::Money charged() const { return charged_; }
  [[nodiscard]] quantity::Money returned() const { return returned_; }
  [[nodiscard]] quantity::Money debt(std::size_t index) const;
  [[nodiscard]] quantity::Money preset() const { return preset_; }
  [[nodiscard]] Mode mode() const { return mode_; }
  [[nodiscard]] std::uint16_t settlement_count() const { return settlement_count_; }
  [[nodiscard]] const Refund& last_refund() const { return last_refund_; }
  [[nodiscard]] quantity::Energy priced_energy() const { return priced_; }
  [[nodiscard]] tariff::Remainder remainder() const { return remainder_; }
  [[nodiscard]] const tariff::FlatTariff& tariff() const { return tariff_; }
  [[nodiscard]] quantity::Money low_credit() const { return low_credit_; }
  [[nodiscard]] bool low_credit_alarm() const { return low_credit_alarm_; }
  [[nodiscard]] const Rules& rules() const { return rules_; }

  // `stored_bytes` bytes; fields in docs/formats/meter-state.md.
  void encode(bytes::Writer& to) const;
  // False where the bytes are no account; this is then unchanged. The rules stay what they are.
  [[nodiscard]] bool decode(bytes::Reader& from);

  bool operator==(const Account&) const = default;

 private:
  void charge(quantity::Money amount);
  void give_back(quantity::Money amount);
  void collect_instalment(std::size_t index, std::uint32_t hour);
  [[nodiscard]] quantity::Money share_of(quantity::Money purchase) const;
  [[nodiscard]] std::uint32_t cap_week() const { return collected_until_h_ / cap_period_h; }

  Rules rules_;
  tariff::FlatTariff tariff_;
  Mode mode_;
  quantity::Money credited_;
  quantity::Money deducted_;
  quantity::Money charged_;
  quantity::Money returned_;
  quantity::Money preset_;
  std::array<quantity::Money, debt_count> debts_{};
  quantity::Energy priced_;
  tariff::Remainder remainder_;
  quantity::Money low_credit_;
  bool low_credit_alarm_ = false;
  bool is_emergency_taken_ = false;
  bool is_exhausted_ = false;  // latched until the balance is above `reconnect`
  bool is_reminded_ = false;   // the second alarm was given for this fall of the balance
  std::uint16_t settlement_count_ = 0;
  std::uint32_t collected_until_h_ = 0;  // 0: nothing was collected yet
  std::uint32_t capped_week_ = 0;
  quantity::Money taken_this_week_;
  Refund last_refund_;
  bool is_reminding_ = false;  // not stored: a power cut ends the reminder
  quantity::Instant reminder_ends_;
};

}  // namespace lk::credit
