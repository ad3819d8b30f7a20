// SPDX-License-Identifier: Apache-2.0
#include "meter/core/token_entry.hpp"

#include <algorithm>

namespace lk::meter {
namespace {

using quantity::Money;
using sts::TokenResult;

class StateEffects final : public tokens::Effects {
 public:
  explicit StateEffects(State& state) : state_(state) {}

  TokenResult credit_currency(Money amount) override {
    return unit() == credit::Unit::money ? credit(amount) : TokenResult::function;
  }
  TokenResult credit_units(std::uint32_t tenths) override {
    constexpr std::int64_t counts_per_tenth = quantity::money_per_unit / 10;
    return unit() == credit::Unit::energy ? credit(Money::of(tenths * counts_per_tenth))
                                          : TokenResult::function;
  }
  // There is one account, in one unit: the register of the other is empty.
  TokenResult clear_credit(Register which) override {
    const Register own = unit() == credit::Unit::money ? Register::currency : Register::units;
    if (which != Register::all && which != own) return TokenResult::range;
    cleared_ = state_.account.clear_credit();
    return TokenResult::accept;
  }
  TokenResult clear_tamper() override {
    guard::LatchState& trip = state_.trips[static_cast<std::size_t>(guard::TripReason::tamper)];
    trip = {.day = trip.day};
    state_.reasons.set(supply::Reason::tamper, false);
    return TokenResult::accept;
  }

  [[nodiscard]] Money credited() const { return credited_; }
  [[nodiscard]] Money cleared() const { return cleared_; }

 private:
  [[nodiscard]] credit::Unit unit() const { return state_.account.mode().unit; }

  TokenResult credit(Money amount) {
    if (!state_.account.add(amount)) return TokenResult::overflow;
    credited_ = amount;
    return TokenResult::accept;
  }

  State& state_;
  Money credited_;
  Money cleared_;
};

}  // namespace

TokenStep enter_token(State& state, tokens::Assembly& assembly, std::span<const char, 20> characters,
                      const tokens::Rules& rules, quantity::Instant now) {
  StateEffects effects{state};
  TokenStep step;
  step.outcome = tokens::enter(state.tokens, assembly, characters, rules, effects, now);
  if (step.outcome.changes_state()) ++state.token_count;
  std::ranges::copy(characters, step.answer.characters.begin());
  step.answer.result = step.outcome.result;
  step.answer.amount = effects.credited();
  step.cleared = effects.cleared();
  step.answer.token_identifier = step.outcome.token_identifier;
  state.last_token = step.answer;
  return step;
}

}  // namespace lk::meter
