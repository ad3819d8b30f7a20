// SPDX-License-Identifier: Apache-2.0
// A change of a meter's key as the set of tokens that carries it (IEC 62055-41, 6.2.7, 6.2.8): two or three
// under EA07, four under EA11. All are encrypted under the old key.
//
//   EA07  key = NKHO ‖ NKLO                    first, second [, supply group]
//   EA11  key = NKHO ‖ NKMO2 ‖ NKMO1 ‖ NKLO    first, second, third, fourth
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "sts/decoder_key.hpp"
#include "sts/token.hpp"

namespace lk::sts {

// The new key and what goes with it. Under EA07 the first two words of `key_words` are the key, the others 0.
struct KeyChange {
  EncryptionAlgorithm algorithm = EncryptionAlgorithm::ea11;
  std::array<std::uint32_t, 4> key_words{};  // most significant first
  KeyType key_type = KeyType::unique;
  std::uint8_t key_revision_number = 1;
  std::uint8_t key_expiry_number = 255;
  std::uint8_t tariff_index = 0;
  bool roll_over = false;
  std::optional<std::uint32_t>
      supply_group_code;  // always with EA11; with EA07 it makes the set one of three

  bool operator==(const KeyChange&) const = default;
};

struct KeyChangeSet {
  std::array<Token, 4> tokens;  // first, second, third, fourth section
  std::size_t count = 0;

  [[nodiscard]] std::span<const Token> view() const { return std::span{tokens}.first(count); }
};

// The sections to be encoded, in the order of their names.
[[nodiscard]] KeyChangeSet sections_of(const KeyChange& change);

// The change that a complete set of sections, in any order, carries; nothing where one is missing, doubled or
// foreign.
[[nodiscard]] std::optional<KeyChange> combine(std::span<const Token> sections,
                                               EncryptionAlgorithm algorithm);

}  // namespace lk::sts
