// SPDX-License-Identifier: Apache-2.0
// What a token does to the meter's state, as one pure step: the order of rules of docs/design/credit.md.
// Whoever calls it stores the changed state before anybody is told.
#pragma once

#include <cstdint>
#include <span>

#include "meter/core/state.hpp"
#include "sts/decoder_key.hpp"

namespace lk::meter {

struct TokenRules {
  const sts::DecoderKey& key;
  std::uint8_t key_expiry_number;   // KEN
  std::uint16_t manufacturer_code;  // of this meter; test tokens for another maker are refused
};

// Judges the characters and, where they are a credit token that is accepted, credits `state` and marks the
// token used. Nothing but `last_token` is changed by a refusal, or by a test token.
TokenAnswer enter_token(State& state, std::span<const char, 20> characters, const TokenRules& rules);

}  // namespace lk::meter
