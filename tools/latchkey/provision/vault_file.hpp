// SPDX-License-Identifier: Apache-2.0
// The vault file: the site's vending key and order master key (docs/processes.md, vault.toml). Whoever reads
// it can make credit, so it has mode 0600, is never overwritten, and is there whole or not at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sts/key_generation.hpp"

namespace lk::tools {

struct Vault {
  std::array<std::byte, 20> vending_key{};
  std::uint32_t supply_group_code = 0;
  std::uint8_t key_revision_number = 1;
  sts::BaseDate base_date = sts::BaseDate::y2014;
  sts::KeyType key_type = sts::KeyType::unique;
  std::array<std::byte, 16> order_master_key{};

  Vault() = default;
  ~Vault();
  Vault(const Vault&) = default;
  Vault& operator=(const Vault&) = default;
};

// A vault with keys from the system's random source.
[[nodiscard]] Vault random_vault(std::uint32_t supply_group_code);

// Writes a new vault file: a neighbour is written and synchronised, then gets the name in one step. Throws
// UserError where a file of that name exists, or the folder cannot be written to.
void write_vault(const Vault& vault, const std::string& path);

// Throws UserError that names the file, the key and the remedy; also where others than the owner may read the
// file.
[[nodiscard]] Vault read_vault(const std::string& path);

[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

}  // namespace lk::tools
