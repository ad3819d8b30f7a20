// SPDX-License-Identifier: Apache-2.0
#include "meter/core/order_entry.hpp"

#include <variant>

#include "bytes/bytes.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::OrderResult;

// The sequence as it stands in the bytes, 0 where they are too few: so that a master can tell which of its
// orders the refusal is of.
std::uint32_t sequence_in(std::span<const std::byte> order) {
  constexpr std::size_t sequence_offset = 7;
  bytes::Reader reader{order};
  (void)reader.take(sequence_offset);
  const auto sequence = reader.big<std::uint32_t>();
  return reader.ok() ? sequence : 0;
}

// Carries a command out; returns what its verb returns.
std::int64_t carry_out(State& state, records::EventLog& events, const order::Command& command,
                       quantity::Instant now) {
  if (std::holds_alternative<order::Open>(command)) {
    state.reasons.set(supply::Reason::order, true);
  } else if (std::holds_alternative<order::Close>(command)) {
    state.reasons.set(supply::Reason::order, false);
  } else if (const auto* price = std::get_if<order::SetPrice>(&command)) {
    state.account.set_tariff({price->price, price->tariff_version});
    const std::int64_t priced_mj = state.account.priced_energy().count();
    events.note(EventCode::tariff_changed, static_cast<std::uint16_t>(price->tariff_version), priced_mj,
                now + state.clock_step);
    return priced_mj;
  } else if (const auto* clock = std::get_if<order::SetClock>(&command)) {
    const quantity::Duration step = clock->time - (now + state.clock_step);
    state.clock_step += step;
    events.note(EventCode::clock_set, 0, step.count(), clock->time);
    return step.count();
  } else if (const auto* low_credit = std::get_if<order::SetLowCredit>(&command)) {
    state.account.set_low_credit(low_credit->threshold);
  }
  return 0;
}

OrderAnswer refused(std::uint32_t sequence, order::Refusal refusal) {
  return {OrderResult::refused, sequence, 0, refusal};
}

}  // namespace

OrderAnswer enter_order(State& state, records::EventLog& events, std::span<const std::byte> order,
                        const OrderRules& rules, quantity::Instant now) {
  const std::uint32_t sequence = sequence_in(order);
  const auto opened = order::open(order, rules.meter_number, rules.key);
  if (!opened) return refused(sequence, opened.error());
  const auto standing = order::judge(*opened, state.last_order, now + state.clock_step);
  if (!standing) return refused(sequence, standing.error());
  if (*standing == order::Standing::repeated) {
    return {OrderResult::already_done, sequence, state.order_value, {}};
  }
  const auto command = order::decode_command(opened->verb, opened->arguments);
  if (!command) return refused(sequence, command.error());

  events.note(EventCode::order_done, opened->verb, opened->sequence, now + state.clock_step);
  state.order_value = carry_out(state, events, *command, now);
  state.last_order = {opened->sequence, opened->seal};
  return {OrderResult::done, sequence, state.order_value, {}};
}

}  // namespace lk::meter
