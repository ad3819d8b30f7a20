// SPDX-License-Identifier: Apache-2.0
// A panel's frame as lines of a terminal: seven segments drawn with bars and underscores.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lk::tools {

// What the control socket tells of a panel (docs/processes.md).
struct PanelView {
  std::string characters;
  std::uint8_t points = 0;
  std::optional<int> code;
  std::string unit;
  std::vector<std::string> symbols;
  std::uint8_t lamps = 0;
};

// From the answer of `panel NUMBER`; nothing where it is not such an answer.
[[nodiscard]] std::optional<PanelView> parse_panel(const std::string& json);

// The characters with their points, the code and the unit in one line: "37     12.34 ¤".
[[nodiscard]] std::string line_of(const PanelView& view);
// The whole panel, line by line, without colours or with (ANSI).
[[nodiscard]] std::vector<std::string> picture_of(const PanelView& view, bool has_colour);

}  // namespace lk::tools
