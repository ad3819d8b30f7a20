// SPDX-License-Identifier: Apache-2.0
// For tests: a token organ with its rules and effects that only remember, and a vending desk for it.
#pragma once

#include <array>
#include <cstdint>

#include "meter/tokens/entry.hpp"
#include "sts/codec.hpp"

namespace lk::tokens::test {

// Remembers what it was asked for, and answers what it is told to.
class FakeEffects final : public Effects {
 public:
  sts::TokenResult credit_currency(quantity::Money amount) override {
    if (answer == sts::TokenResult::accept) credited = credited + amount;
    return answer;
  }
  sts::TokenResult credit_units(std::uint32_t tenths) override {
    if (answer == sts::TokenResult::accept) units += tenths;
    return answer;
  }
  sts::TokenResult clear_credit(Register which) override {
    cleared = which;
    ++clear_count;
    return answer;
  }
  sts::TokenResult clear_tamper() override {
    ++tamper_count;
    return answer;
  }

  sts::TokenResult answer = sts::TokenResult::accept;
  quantity::Money credited;
  std::uint32_t units = 0;
  Register cleared = Register::all;
  int clear_count = 0;
  int tamper_count = 0;
};

inline std::array<std::byte, 16> key_bytes(std::uint8_t first) {
  std::array<std::byte, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(first + i);
  return key;
}

struct Organ {
  explicit Organ(sts::EncryptionAlgorithm algorithm = sts::EncryptionAlgorithm::ea11) {
    const auto key = key_bytes(0x10);
    const bool is_long = algorithm == sts::EncryptionAlgorithm::ea11;
    state.key.key = {algorithm, std::span{key}.first(is_long ? 16 : 8)};
    rules.manufacturer_code = 7;
  }

  [[nodiscard]] sts::DecoderKey key() const { return sts::DecoderKey::of(state.key.key, *rules.sta_tables); }
  // Under the key that the meter has now.
  [[nodiscard]] sts::Digits made(const sts::Token& token) const { return sts::encode(token, key()); }
  Outcome enter(const sts::Digits& digits) {
    return tokens::enter(state, assembly, digits, rules, effects, now);
  }
  Outcome enter(const sts::Token& token) { return enter(made(token)); }

  State state;
  Assembly assembly;
  Rules rules;
  FakeEffects effects;
  quantity::Instant now = quantity::Instant::of(1'790'000'000'000);
};

}  // namespace lk::tokens::test
