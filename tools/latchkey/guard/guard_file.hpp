// SPDX-License-Identifier: Apache-2.0
// The guard's parameters as a file that people write (docs/formats/guard-file.md).
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "meter/guard/guard.hpp"

namespace lk::tools {

struct GuardFile {
  guard::GuardSettings settings;
  guard::LocalTime start;  // local time at the recording's start
};

// Everything that is not in the file keeps its usual value. The error names the key, what is wrong with it
// and what is expected; a key that there is not is an error too.
[[nodiscard]] std::expected<GuardFile, std::string> parse_guard_file(std::string_view text);
[[nodiscard]] std::expected<GuardFile, std::string> read_guard_file(const std::filesystem::path& file);

}  // namespace lk::tools
