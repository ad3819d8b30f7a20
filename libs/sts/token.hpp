// SPDX-License-Identifier: Apache-2.0
// What a token says, as types: one for each layout of the 64-bit block (IEC 62055-41, 6.2.3 to 6.2.9),
// sub-classes as numbers of the standard. Numbers must fit the bits that stand behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "sts/amount.hpp"
#include "sts/digits.hpp"
#include "sts/key_generation.hpp"

namespace lk::sts {

// Class 0, sub-classes 0 to 3: electricity, water, gas (0.1 units), time (0.1 min).
struct UnitCredit {
  std::uint8_t sub_class = 0;
  std::uint8_t random = 0;   // 4 bits
  std::uint32_t tid = 0;     // 24 bits
  std::uint16_t amount = 0;  // see encode_units
  bool operator==(const UnitCredit&) const = default;
};

// Class 0, sub-classes 4 to 7: the same four services in currency. Carries no random number.
struct CurrencyCredit {
  std::uint8_t sub_class = 4;
  std::uint32_t tid = 0;
  CurrencyField amount;  // see encode_currency
  bool operator==(const CurrencyCredit&) const = default;
};

// Class 2 with a 16-bit value: 0 maximum power (encode_units, W), 1 clear credit (register, FFFFh all), 2
// tariff rate, 5 clear tamper (0), 6 maximum phase unbalance (encode_units, W), 7 water factor, 10 extended
// (index 6 bits, value 10).
struct Management {
  std::uint8_t sub_class = 0;
  std::uint8_t random = 0;
  std::uint32_t tid = 0;
  std::uint16_t value = 0;
  bool operator==(const Management&) const = default;
};

// Class 1: 0 test or display (36 control bits, 8-bit manufacturer code), 1 the same (28 bits, 16-bit code), 2
// extended read (as 0). Control bit n-1 asks for test n.
struct Test {
  std::uint8_t sub_class = 0;
  std::uint64_t control = 0;
  std::uint16_t manufacturer_code = 0;
  bool operator==(const Test&) const = default;
};

// Class 2, sub-class 3: the first section of a key change.
struct FirstKeySection {
  std::uint8_t key_expiry_high = 0;  // 4 bits
  std::uint8_t key_revision_number = 1;
  bool roll_over = false;      // token identifiers begin anew
  bool third_follows = false;  // 3KCT: an EA07 set of three tokens
  KeyType key_type = KeyType::unique;
  std::uint32_t key_bits = 0;  // NKHO
  bool operator==(const FirstKeySection&) const = default;
};

// Class 2, sub-class 4.
struct SecondKeySection {
  std::uint8_t key_expiry_low = 0;  // 4 bits
  std::uint8_t tariff_index = 0;
  std::uint32_t key_bits = 0;  // NKLO
  bool operator==(const SecondKeySection&) const = default;
};

// Class 2, sub-class 8 under EA07: the supply group code, no key bits.
struct SupplyGroupSection {
  std::uint32_t supply_group_code = 0;  // 24 bits
  bool operator==(const SupplyGroupSection&) const = default;
};

// Class 2, sub-class 8 under EA11.
struct ThirdKeySection {
  std::uint16_t supply_group_low = 0;  // 12 bits
  std::uint32_t key_bits = 0;          // NKMO2: the second word of the key
  bool operator==(const ThirdKeySection&) const = default;
};

// Class 2, sub-class 9 (EA11).
struct FourthKeySection {
  std::uint16_t supply_group_high = 0;  // 12 bits
  std::uint32_t key_bits = 0;           // NKMO1: the third word of the key
  bool operator==(const FourthKeySection&) const = default;
};

// A sub-class that the standard keeps for later or for makers (class 0: 8 to 15; class 1: 3 to 15; class 2:
// 11 to 15, and 9 under EA07). Its check was right; what its 44 bits say only its maker knows.
struct UnknownToken {
  TokenClass token_class = TokenClass::credit;
  std::uint8_t sub_class = 8;
  std::uint64_t content = 0;  // bits 59 to 16 of the block
  bool operator==(const UnknownToken&) const = default;
};

using Token = std::variant<UnitCredit, CurrencyCredit, Management, Test, FirstKeySection, SecondKeySection,
                           SupplyGroupSection, ThirdKeySection, FourthKeySection, UnknownToken>;

}  // namespace lk::sts
