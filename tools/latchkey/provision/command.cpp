// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "assert/assert.hpp"
#include "order/order.hpp"
#include "sts/identity.hpp"
#include "sts/key_generation.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/provision/vault_file.hpp"

namespace lk::tools {
namespace {

constexpr std::uint8_t manufacturer_code = 7;
constexpr std::uint8_t tariff_index = 1;
constexpr std::uint32_t serial_max = 99'999'999;

struct Options {
  std::uint32_t meter_count = 0;
  std::uint32_t first_serial = 0;
  std::string vault_path;
  bool make_vault = false;
  std::uint32_t supply_group_code = 201'457;
};

// One line of JSON for a meter; all of its fields are digits, so nothing needs escaping.
void print_meter(const Vault& vault, const sts::VendingKey& vending_key, std::uint32_t serial) {
  const sts::Drn number = sts::make_drn(manufacturer_code, serial);
  const auto pan = value_of(sts::pan_of(sts::text(number)));
  const auto decoder_key = value_of(vending_key.derive_ea11({.pan = pan,
                                                             .key_type = vault.key_type,
                                                             .supply_group_code = vault.supply_group_code,
                                                             .tariff_index = tariff_index,
                                                             .key_revision_number = vault.key_revision_number,
                                                             .base_date = vault.base_date}));
  const auto order_key =
      order::derive_key(vault.order_master_key, value_of(order::meter_number(sts::text(number))));
  std::printf("{\"number\": \"%.11s\", \"decoder_key\": \"%s\", \"order_key\": \"%s\"}\n", number.data(),
              to_hex(decoder_key).c_str(), to_hex(order_key).c_str());
}

void provision(const Options& options) {
  if (options.meter_count - 1 > serial_max - options.first_serial) {
    throw UserError{"--first and --meters reach beyond serial 99999999"};
  }
  if (options.make_vault) write_vault(random_vault(options.supply_group_code), options.vault_path);
  const Vault vault = read_vault(options.vault_path);
  const sts::VendingKey vending_key{vault.vending_key};
  for (std::uint32_t i = 0; i < options.meter_count; ++i) {
    print_meter(vault, vending_key, options.first_serial + i);
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw UserError{"standard output is closed or full"};
}

}  // namespace

void add_provision_command(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "provision", "Number new meters and derive their keys from the vault: a JSON line each");
  auto options = std::make_shared<Options>();
  command->add_option("--meters", options->meter_count, "How many meters")
      ->required()
      ->check(CLI::Range(1, 100'000'000));
  command->add_option("--first", options->first_serial, "Serial of the first one, 0 to 99999999")
      ->required()
      ->check(CLI::Range(0, 99'999'999));
  command->add_option("--vault", options->vault_path, "The site's vault file")->required();
  command->add_flag("--make-vault", options->make_vault, "First make the vault file, with random keys");
  command
      ->add_option("--supply-group-code", options->supply_group_code, "Of a vault that is made, 0 to 999999")
      ->check(CLI::Range(0, 999'999))
      ->capture_default_str();
  command->callback([options] { provision(*options); });
}

}  // namespace lk::tools
