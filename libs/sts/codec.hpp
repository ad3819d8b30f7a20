// SPDX-License-Identifier: Apache-2.0
// Tokens to digits and back. Pure functions; no rule of a meter's state is here (used, expired, …: see
// tid_store.hpp, tid.hpp), only whether the digits are a token made under this key.
//
//   fields ─► 48 bits │ CRC ─► cipher (not class 1) ─► class in place ─► 20 digits
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "sts/decoder_key.hpp"
#include "sts/digits.hpp"
#include "sts/token.hpp"

namespace lk::sts {

enum class AuthenticationError : std::uint8_t {
  format,          // not 20 digits, or above 2^66-1
  reserved_class,  // class 3
  crc,             // wrong check: mistyped, damaged, or for another key
};

// The digits of a token under a meter's key. Every field must fit its bits, the sub-class must be one that
// the type names, and the section types must fit the key's algorithm. Else a bug.
[[nodiscard]] Digits encode(const Token& token, const DecoderKey& key);
// True where a sub-class is kept for later or for makers: where an UnknownToken may stand. Class 3 has none.
[[nodiscard]] bool is_unknown(TokenClass token_class, std::uint8_t sub_class, EncryptionAlgorithm algorithm);
// A class 1 token needs no key: it is the same for all meters.
[[nodiscard]] Digits encode(const Test& token);

// The token of exactly 20 ASCII digits.
[[nodiscard]] std::expected<Token, AuthenticationError> decode(std::string_view digits,
                                                               const DecoderKey& key);

}  // namespace lk::sts
