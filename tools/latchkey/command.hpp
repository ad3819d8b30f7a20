// SPDX-License-Identifier: Apache-2.0
// The sub-commands of the `latchkey` command line; each lives in a file of its own and adds itself to the
// application.
#pragma once

#include <stdexcept>

namespace CLI {
class App;
}

namespace lk::tools {

// A failure that is told to the person at the terminal: what was wrong, where, what to do. Ends with
// status 2.
struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `latchkey calibrate`: from a bench's load points to a board's sealed coefficients.
void add_calibrate_command(CLI::App& app);
// `latchkey dictionary`: the register map as a page, a table or a device profile.
void add_dictionary_command(CLI::App& app);
void add_provision_command(CLI::App& app);
// `latchkey sell`: a desk in a terminal.
void add_sell_command(CLI::App& app);
// `latchkey vault`: who holds vending keys, and what officers do with them.
void add_vault_command(CLI::App& app);
void add_sts_command(CLI::App& app);
// `latchkey replay`: runs a recording through the meter's metrology.
void add_replay_command(CLI::App& app);

// The other end failed: no answer, a refusal. Ends with status 1.
struct DeviceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What was to be checked is wrong, and was told in detail. Ends with status 1.
struct CheckFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `latchkey tariff`: checks and compiles tariffs, prices readings by them.
void add_tariff_command(CLI::App& app);

// `latchkey panel`: the panel of a virtual meter in the terminal.
void add_panel_command(CLI::App& app);

// `latchkey read`: reads any Modbus device by dictionary name or register.
void add_read_command(CLI::App& app);

}  // namespace lk::tools
