// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <poll.h>

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/panel/picture.hpp"

namespace lk::tools {
namespace {

struct Options {
  std::string control;
  std::string meter;
  std::string keys;
  bool once = false;
};

constexpr int refresh_ms = 100;

// A connection to the control socket of latchkey-meter.
class Control {
 public:
  explicit Control(const std::string& path) : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw UserError(path + ": too long for the path of a socket");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const std::string why = std::strerror(errno);
      close(descriptor_);
      throw DeviceError(path + ": " + why + "; is latchkey-meter running, and is this its `control`?");
    }
  }
  ~Control() { close(descriptor_); }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  // One line out, one line in. Throws DeviceError where the meter has gone or refuses.
  std::string ask(const std::string& command) {
    const std::string line = command + "\n";
    if (send(descriptor_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
      gone();
    while (received_.find('\n') == std::string::npos) {
      std::array<char, 1024> buffer;
      const ssize_t size = recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) gone();
      received_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    const std::size_t end = received_.find('\n');
    std::string answer = received_.substr(0, end);
    received_.erase(0, end + 1);
    return answer;
  }

 private:
  [[noreturn]] static void gone() { throw DeviceError("latchkey-meter has ended the conversation"); }
  int descriptor_;
  std::string received_;
};

// The terminal gives each key at once and shows none, until this ends.
class RawTerminal {
 public:
  RawTerminal() {
    is_terminal_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_terminal_) throw UserError("`latchkey panel` wants a terminal; use --once or --keys in a script");
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    std::fputs("\033[?25l\033[2J", stdout);
  }
  ~RawTerminal() {
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    std::fputs("\033[?25h\n", stdout);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  termios before_{};
  bool is_terminal_ = false;
};

// The word of the control socket for a key of the terminal; empty for one that the panel does not have.
std::string key_word(char c) {
  if (c >= '0' && c <= '9') return {c};
  if (c == '#' || c == '\n' || c == '\r') return "enter";
  if (c == '*' || c == '\b' || c == 0x7F) return "erase";
  return c == 'p' ? "page" : "";
}

void press(Control& control, const std::string& meter, const std::string& key) {
  const std::string answer = control.ask("press " + meter + " " + key);
  if (answer != "ok") throw DeviceError(answer);
}

// Nothing while the meter has no power.
std::optional<PanelView> look(Control& control, const std::string& meter) {
  const std::string answer = control.ask("panel " + meter);
  if (answer == "error: the meter has no power") return std::nullopt;
  auto view = parse_panel(answer);
  if (!view) throw DeviceError(answer);
  return view;
}

void draw(const std::optional<PanelView>& view, const std::string& meter) {
  std::string text = "\033[H Meter " + meter + "\033[K\n";
  for (const std::string& line : picture_of(view.value_or(PanelView{"        ", 0, {}, "", {}, 0}), true)) {
    text += line + "\033[K\n";
  }
  text += view ? "\033[K\n" : " no power\033[K\n";
  text += " 0-9 digits   Enter or # enter   Backspace or * erase   p page   q quit\033[K\n\033[J";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

volatile std::sig_atomic_t is_ending = 0;

void converse(Control& control, const std::string& meter) {
  std::signal(SIGINT, [](int) { is_ending = 1; });
  std::signal(SIGTERM, [](int) { is_ending = 1; });
  const RawTerminal terminal;
  while (is_ending == 0) {
    const auto view = look(control, meter);
    draw(view, meter);
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, refresh_ms) <= 0) continue;
    char c = 0;
    if (read(STDIN_FILENO, &c, 1) != 1 || c == 'q') return;
    if (const std::string key = key_word(c); view && !key.empty()) press(control, meter, key);
  }
}

void run(const Options& options) {
  Control control(options.control);
  for (const char c : options.keys) {
    const std::string key = key_word(c);
    if (key.empty()) throw UserError(std::string("--keys: '") + c + "' is no key; there are 0-9, * # and p");
    press(control, options.meter, key);
  }
  if (!options.once && options.keys.empty()) return converse(control, options.meter);
  const auto view = look(control, options.meter);
  std::printf("%s\n", view ? line_of(*view).c_str() : "no power");
  if (!view || !options.once) return;
  for (const std::string& line : picture_of(*view, false)) std::printf("%s\n", line.c_str());
}

}  // namespace

void add_panel_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("panel", "Show the panel of a virtual meter, live, and take keys");
  command
      ->add_option("--control", options->control,
                   "control socket of latchkey-meter (key `control` of building.toml)")
      ->required();
  command->add_option("--meter", options->meter, "number of the meter, 11 digits")->required();
  command->add_option("--keys", options->keys,
                      "press these keys (0-9, * erase, # enter, p page), print one line, end");
  command->add_flag("--once", options->once, "print what is shown now, as a line and as a picture, and end");
  command->callback([options] { run(*options); });
}

}  // namespace lk::tools
