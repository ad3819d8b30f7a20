// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/panel/terminal.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

volatile std::sig_atomic_t is_ending = 0;

}  // namespace

RawTerminal::RawTerminal() {
  if (tcgetattr(STDIN_FILENO, &before_) != 0)
    throw UserError("`latchkey panel` wants a terminal; use --once or --keys in a script");
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  std::fputs("\033[?25l\033[2J", stdout);
}

RawTerminal::~RawTerminal() {
  tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  std::fputs("\033[?25h\n", stdout);
}

std::optional<panel::Key> key_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<panel::Key>(c - '0');
  if (c == '#' || c == '\n' || c == '\r') return panel::Key::enter;
  if (c == '*' || c == '\b' || c == 0x7F) return panel::Key::erase;
  if (c == 'p') return panel::Key::page;
  return std::nullopt;
}

void draw(const std::optional<PanelView>& view, const std::string& title, const std::string& instead) {
  std::string text = "\033[H " + title + "\033[K\n";
  for (const std::string& line : picture_of(view.value_or(PanelView{"        ", 0, {}, "", {}, 0}), true)) {
    text += line + "\033[K\n";
  }
  text += view ? "\033[K\n" : " " + instead + "\033[K\n";
  text += " 0-9 digits   Enter or # enter   Backspace or * erase   p page   q quit\033[K\n\033[J";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

bool is_to_end() {
  static const bool is_watching = [] {
    std::signal(SIGINT, [](int) { is_ending = 1; });
    std::signal(SIGTERM, [](int) { is_ending = 1; });
    return true;
  }();
  return is_watching && is_ending != 0;
}

}  // namespace lk::tools
