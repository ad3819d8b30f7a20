// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/vault/options.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "server/vault/audit_entry.hpp"
#include "server/vault/file.hpp"

namespace lk::tools {

using vault::Limits;

vault::Opening VaultOptions::opening() const {
  vault::Opening opening;
  opening.path = path;
  opening.audit = audit;
  opening.secret.credential = credential;
  if (!module.empty() || !token.empty()) {
    if (module.empty() || token.empty()) throw UserError{"--module and --token go together"};
    if (!key_file.empty() || !passphrase_file.empty()) {
      throw UserError{"--key-file and --passphrase-file are of sealed files; a module has a --pin-file"};
    }
    opening.form = vault::Form::module;
    opening.module = module;
    opening.token = token;
    opening.secret.file = pin_file;
    opening.session_count = 1;
    return opening;
  }
  if (!pin_file.empty()) throw UserError{"--pin-file goes with --module and --token"};
  opening.secret.file = key_file.empty() ? passphrase_file : key_file;
  return opening;
}

vault::Authority VaultOptions::authority() const {
  if (officer.empty()) return {};
  return {officer,
          value_or_throw(vault::read_secret({officer_password_file, {}}, "password of officer " + officer))};
}

void add_vault_options(CLI::App& command, VaultOptions& options) {
  command.add_option("--vault", options.path, "The vault file")->required();
  command.add_option("--audit", options.audit, "Folder of its audit; else the vault file's name and .audit");
  auto* const key = command.add_option(
      "--key-file", options.key_file,
      "Key of a sealed file, 64 hexadecimal digits; else its name and .key where that is there");
  command
      .add_option("--passphrase-file", options.passphrase_file,
                  "Passphrase of a sealed file; else it is asked for")
      ->excludes(key);
  command.add_option("--credential", options.credential, "The same, or the PIN, as a credential of systemd");
  command.add_option("--module", options.module, "PKCS#11 library that holds the keys");
  command.add_option("--token", options.token, "Label of the token in it");
  command.add_option("--pin-file", options.pin_file, "The token's PIN; else it is asked for");
  command.add_option("--officer", options.officer, "Who acts");
  command.add_option("--officer-password-file", options.officer_password_file,
                     "The officer's password; else it is asked for");
}

void throw_refusal(const vault::Refusal& refusal) {
  if (vault::is_fault_of_module(refusal.reason)) throw DeviceError{refusal.text};
  throw UserError{refusal.text};
}

std::int64_t parse_time(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int used = 0;
  // NOLINTNEXTLINE(cert-err34-c): what was read is checked below
  const int count =
      std::sscanf(text.c_str(), "%4d-%2u-%2u%nT%2d:%2d%n", &year, &month, &day, &used, &hour, &minute, &used);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  const bool fits = (count == 3 || count == 5) && static_cast<std::size_t>(used) == text.size() &&
                    date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
  if (!fits) throw UserError{text + ": must be a date like 2026-03-01, or 2026-03-01T08:30 (UTC)"};
  return std::chrono::sys_days{date}.time_since_epoch().count() * 86'400LL + hour * 3600LL + minute * 60LL;
}

std::string print_time(std::int64_t unix_s) {
  if (unix_s == vault::never) return "never";
  const std::chrono::sys_seconds time{std::chrono::seconds{unix_s}};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{time - days};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text.data();
}

std::uint64_t parse_limit(const std::string& text, unsigned decimals) {
  if (text == "none") return Limits::none;
  const std::size_t point = text.find('.');
  std::string digits = text.substr(0, point);
  std::string behind = point == std::string::npos ? "" : text.substr(point + 1);
  bool fits = !digits.empty() && behind.size() <= decimals && (point == std::string::npos || !behind.empty());
  behind.resize(decimals, '0');
  digits += behind;
  std::uint64_t limit = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), limit);
  fits = fits && error == std::errc{} && end == digits.data() + digits.size() && limit != Limits::none;
  if (!fits) {
    throw UserError{
        text + ": must be \"none\" or a number" +
        (decimals > 0 ? " with at most " + std::to_string(decimals) + " digits behind the point" : "")};
  }
  return limit;
}

std::string print_limit(std::uint64_t limit, unsigned decimals) {
  if (limit == Limits::none) return "none";
  std::string digits = std::to_string(limit);
  if (decimals == 0) return digits;
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  return digits.insert(digits.size() - decimals, 1, '.');
}

vault::GroupName parse_group(const std::string& text) {
  const auto name = vault::parse_group_name(text);
  if (!name) throw UserError{text + ": must be supply group code, revision and key type, like 201457-1-2"};
  return *name;
}

void make_key_file(const std::string& path) {
  const vault::Secret key = vault::Secret::random(32);
  vault::Secret line(65);
  std::size_t at = 0;
  for (const std::byte b : key.bytes()) {
    constexpr std::string_view digits = "0123456789abcdef";
    line.bytes()[at++] = static_cast<std::byte>(digits[std::to_integer<unsigned>(b >> 4U)]);
    line.bytes()[at++] = static_cast<std::byte>(digits[std::to_integer<unsigned>(b & std::byte{0xF})]);
  }
  line.bytes()[at] = std::byte{'\n'};
  value_or_throw(vault::write_private_file(path, line.bytes(), vault::Overwrite::no));
}

}  // namespace lk::tools
