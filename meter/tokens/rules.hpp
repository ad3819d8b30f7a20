// SPDX-License-Identifier: Apache-2.0
// Where products differ, or the standard leaves room, in how a meter takes tokens. The defaults are what
// docs/design/sts.md argues for.
#pragma once

#include <array>
#include <cstdint>

#include "quantity/quantity.hpp"
#include "sts/amount.hpp"
#include "sts/built_in_tables.hpp"
#include "sts/key_generation.hpp"

namespace lk::tokens {

// The service that the meter sells: its sub-class of class 0 in units; in currency four more.
enum class MeterKind : std::uint8_t { electricity = 0, water = 1, gas = 2, time = 3 };

// What is checked before a token with an identifier may do anything.
enum class Check : std::uint8_t { default_key, key_expired, used, old };

// The sub-classes of class 2 that a product may know, as bits.
using Functions = std::uint16_t;
inline constexpr Functions maximum_power = 1U << 0U;
inline constexpr Functions clear_credit = 1U << 1U;
inline constexpr Functions tariff_rate = 1U << 2U;
inline constexpr Functions clear_tamper = 1U << 5U;
inline constexpr Functions phase_unbalance = 1U << 6U;
inline constexpr Functions water_factor = 1U << 7U;
inline constexpr Functions extended = 1U << 10U;

// For each key type (DITK, DDTK, DUTK, DCTK) the types that it may change to, as bits.
using KeyTypeChanges = std::array<std::uint8_t, 4>;
inline constexpr KeyTypeChanges usual_key_type_changes{0b1111, 0b1110, 0b0110, 0b1010};

// The tests of class 1 that this meter answers, as control bits: 1 supply switch, 2 display, 3 energy
// registers, 4 key revision, 5 tariff index, 6 way in of tokens, 7 power limit, 8 tamper state, 9 power, 10
// firmware, 11 unbalance limit, 13 tariff rate, 14 algorithm, 15 sections of a key change, 16 supply group,
// 17 key expiry, 18 number. Bit n-1 is test n.
inline constexpr std::uint64_t usual_tests = 0x3'F7FF;

struct Rules {
  MeterKind kind = MeterKind::electricity;
  std::uint16_t manufacturer_code = 0;  // 2 or 4 digits; class 1 for another maker is refused, 0 is for all
  std::array<Check, 4> check_order{Check::default_key, Check::key_expired, Check::used, Check::old};
  bool checks_key_expiry = true;
  quantity::Duration key_change_timeout = quantity::minutes(10);
  KeyTypeChanges key_type_changes = usual_key_type_changes;
  bool takes_common_key = false;  // DCTK is for erasable cards; a keypad must not take it
  Functions functions = maximum_power | clear_credit | tariff_rate | clear_tamper | phase_unbalance;
  std::uint32_t power_limit_min_w = 1;
  std::uint32_t power_limit_max_w = sts::largest_units;
  std::uint32_t unbalance_limit_max_w = sts::largest_units;
  std::uint16_t tariff_rate_max = 8;  // 0: as the calendar says
  std::uint64_t tests = usual_tests;
  const sts::StaTables* sta_tables = &sts::built_in_tables;  // of an EA07 meter
};

}  // namespace lk::tokens
