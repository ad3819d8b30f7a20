// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/panel/unit.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <span>

#include "panel/ciu_ends.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/panel/terminal.hpp"

namespace lk::tools {
namespace {

using Clock = std::chrono::steady_clock;

// The unit's end of the two wires: 2 400 baud, 8N1.
class Wires {
 public:
  explicit Wires(const std::string& path) : descriptor_(open(path.c_str(), O_RDWR | O_NOCTTY)) {
    if (descriptor_ < 0) throw DeviceError(path + ": " + std::strerror(errno));
    termios raw{};
    if (tcgetattr(descriptor_, &raw) == 0) {
      cfmakeraw(&raw);
      cfsetspeed(&raw, B2400);
      tcsetattr(descriptor_, TCSANOW, &raw);
    }
  }
  ~Wires() { close(descriptor_); }
  Wires(const Wires&) = delete;
  Wires& operator=(const Wires&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] std::span<const std::byte> receive(std::span<std::byte> room) const {
    const ssize_t size = read(descriptor_, room.data(), room.size());
    if (size < 0 && errno == EINTR) return {};
    if (size <= 0) throw DeviceError("the line to the meter is gone");
    return room.first(static_cast<std::size_t>(size));
  }
  void send(std::span<const std::byte> bytes) const {
    // What is lost is sent again after the meter's next frame.
    const ssize_t size = write(descriptor_, bytes.data(), bytes.size());
    (void)size;
  }

 private:
  int descriptor_;
};

PanelView view_of(const panel::Frame& frame) {
  PanelView view{{frame.characters.begin(), frame.characters.end()},
                 frame.points,
                 {},
                 std::string(panel::name_of(frame.unit)),
                 {},
                 frame.lamps};
  if (frame.code != panel::no_code) view.code = frame.code;
  for (unsigned bit = 0; bit < panel::symbol_count; ++bit) {
    if ((unsigned{frame.symbols} >> bit & 1U) != 0) view.symbols.emplace_back(panel::symbol_name(bit));
  }
  return view;
}

}  // namespace

void be_keypad_unit(const std::string& path) {
  constexpr int refresh_ms = 250;
  constexpr std::chrono::seconds patience{3};
  const Wires wires(path);
  std::random_device chance;
  panel::ciu::UnitEnd end(static_cast<std::uint8_t>(1 + chance() % 255));
  const RawTerminal terminal;
  std::optional<PanelView> view;
  std::deque<panel::Key> typed;
  auto heard_at = Clock::now();
  while (!is_to_end()) {
    if (Clock::now() - heard_at > patience) view.reset();
    draw(view, "Keypad unit on " + path, "no meter");
    std::array<pollfd, 2> inputs{{{STDIN_FILENO, POLLIN, 0}, {wires.get(), POLLIN, 0}}};
    if (poll(inputs.data(), inputs.size(), refresh_ms) <= 0) continue;
    if (inputs[0].revents != 0) {
      char c = 0;
      if (read(STDIN_FILENO, &c, 1) != 1 || c == 'q') return;
      if (const auto key = key_of(c); key && view) typed.push_back(*key);
    }
    // The line carries eight keys at a time; who types faster is not made to wait.
    while (!typed.empty() && end.press(typed.front())) typed.pop_front();
    if (inputs[1].revents == 0) continue;
    std::array<std::byte, 256> room;
    for (const std::byte byte : wires.receive(room)) {
      const auto frame = end.receive(byte);
      if (!frame) continue;
      view = view_of(*frame);
      heard_at = Clock::now();
      std::array<std::byte, panel::ciu::keys_bytes_most> answer;
      wires.send(end.answer(answer));
    }
  }
}

}  // namespace lk::tools
