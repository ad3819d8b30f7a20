// SPDX-License-Identifier: Apache-2.0
// The outside of a token: 66 bits as 20 decimal digits, and the class in its clear place among the cipher's
// bits (IEC 62055-41, 6.4: transposition).
//
//   bit   65 64 │ 63 … 29 │ 28 27 │ 26 … 0
//         C28 C27  block    class    block        C28, C27: the block's own bits 28 and 27
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lk::sts {

inline constexpr std::size_t token_digits = 20;

// ASCII '0' to '9', without spaces.
using Digits = std::array<char, token_digits>;

enum class TokenClass : std::uint8_t {
  credit = 0,              // meter-specific, encrypted
  general_management = 1,  // the same for all meters, in clear
  meter_management = 2,    // meter-specific, encrypted
  reserved = 3,            // by the STS Association
};

// A token's 66 bits taken apart: what the cipher works on, and the class.
struct ClassedBlock {
  TokenClass token_class = TokenClass::credit;
  std::uint64_t block = 0;

  bool operator==(const ClassedBlock&) const = default;
};

// The 20 digits of a class and a block.
[[nodiscard]] Digits to_digits(const ClassedBlock& token);

// The class and block of exactly 20 digits; nothing where a character is no digit, the size is another, or
// the number is above 2^66-1 (73786976294838206463).
[[nodiscard]] std::optional<ClassedBlock> from_digits(std::string_view digits);

}  // namespace lk::sts
