// SPDX-License-Identifier: Apache-2.0
// One token at the meter: the order of checks and results of IEC 62055-41 as docs/design/sts.md lists it. A
// pure step on values that the caller copies, stores, and only then lets take effect.
//
//   digits ─► class ─► cipher ─► check ─┬─► class 1: maker's code ─► tests to show
//                                       ├─► key change: assembly ─► key type ─► key register
//                                       └─► identifier: default key, expiry, used, old ─► effect
#pragma once

#include <cstdint>
#include <span>

#include "meter/tokens/assembly.hpp"
#include "meter/tokens/effects.hpp"
#include "meter/tokens/rules.hpp"
#include "meter/tokens/state.hpp"
#include "sts/result.hpp"

namespace lk::tokens {

// What a token was.
enum class Kind : std::uint8_t { none, credit, management, key_section, key_change, test };

struct Outcome {
  sts::TokenResult result = sts::TokenResult::none;
  Kind kind = Kind::none;  // none: not authentic
  std::uint8_t sub_class = 0;
  std::uint32_t token_identifier = 0;  // 0 where it has none, or it is not known
  std::uint64_t tests = 0;             // of an accepted class 1 token: what to test and show

  // Whether value, key or settings were changed, so that the state must be stored.
  [[nodiscard]] bool changes_state() const {
    return result == sts::TokenResult::accept &&
           (kind == Kind::credit || kind == Kind::management || kind == Kind::key_change);
  }
};

// Judges the characters and does what an accepted token says, in `state`, `assembly` and through `effects`. A
// refusal changes nothing, but that a key change of a forbidden type drops its sections. `now` is a clock
// that does not go back.
[[nodiscard]] Outcome enter(State& state, Assembly& assembly, std::span<const char, 20> characters,
                            const Rules& rules, Effects& effects, quantity::Instant now);

}  // namespace lk::tokens
