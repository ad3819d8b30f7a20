// SPDX-License-Identifier: Apache-2.0
// The log of the process: lines on standard error.
#pragma once

#include <string>

namespace lk::host {

void log_info(const std::string& text);
void log_warning(const std::string& text);

}  // namespace lk::host
