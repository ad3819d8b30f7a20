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

  TokenResult credit_currency(Money amount) override { return credit(amount); }
  // The account is kept in currency.
  TokenResult credit_units(std::uint32_t /*tenths*/) override { return TokenResult::function; }
  TokenResult clear_credit(Register /*which*/) override { return TokenResult::function; }
  TokenResult clear_tamper() override { return TokenResult::function; }

  [[nodiscard]] Money credited() const { return credited_; }

 private:
  TokenResult credit(Money amount) {
    if (!state_.account.add(amount)) return TokenResult::overflow;
    credited_ = amount;
    return TokenResult::accept;
  }

  State& state_;
  Money credited_;
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
  step.answer.token_identifier = step.outcome.token_identifier;
  state.last_token = step.answer;
  return step;
}

}  // namespace lk::meter
