// SPDX-License-Identifier: Apache-2.0
// A person's terminal as screen and keyboard of a panel.
#pragma once

#include <termios.h>

#include <optional>
#include <string>

#include "panel/display.hpp"
#include "tools/latchkey/panel/picture.hpp"

namespace lk::tools {

// The terminal gives each key at once and shows none, until this ends. Throws UserError where standard input
// is no terminal.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  termios before_{};
};

// The panel's key for a key of the terminal; nothing for one that the panel does not have.
[[nodiscard]] std::optional<panel::Key> key_of(char c);
// Draws the whole picture from the top left corner; `instead` is told where there is no view.
void draw(const std::optional<PanelView>& view, const std::string& title, const std::string& instead);
// True from the moment on in which the program is to end (SIGINT, SIGTERM); the first call begins to look.
[[nodiscard]] bool is_to_end();

}  // namespace lk::tools
