// SPDX-License-Identifier: Apache-2.0
// What a token does to the meter's state, as one pure step: the token organ judges it (meter/tokens), and
// here is what its effects are on the account and the supply. Whoever calls it stores the changed state
// before anybody is told.
#pragma once

#include <span>

#include "meter/core/state.hpp"
#include "meter/tokens/entry.hpp"

namespace lk::meter {

struct TokenStep {
  TokenAnswer answer;
  tokens::Outcome outcome;
  quantity::Money cleared;  // taken away by it
};

// Judges the characters and does what an accepted token says, in `state` and `assembly`. Nothing but
// `last_token` is changed by a refusal, a test token or a section of an incomplete key change.
TokenStep enter_token(State& state, tokens::Assembly& assembly, std::span<const char, 20> characters,
                      const tokens::Rules& rules, quantity::Instant now);

}  // namespace lk::meter
