// SPDX-License-Identifier: Apache-2.0
#include "server/vault/key_group.hpp"

#include <array>
#include <cstdio>

namespace lk::vault {

std::string text(const GroupName& name) {
  std::array<char, 24> room{};
  std::snprintf(room.data(), room.size(), "%06u-%u-%u", name.supply_group_code,
                unsigned{name.key_revision_number}, static_cast<unsigned>(name.key_type));
  return room.data();
}

std::optional<GroupName> parse_group_name(std::string_view text) {
  if (text.size() != 10 || text[6] != '-' || text[8] != '-') return std::nullopt;
  GroupName name;
  for (const char c : text.substr(0, 6)) {
    if (c < '0' || c > '9') return std::nullopt;
    name.supply_group_code = name.supply_group_code * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (text[7] < '1' || text[7] > '9' || text[9] < '0' || text[9] > '3') return std::nullopt;
  name.key_revision_number = static_cast<std::uint8_t>(text[7] - '0');
  name.key_type = static_cast<sts::KeyType>(text[9] - '0');
  return name;
}

}  // namespace lk::vault
