// SPDX-License-Identifier: Apache-2.0
#include "meter/core/token_entry.hpp"

#include <string_view>
#include <variant>

#include "sts/codec.hpp"
#include "sts/tid.hpp"

namespace lk::meter {
namespace {

using sts::TokenResult;

TokenResult result_of(sts::AuthenticationError error) {
  switch (error) {
    case sts::AuthenticationError::format:
      return TokenResult::format;
    case sts::AuthenticationError::reserved_class:
      return TokenResult::function;
    case sts::AuthenticationError::crc:
      break;
  }
  return TokenResult::crc;
}

// Whether a token of this identifier may be processed: `accept`, or why not.
TokenResult validate(const State& state, std::uint32_t tid, std::uint8_t key_expiry_number) {
  if (sts::is_expired(tid, key_expiry_number)) return TokenResult::key_expired;
  switch (state.used_tokens.judge(tid)) {
    case sts::TidStore::Standing::used:
      return TokenResult::used;
    case sts::TidStore::Standing::old:
      return TokenResult::old;
    case sts::TidStore::Standing::fresh:
      break;
  }
  return TokenResult::accept;
}

TokenResult apply(State& state, const sts::CurrencyCredit& credit, quantity::Money& credited) {
  constexpr std::uint8_t electricity = 4;
  if (credit.sub_class != electricity) return TokenResult::function;
  const sts::CurrencyAmount amount = sts::decode_currency(credit.amount);
  if (amount.negative) return TokenResult::range;
  const auto money = sts::to_money(amount);
  if (!money || !state.account.add(*money)) return TokenResult::overflow;
  state.used_tokens.accept(credit.tid);
  ++state.token_count;
  credited = *money;
  return TokenResult::accept;
}

void process(State& state, const sts::Token& token, const TokenRules& rules, TokenAnswer& answer) {
  if (const auto* test = std::get_if<sts::Test>(&token)) {
    const bool is_ours = test->manufacturer_code == 0 || test->manufacturer_code == rules.manufacturer_code;
    answer.result = is_ours ? TokenResult::accept : TokenResult::manufacturer_code;
    return;
  }
  if (const auto* credit = std::get_if<sts::CurrencyCredit>(&token)) {
    answer.token_identifier = credit->tid;
    answer.result = validate(state, credit->tid, rules.key_expiry_number);
    if (answer.result == TokenResult::accept) answer.result = apply(state, *credit, answer.amount);
    return;
  }
  // What this meter does not do is refused as such only after it was found to be for now and for here.
  if (const auto* units = std::get_if<sts::UnitCredit>(&token)) {
    answer.token_identifier = units->tid;
    answer.result = validate(state, units->tid, rules.key_expiry_number);
  } else if (const auto* management = std::get_if<sts::Management>(&token)) {
    answer.token_identifier = management->tid;
    answer.result = validate(state, management->tid, rules.key_expiry_number);
  } else {
    answer.result = TokenResult::accept;
  }
  if (answer.result == TokenResult::accept) answer.result = TokenResult::function;
}

}  // namespace

TokenAnswer enter_token(State& state, std::span<const char, 20> characters, const TokenRules& rules) {
  TokenAnswer answer;
  std::ranges::copy(characters, answer.characters.begin());
  const auto token = sts::decode(std::string_view{characters.data(), characters.size()}, rules.key);
  if (token) {
    process(state, *token, rules, answer);
  } else {
    answer.result = result_of(token.error());
  }
  state.last_token = answer;
  return answer;
}

}  // namespace lk::meter
