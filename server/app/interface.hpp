// SPDX-License-Identifier: Apache-2.0
// The description of the HTTP interface, built into the program so that it is always the one that is served.
#pragma once

#include <string_view>

namespace lk::app {

// server/openapi.yaml.
[[nodiscard]] std::string_view interface_description();

}  // namespace lk::app
