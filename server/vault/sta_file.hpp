// SPDX-License-Identifier: Apache-2.0
// The table set of EA07 from a file, as `latchkey sts --tables` reads it: the STS Association gives the
// production set to its members.
#pragma once

#include <string>

#include "server/vault/refusal.hpp"
#include "sts/sta.hpp"

namespace lk::vault {

// Three lists of TOML: encrypt_substitution_1, encrypt_substitution_2, encrypt_permutation. Checked.
[[nodiscard]] Answer<sts::TableSet> read_sta_tables(const std::string& path);

}  // namespace lk::vault
