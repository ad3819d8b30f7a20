// SPDX-License-Identifier: Apache-2.0
// What each row of the dictionary means, in a few words for people; the meter needs none of them.
#pragma once

#include <string_view>

namespace lk::tools {

// Of the row of that name; empty where nothing is said.
[[nodiscard]] std::string_view about(std::string_view name);

}  // namespace lk::tools
