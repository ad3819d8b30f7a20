// SPDX-License-Identifier: Apache-2.0
// A key group: one vending key with all that is public about it. The name is what a meter's record says of
// its key; what the key is, only the custody knows.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "sts/key_generation.hpp"
#include "sts/tid.hpp"

namespace lk::vault {

// Supply group code, key revision number and key type: written 201457-1-2.
struct GroupName {
  std::uint32_t supply_group_code = 0;   // 6 digits
  std::uint8_t key_revision_number = 1;  // 1 to 9
  sts::KeyType key_type = sts::KeyType::unique;

  auto operator<=>(const GroupName&) const = default;
};

[[nodiscard]] std::string text(const GroupName& name);
[[nodiscard]] std::optional<GroupName> parse_group_name(std::string_view text);

// Of a vending key of this generation (DKGA02, 03, 04).
[[nodiscard]] constexpr std::size_t key_bytes(sts::KeyGenerationAlgorithm generation) {
  switch (generation) {
    case sts::KeyGenerationAlgorithm::dkga02:
      return 8;
    case sts::KeyGenerationAlgorithm::dkga03:
      return 16;
    case sts::KeyGenerationAlgorithm::dkga04:
      return 20;
    case sts::KeyGenerationAlgorithm::dkga01:
      break;
  }
  return 0;  // refused
}

// What the group may be used for in all, and in one day (UTC). The highest number: no limit.
struct Limits {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t uses = none;        // tokens; a key change counts each of its tokens
  std::uint64_t uses_a_day = none;  // tokens
  std::uint64_t units = none;       // tenths of kWh, m³ or minute, as the tokens carry them
  std::uint64_t money = none;       // 1/100 000 of the currency unit, as the tokens carry it

  bool operator==(const Limits&) const = default;
};

struct Usage {
  std::uint64_t uses = 0;
  std::uint64_t uses_today = 0;
  std::uint64_t units = 0;
  std::uint64_t money = 0;

  bool operator==(const Usage&) const = default;
};

// The first three bytes of what the key makes of eight zero bytes (DES, or HMAC-SHA-256).
using CheckValue = std::array<std::byte, 3>;

inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

struct KeyGroup {
  GroupName name;
  sts::KeyGenerationAlgorithm generation = sts::KeyGenerationAlgorithm::dkga04;
  std::uint8_t key_expiry_number = 255;  // KEN
  sts::BaseDate base_date = sts::BaseDate::y2014;
  std::int64_t active_unix_s = 0;       // from then on
  std::int64_t expires_unix_s = never;  // before then
  Limits limits;
  Usage usage;
  std::optional<CheckValue> check_value;  // of the loaded key; nothing until it is whole
};

}  // namespace lk::vault
