// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/ledger.hpp"

#include <algorithm>
#include <variant>

#include "assert/assert.hpp"

namespace lk::sim {
namespace {

using quantity::Energy;
using quantity::Instant;
using quantity::Money;

constexpr std::int64_t parts_per_count =
    quantity::mj_per_kwh * quantity::price_per_unit / quantity::money_per_unit;
constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t minutes_per_day = 1440;
constexpr Money not_negative(Money money) {
  return std::max(Money{}, money);
}

}  // namespace

DayPrices DayPrices::of(const tariff::TariffSet& set) {
  return {set.version, set.zone.offset_minutes, set.day_tables[0], set.prices[0]};
}

std::int64_t DayPrices::at(Instant time) const {
  const std::int64_t local = time.unix_ms() / ms_per_minute + offset_minutes;
  const auto minute = static_cast<std::uint16_t>(local % minutes_per_day);
  std::uint8_t rate = 0;
  for (std::size_t i = 0; i < day.count; ++i) {
    if (day.switchings[i].minute <= minute) rate = day.switchings[i].rate;
  }
  return prices[rate].count();
}

void Ledger::feed(const Tariffs& tariffs, Energy import, Energy exported, Instant now) {
  const Instant from = run.at + dealt.clock_step;
  run.at = now;
  run.import += import;
  run.exported += exported;
  if (import == Energy{}) return;
  if (dealt.mode.unit == credit::Unit::energy) {
    run.parts += Wide{import.count()} * quantity::price_per_unit;
    return;
  }
  if (is_spare_due() && from >= dealt.activation) switch_over();
  run.parts += Wide{import.count()} * tariffs[run.tariff].at(from);
}

bool Ledger::is_spare_due() const {
  return run.spare && dealt.mode.unit == credit::Unit::money && run.at + dealt.clock_step >= dealt.activation;
}

void Ledger::switch_over() {
  run.tariff = value_of(run.spare);
  run.spare.reset();
}

void Ledger::see_tariff(const Tariffs& tariffs, std::uint32_t version) {
  if (is_spare_due() && tariffs[value_of(run.spare)].version == version) switch_over();
}

void Ledger::take(const SoldToken& token, Money returned) {
  ++dealt.token_count;
  if (token.kind == SoldToken::Kind::credit) {
    dealt.credited += token.amount;
  } else {
    dealt.returned = returned;
  }
}

void Ledger::take(std::uint32_t sequence, const order::Command& command, std::int64_t value,
                  std::optional<std::size_t> tariff) {
  dealt.order_sequence = sequence;
  if (std::holds_alternative<order::Open>(command)) dealt.is_held = true;
  if (std::holds_alternative<order::Close>(command) || std::holds_alternative<order::Permit>(command))
    dealt.is_held = false;
  if (const auto* alarm = std::get_if<order::Alarm>(&command)) dealt.has_alarm = alarm->is_on;
  if (const auto* keep = std::get_if<order::KeepPower>(&command)) dealt.keeps_power = keep->is_on;
  if (std::holds_alternative<order::SetPrice>(command)) run.tariff = value_of(tariff);
  if (const auto* set = std::get_if<order::TariffActivate>(&command)) {
    run.spare = value_of(tariff);
    dealt.activation = set->activation;
  }
  if (const auto* clock = std::get_if<order::SetClock>(&command)) dealt.clock_step = clock->time - run.at;
  if (std::holds_alternative<order::Refund>(command) || std::holds_alternative<order::OpenAccount>(command))
    dealt.returned += Money::of(value);
  if (const auto* debt = std::get_if<order::SetDebt>(&command))
    dealt.debts_entered[debt->index - std::size_t{1}] += debt->amount - Money::of(value);
  if (const auto* mode = std::get_if<order::SetMode>(&command)) {
    const credit::Mode next{static_cast<credit::Unit>(mode->unit),
                            static_cast<credit::Payment>(mode->payment)};
    const Money closing = Money::of(value);
    if (next.unit != dealt.mode.unit) {
      dealt.credited = dealt.returned = dealt.opening_debit = Money{};
      dealt.debts_entered = {};
      run.parts = 0;
    } else if (mode->settlement == 1) {
      dealt.returned += not_negative(closing);
      dealt.credited += not_negative(-closing);
    }
    if (mode->settlement == 1) {
      dealt.credited += not_negative(mode->opening);
      dealt.opening_debit += not_negative(-mode->opening);
    }
    dealt.mode = next;
  }
}

Money Ledger::energy_money() const {
  return Money::of(static_cast<std::int64_t>(run.parts / parts_per_count));
}

std::optional<std::string> Ledger::difference(const meter::State& seen, std::uint32_t tariff_version,
                                              const Tariffs& tariffs, Money standing) const {
  const auto unlike = [](const char* what, std::int64_t is,
                         std::int64_t should) -> std::optional<std::string> {
    if (is == should) return std::nullopt;
    return std::string(what) + " is " + std::to_string(is) + ", should be " + std::to_string(should);
  };
  const credit::Account& account = seen.account;
  Money collected;
  for (std::size_t i = 0; i < dealt.debts_entered.size(); ++i) {
    const Money taken = dealt.debts_entered[i] - account.debt(i);
    if (account.debt(i) < Money{} || taken < Money{}) return "a debt that is more than was ever owed";
    collected += taken;
  }
  const Money fixed = account.charged() - dealt.opening_debit - collected;
  const bool is_whole = standing > Money{} ? fixed.count() % standing.count() == 0 : fixed == Money{};
  if (!is_whole || fixed < Money{}) return "charged " + std::to_string(fixed.count()) + " for nothing";
  const Money energy = account.deducted() - account.charged() - account.returned();
  for (const auto& found :
       {unlike("imported energy", seen.import_energy.count(), run.import.count()),
        unlike("exported energy", seen.export_energy.count(), run.exported.count()),
        unlike("priced energy", account.priced_energy().count(), run.import.count()),
        unlike("sequence of orders", seen.last_order.sequence, dealt.order_sequence),
        unlike("number of tokens", seen.token_count, dealt.token_count),
        unlike("credited", account.credited().count(), dealt.credited.count()),
        unlike("returned", account.returned().count(), dealt.returned.count()),
        unlike("money for energy", energy.count(), energy_money().count()),
        unlike("balance", account.balance().count(), (account.credited() - account.deducted()).count()),
        unlike("tariff", tariff_version, tariffs[run.tariff].version),
        unlike("unit", static_cast<int>(account.mode().unit), static_cast<int>(dealt.mode.unit)),
        unlike("payment", static_cast<int>(account.mode().payment), static_cast<int>(dealt.mode.payment)),
        unlike("held open by order", seen.reasons.has(supply::Reason::order) ? 1 : 0, dealt.is_held ? 1 : 0),
        unlike("alarm by order", seen.hold.has_alarm ? 1 : 0, dealt.has_alarm ? 1 : 0),
        unlike("kept powered", seen.hold.keeps_power ? 1 : 0, dealt.keeps_power ? 1 : 0)}) {
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace lk::sim
