// SPDX-License-Identifier: Apache-2.0
// What a command line says of a vault: where it is, how it is opened, who acts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/vault/administration.hpp"
#include "server/vault/opening.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools {

struct VaultOptions {
  std::string path;
  std::string audit;
  std::string key_file;
  std::string passphrase_file;
  std::string credential;
  std::string module;
  std::string token;
  std::string pin_file;
  std::string officer;
  std::string officer_password_file;

  // Throws UserError where options of both forms are mixed.
  [[nodiscard]] vault::Opening opening() const;
  // The officer and the password, from the file or asked for; empty where no officer is named.
  [[nodiscard]] vault::Authority authority() const;
};

void add_vault_options(CLI::App& command, VaultOptions& options);

// The value of an answer; a refusal becomes a UserError, one of the module a DeviceError.
[[noreturn]] void throw_refusal(const vault::Refusal& refusal);
template <class T>
T value_or_throw(vault::Answer<T> answer) {
  if (!answer) throw_refusal(answer.error());
  if constexpr (!std::is_void_v<T>) return std::move(*answer);
}

// "2026-03-01" or "2026-03-01T08:30", UTC, as seconds since 1970. Throws UserError.
[[nodiscard]] std::int64_t parse_time(const std::string& text);
[[nodiscard]] std::string print_time(std::int64_t unix_s);
// "none", or a number with at most `decimals` digits behind the point, in steps of the last one. Throws
// UserError.
[[nodiscard]] std::uint64_t parse_limit(const std::string& text, unsigned decimals);
[[nodiscard]] std::string print_limit(std::uint64_t limit, unsigned decimals);
// Throws UserError.
[[nodiscard]] vault::GroupName parse_group(const std::string& text);

// A file with a new random key for a sealed vault. Throws UserError where the name is taken.
void make_key_file(const std::string& path);

}  // namespace lk::tools
