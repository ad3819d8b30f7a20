// SPDX-License-Identifier: Apache-2.0
// `latchkey sts`: a line of JSON in, a line of JSON out (docs/formats/sts-lines.md). Nothing throws: whatever
// is wrong with a line becomes `{"error": "field: what and what to do"}`.
#pragma once

#include <string>
#include <string_view>

#include "sts/sta.hpp"

namespace lk::tools {

inline constexpr std::size_t line_max_bytes = 65'536;

// Makes the token, or the tokens of a key change, that the line's fields ask for. EA07 keys use the tables.
[[nodiscard]] std::string encode_line(std::string_view line, const sts::StaTables& tables);

// Takes the token, or the list of tokens, in the line's `tok` apart under its `key`.
[[nodiscard]] std::string decode_line(std::string_view line, const sts::StaTables& tables);

}  // namespace lk::tools
