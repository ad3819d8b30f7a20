// SPDX-License-Identifier: Apache-2.0
// What a site may let a password do, said once for all links: the dictionary says it of verbs, this of
// parameters. Nothing that is worth money, nothing that finds theft, and not what guards the passwords
// themselves. Whether a site lets it is asked elsewhere (`Access`, `compatibility_mode`).
#pragma once

#include "dictionary/commands.hpp"
#include "dictionary/row.hpp"
#include "order/command.hpp"

namespace lk::links {

using dictionary::Passwords;

// Whether a password of that kind may change a parameter.
[[nodiscard]] bool is_for_passwords(const dictionary::Row& parameter, Passwords kind);
// Whether it may give this command, its parameters included.
[[nodiscard]] bool is_for_passwords(const order::Command& command, Passwords kind);

}  // namespace lk::links
