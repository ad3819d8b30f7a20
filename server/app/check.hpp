// SPDX-License-Identifier: Apache-2.0
// What `latchkey-server check` looks at.
#pragma once

namespace lk::app {

struct Configuration;

// Checks vault, database file and books, prints one line for each check; true where all hold. Changes
// nothing.
[[nodiscard]] bool check(const Configuration& configuration);

}  // namespace lk::app
