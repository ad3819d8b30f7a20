// SPDX-License-Identifier: Apache-2.0
// The gateway put together: store, courier, broker, and a line each for every [[line]] of the configuration.
#pragma once

#include "gateway/setup/configuration.hpp"

namespace lk::gateway {

// Runs until SIGTERM or SIGINT. The status of the process: 0, or 1 where the state directory cannot be used.
int run_gateway(const Configuration& configuration);

}  // namespace lk::gateway
