// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include <poll.h>

#include "tools/latchkey/command.hpp"
#include "tools/latchkey/panel/picture.hpp"
#include "tools/latchkey/panel/terminal.hpp"
#include "tools/latchkey/panel/unit.hpp"

namespace lk::tools {
namespace {

struct Options {
  std::string control;
  std::string meter;
  std::string keys;
  std::string unit;
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

// The word of the control socket for a key.
std::string word_of(panel::Key key) {
  if (key == panel::Key::enter) return "enter";
  if (key == panel::Key::erase) return "erase";
  if (key == panel::Key::page) return "page";
  return {static_cast<char>('0' + static_cast<int>(key))};
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

void converse(Control& control, const std::string& meter) {
  const RawTerminal terminal;
  while (!is_to_end()) {
    const auto view = look(control, meter);
    draw(view, "Meter " + meter, "no power");
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, refresh_ms) <= 0) continue;
    char c = 0;
    if (read(STDIN_FILENO, &c, 1) != 1 || c == 'q') return;
    if (const auto key = key_of(c); view && key) press(control, meter, word_of(*key));
  }
}

void run(const Options& options) {
  if (!options.unit.empty()) return be_keypad_unit(options.unit);
  if (options.control.empty() || options.meter.empty())
    throw UserError("say --control and --meter, or --unit for the line to a keypad unit");
  Control control(options.control);
  for (const char c : options.keys) {
    const auto key = key_of(c);
    if (!key) throw UserError(std::string("--keys: '") + c + "' is no key; there are 0-9, * # and p");
    press(control, options.meter, word_of(*key));
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
  command->add_option("--control", options->control,
                      "control socket of latchkey-meter (key `control` of building.toml)");
  command->add_option("--meter", options->meter, "number of the meter, 11 digits");
  CLI::Option* unit =
      command->add_option("--unit", options->unit,
                          "be the keypad unit at this serial device (key `keypad_unit` of building.toml)");
  command->add_option("--keys", options->keys,
                      "press these keys (0-9, * erase, # enter, p page), print one line, end");
  unit->excludes("--control")->excludes("--meter")->excludes("--keys");
  command->add_flag("--once", options->once, "print what is shown now, as a line and as a picture, and end");
  command->callback([options] { run(*options); });
}

}  // namespace lk::tools
