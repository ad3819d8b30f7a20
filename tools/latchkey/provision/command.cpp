// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "crypto/secret.hpp"
#include "server/vault/vault.hpp"
#include "sts/identity.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/vault/options.hpp"

namespace lk::tools {
namespace {

constexpr std::uint8_t manufacturer_code = 7;
constexpr std::uint8_t tariff_index = 1;
constexpr std::uint32_t serial_max = 99'999'999;
constexpr std::uint32_t most_at_once = 1000;

struct Options {
  VaultOptions vault;
  std::uint32_t meter_count = 0;
  std::uint32_t first_serial = 0;
  bool make_vault = false;
  std::uint32_t supply_group_code = 201'457;
  std::string group;
};

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// A sealed vault with one key group of a random key, and its key file, beside it where none is named.
void make_vault(const Options& options) {
  vault::Opening opening = options.vault.opening();
  const vault::GroupName group{options.supply_group_code, 1, sts::KeyType::unique};
  auto derivation = vault::KeyDerivation::none;
  if (opening.form == vault::Form::file) {
    if (options.vault.passphrase_file.empty() && opening.secret.credential.empty()) {
      if (opening.secret.file.empty()) opening.secret.file = opening.path + ".key";
      make_key_file(opening.secret.file);
      derivation = vault::KeyDerivation::key;
    } else {
      derivation = vault::KeyDerivation::passphrase;
    }
  }
  auto desk = value_or_throw(vault::Administration::create(opening, derivation));
  value_or_throw(desk.add_group({}, {.name = group}));
  value_or_throw(desk.generate_key({}, group));
}

// The group that is named, or the first one with a unique key that is loaded.
vault::GroupName group_of(const Options& options, vault::Vault& vault) {
  if (!options.group.empty()) return parse_group(options.group);
  for (const vault::KeyGroup& group : vault.groups()) {
    if (group.check_value && group.name.key_type == sts::KeyType::unique) return group.name;
  }
  throw UserError{options.vault.path +
                  ": has no loaded key group of type 2; load one, or name another with --group"};
}

// One line of JSON for a meter; all of its fields are digits, so nothing needs escaping.
std::string line_of_meter(vault::Vault& vault, const vault::GroupName& group, std::uint32_t serial) {
  const sts::Drn number = sts::make_drn(manufacturer_code, serial);
  const vault::MeterKey meter{std::string(sts::text(number)), group, tariff_index};
  const auto keys = value_or_throw(vault.provision(meter, {"", "latchkey provision"}));
  return "{\"number\": \"" + meter.number + "\", \"decoder_key\": \"" + vault::hex(keys.decoder_key.view()) +
         "\", \"order_key\": \"" + vault::hex(keys.order_key) + "\"}\n";
}

void provision(const Options& options) {
  if (options.meter_count - 1 > serial_max - options.first_serial) {
    throw UserError{"--first and --meters reach beyond serial 99999999"};
  }
  if (options.make_vault) make_vault(options);
  const auto vault = value_or_throw(vault::Vault::open(options.vault.opening(), now_ms));
  const vault::GroupName group = group_of(options, *vault);
  for (std::uint32_t done = 0; done < options.meter_count;) {
    std::string lines;
    const std::uint32_t end = std::min(options.meter_count, done + most_at_once);
    for (; done < end; ++done) lines += line_of_meter(*vault, group, options.first_serial + done);
    value_or_throw(vault->settle());  // the audit tells of keys before anybody sees them
    std::fwrite(lines.data(), 1, lines.size(), stdout);
    crypto::wipe(std::as_writable_bytes(std::span{lines}));
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw UserError{"standard output is closed or full"};
}

}  // namespace

void add_provision_command(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "provision", "Number new meters and derive their keys from the vault: a JSON line each");
  auto options = std::make_shared<Options>();
  add_vault_options(*command, options->vault);
  command->add_option("--meters", options->meter_count, "How many meters")
      ->required()
      ->check(CLI::Range(1, 100'000'000));
  command->add_option("--first", options->first_serial, "Serial of the first one, 0 to 99999999")
      ->required()
      ->check(CLI::Range(0, 99'999'999));
  command->add_flag("--make-vault", options->make_vault, "First make the vault, with a random key");
  command
      ->add_option("--supply-group-code", options->supply_group_code, "Of a vault that is made, 0 to 999999")
      ->check(CLI::Range(0, 999'999))
      ->capture_default_str();
  command->add_option("--group", options->group, "Key group, like 201457-1-2; else the first that is loaded");
  command->callback([options] { provision(*options); });
}

}  // namespace lk::tools
