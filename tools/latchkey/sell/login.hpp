// SPDX-License-Identifier: Apache-2.0
// The log-in of the one who sells at this terminal, kept in a file that only its owner can read:
// $XDG_STATE_HOME/latchkey/session, or below ~/.local/state.
#pragma once

#include <string>

#include "tools/latchkey/sell/client.hpp"

namespace lk::tools::sell {

struct Login {
  std::string server;
  std::string token;
};

// The kept log-in. Throws UserError where there is none, with what to do.
[[nodiscard]] Login kept_login();
void keep_login(const Login& login);
void forget_login();

// The first line of a file, or typed at the terminal without being shown.
[[nodiscard]] std::string read_password(const std::string& file);

}  // namespace lk::tools::sell
