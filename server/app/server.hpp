// SPDX-License-Identifier: Apache-2.0
// The whole server: database, vault, broker, handlers, listener and the work that comes by the clock, put
// together.
#pragma once

#include "server/app/configuration.hpp"

namespace lk::app {

// Opens (and, if need be, makes and migrates) the database. Throws std::runtime_error with a message for a
// person.
void prepare_database(const Configuration& configuration);

// Serves until SIGTERM or SIGINT. Throws std::runtime_error with a message for a person where it cannot
// begin.
void serve(const Configuration& configuration);

}  // namespace lk::app
