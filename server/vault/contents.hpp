// SPDX-License-Identifier: Apache-2.0
// What a vault file holds, and its bytes (docs/formats/vault-file.md). In a file vault these bytes are sealed
// and hold the keys; in the file of a PKCS#11 vault they are clear and authenticated, and the keys stay in
// the module.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/vault/key_group.hpp"
#include "server/vault/secret.hpp"

namespace lk::vault {

using VaultId = std::array<std::byte, 16>;

// The half of a vending key that waits for the other one.
struct KeptHalf {
  std::string officer;
  CheckValue check_value{};
  Secret kept;  // as the custody keeps it
};

struct GroupRecord {
  KeyGroup group;  // without usage: that is the audit's
  Secret key;      // as the custody keeps it: the key itself, or what a module needs besides its own object
  std::optional<KeptHalf> half;
};

struct Officer {
  std::string name;
  std::string password_hash;  // of libsodium (Argon2id), text
};

struct Contents {
  VaultId id{};
  std::uint64_t serial = 0;  // rises with each change of the file
  Secret order_master_key;   // empty where a module keeps it
  std::vector<Officer> officers;
  std::vector<GroupRecord> groups;

  [[nodiscard]] GroupRecord* find(const GroupName& name);
  [[nodiscard]] Officer* find_officer(std::string_view name);
};

inline constexpr std::size_t name_max_bytes = 32;
inline constexpr std::size_t officer_max_count = 64;
inline constexpr std::size_t group_max_count = 4096;

// 1 to 32 characters of a-z, A-Z, 0-9 and . _ -
[[nodiscard]] bool is_name(std::string_view text);

[[nodiscard]] Secret encode(const Contents& contents);
// Nothing where the bytes are not exactly one well-formed content: sizes, ranges, names used once.
[[nodiscard]] std::optional<Contents> decode_contents(std::span<const std::byte> bytes);

}  // namespace lk::vault
