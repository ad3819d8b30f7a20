// SPDX-License-Identifier: Apache-2.0
// The table set of EA07 that a program or firmware has in it: the sample set, unless the build was given a
// file (CMake variable LK_STA_TABLES, a TOML file as `latchkey sts --sta-tables` reads it; README.md). The
// file's numbers become a generated source in the build folder, never a file of the repository.
#pragma once

#include "sts/sta.hpp"

namespace lk::sts {

extern const StaTables built_in_tables;
// True where the build was given a table set.
extern const bool built_in_tables_are_given;

}  // namespace lk::sts
