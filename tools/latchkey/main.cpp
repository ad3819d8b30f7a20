// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tools/latchkey/command.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Latchkey: prepaid electricity, from the sampled waveform to the sold token", "latchkey"};
  app.require_subcommand(1);
  lk::tools::add_calibrate_command(app);
  lk::tools::add_dictionary_command(app);
  lk::tools::add_provision_command(app);
  lk::tools::add_vault_command(app);
  lk::tools::add_sts_command(app);
  lk::tools::add_replay_command(app);
  lk::tools::add_read_command(app);
  lk::tools::add_sell_command(app);
  lk::tools::add_tariff_command(app);
  lk::tools::add_panel_command(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const lk::tools::UserError& error) {
    std::fprintf(stderr, "latchkey: %s\n", error.what());
    return 2;
  } catch (const lk::tools::DeviceError& error) {
    std::fprintf(stderr, "latchkey: %s\n", error.what());
    return 1;
  } catch (const lk::tools::CheckFailed& error) {
    std::fprintf(stderr, "latchkey: %s\n", error.what());
    return 1;
  }
  return 0;
}
