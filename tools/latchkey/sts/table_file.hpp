// SPDX-License-Identifier: Apache-2.0
// A table set of EA07 from a file: the production set is given by the STS Association to its members and is
// not part of Latchkey. TOML with three lists of numbers:
//
//   encrypt_substitution_1 = [ 16 numbers ]    encrypt_substitution_2 = [ 16 ]    encrypt_permutation = [ 64
//   ]
#pragma once

#include <string>

#include "sts/sta.hpp"

namespace lk::tools {

// Reads and checks the set: each list must hold each of its numbers once. Throws UserError that names the
// file, the list and what is wrong with it.
[[nodiscard]] sts::TableSet read_table_set(const std::string& path);

}  // namespace lk::tools
