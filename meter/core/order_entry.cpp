// SPDX-License-Identifier: Apache-2.0
#include "meter/core/order_entry.hpp"

#include <algorithm>
#include <expected>
#include <variant>

#include "bytes/bytes.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::OrderResult;
using quantity::Instant;
using quantity::Money;

// The sequence as it stands in the bytes, 0 where they are too few: so that a master can tell which of its
// orders the refusal is of.
std::uint32_t sequence_in(std::span<const std::byte> order) {
  constexpr std::size_t sequence_offset = 7;
  bytes::Reader reader{order};
  (void)reader.take(sequence_offset);
  const auto sequence = reader.big<std::uint32_t>();
  return reader.ok() ? sequence : 0;
}

constexpr std::unexpected<std::uint16_t> refusal{std::uint16_t{0}};

// Carries a command out; gives what its verb returns.
struct Carrier {
  const OrderScope& scope;
  OrderEffects& effects;
  std::uint32_t sequence;
  Instant now;

  Done operator()(const order::Open&) const {
    scope.state.reasons.set(supply::Reason::order, true);
    return 0;
  }
  Done operator()(const order::Close&) const {
    scope.state.reasons.set(supply::Reason::order, false);
    scope.state.hold.waits_for_hand = false;
    return 0;
  }
  Done operator()(const order::Permit&) const {
    scope.state.reasons.set(supply::Reason::order, false);
    scope.state.hold.waits_for_hand = true;
    return 0;
  }
  Done operator()(const order::Alarm& alarm) const {
    scope.state.hold.has_alarm = alarm.is_on;
    return 0;
  }
  Done operator()(const order::KeepPower& keep) const {
    scope.state.hold.keeps_power = keep.is_on;
    return 0;
  }
  Done operator()(const order::ReleaseLimit&) const {
    scope.state.limit = {};
    for (guard::LatchState& trip : scope.state.trips) trip = {.day = trip.day};
    return 0;
  }

  Done operator()(const order::SetPrice& price) const {
    credit::Account& account = scope.state.account;
    account.set_tariff({price.price, price.tariff_version});
    scope.state.tariff.current_slot = 0;
    scope.state.tariff.current_version = 0;
    scope.state.freeze.is_tariff_new = true;
    effects.has_flat_price = true;
    const std::int64_t priced_mj = account.priced_energy().count();
    note(EventCode::tariff_changed, static_cast<std::uint16_t>(price.tariff_version), priced_mj);
    return priced_mj;
  }
  Done operator()(const order::TariffChunk& chunk) const {
    const auto present = scope.receiver.accept(chunk.version, chunk.index, chunk.view());
    if (!present) return refusal;
    scope.state.tariff.receiving = chunk.version;
    effects.chunk = chunk;
    return *present;
  }
  Done operator()(const order::TariffActivate& set) const {
    crypto::Sha256::Digest digest{};
    std::ranges::copy(set.sha256, digest.begin());
    const auto activated =
        tariff::activate(scope.sets, scope.receiver, set.version, set.size_bytes, digest, set.activation);
    if (!activated) return refusal;
    scope.state.tariff.spare_slot = scope.state.tariff.free_slot();
    scope.state.tariff.spare_version = set.version;
    scope.state.tariff.activation = set.activation;
    effects.has_spare_set = true;
    return set.activation.unix_ms();
  }

  Done operator()(const order::SetClock& clock) const {
    State& state = scope.state;
    const bool was_wrong = state.clock.is_wrong();
    const quantity::Duration step = state.clock.set(now, clock.time);
    state.account.clock_was_set(scope.sets.current, clock.time);
    const std::int64_t step_s = step.count() / 1000;
    if (was_wrong || step_s > Clock::wrong_step_s || step_s < -Clock::wrong_step_s) {
      state.account.restart_collection(static_cast<std::uint32_t>(clock.time.unix_s() / 3600));
    }
    state.clock.see(now);
    effects.has_clock = true;
    note(EventCode::clock_set, 0, step.count());
    return step.count();
  }

  Done operator()(const order::SetLowCredit& low) const {
    scope.state.account.set_low_credit(low.threshold);
    return 0;
  }
  Done operator()(const order::SetParameters& set) const {
    const std::int64_t drift_before = scope.settings.get(dictionary::Id::clock_drift);
    for (const order::Parameter& parameter : set.view()) {
      if (!scope.settings.set(parameter.address, parameter.value)) return std::unexpected(parameter.address);
      if (!can_make_parity(parameter)) return std::unexpected(parameter.address);
      note(EventCode::parameter_set, parameter.address, parameter.value);
    }
    if (const auto fit = scope.settings.check(); !fit) return std::unexpected(fit.error());
    const Rules rules = rules_of(scope.settings);
    scope.state.account.set_rules(rules.credit);
    if (rules.clock_drift_ppb != drift_before) scope.state.clock.set_drift(now, rules.clock_drift_ppb);
    effects.has_settings = true;
    return 0;
  }

  // 0 is as installed.
  [[nodiscard]] bool can_make_parity(const order::Parameter& parameter) const {
    return scope.only_parity == 0 || parameter.value == 0 || parameter.value == scope.only_parity ||
           parameter.address != dictionary::row(dictionary::Id::line_parity).address;
  }

  Done operator()(const order::SetMode& set) const {
    const credit::Mode mode{static_cast<credit::Unit>(set.unit), static_cast<credit::Payment>(set.payment)};
    const auto closing =
        scope.state.account.set_mode(mode, static_cast<credit::Settlement>(set.settlement), set.opening);
    if (!closing) return refusal;
    note(EventCode::account_settled, static_cast<std::uint16_t>(set.unit + 2 * set.payment),
         closing->count());
    return closing->count();
  }
  Done operator()(const order::OpenAccount&) const { return returned(1, scope.state.account.open_account()); }
  Done operator()(const order::Refund& refund) const {
    return returned(0, scope.state.account.refund(refund.most, sequence));
  }
  Done operator()(const order::SetDebt& debt) const {
    return scope.state.account.set_debt(debt.index - std::size_t{1}, debt.amount).count();
  }
  Done operator()(const order::TakeEmergency&) const {
    if (!scope.state.account.take_emergency()) return refusal;
    note(EventCode::emergency_taken, 0, scope.state.account.balance().count());
    return 0;
  }

  Done operator()(const order::Freeze& freeze) const {
    if (freeze.unix_s == 0) {
      scope.state.freeze.is_pending = true;
    } else {
      scope.state.freeze.at_s = freeze.unix_s;
    }
    return 0;
  }
  Done operator()(const order::ResetDemand&) const {
    const std::int64_t before = scope.state.quality.demand_dw;
    scope.state.quality = {};
    scope.state.peaks = {};
    return before;
  }

 private:
  void note(EventCode code, std::uint16_t detail, std::int64_t value) const {
    scope.events.note(code, detail, value, scope.state.clock.at(now));
  }
  [[nodiscard]] Done returned(std::uint16_t detail, Money amount) const {
    note(EventCode::credit_returned, detail, amount.count());
    return amount.count();
  }
};

OrderAnswer refused(std::uint32_t sequence, order::Refusal reason, std::int64_t value = 0) {
  return {OrderResult::refused, sequence, value, reason};
}

}  // namespace

Done carry_out(const OrderScope& scope, OrderEffects& effects, const order::Command& command,
               std::uint32_t sequence, Instant now) {
  return std::visit(Carrier{scope, effects, sequence, now}, command);
}

OrderAnswer enter_order(const OrderScope& scope, OrderEffects& effects, std::span<const std::byte> order,
                        const OrderRules& rules, Instant now) {
  State& state = scope.state;
  const std::uint32_t sequence = sequence_in(order);
  const auto opened = order::open(order, rules.meter_number, rules.key);
  if (!opened) return refused(sequence, opened.error());
  const auto standing = order::judge(*opened, state.last_order, state.clock.at(now));
  if (!standing) return refused(sequence, standing.error());
  if (*standing == order::Standing::repeated) {
    return {OrderResult::already_done, sequence, state.order_value, {}};
  }
  const auto command = order::decode_command(opened->verb, opened->arguments);
  if (!command) return refused(sequence, command.error());

  const std::size_t noted_before = scope.events.noted_count();
  scope.events.note(EventCode::order_done, opened->verb, opened->sequence, state.clock.at(now));
  const Done done = carry_out(scope, effects, *command, opened->sequence, now);
  if (!done) {
    scope.events.forget_after(noted_before);
    return refused(sequence, order::Refusal::bad_argument, done.error());
  }
  state.order_value = *done;
  state.last_order = {opened->sequence, opened->seal};
  return {OrderResult::done, sequence, state.order_value, {}};
}

}  // namespace lk::meter
