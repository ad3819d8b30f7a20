// SPDX-License-Identifier: Apache-2.0
// The panel of a meter: pages that follow each other, pages by key and by short code, entry of tokens, lamps
// and buzzer. Keys and time go in; what an LCD or a keypad unit shows comes out (`panel/display.hpp`). It
// holds nothing of value: every number is read from the meter when it is shown, and a token goes to the meter
// whole.
//
//   ┌► pages by themselves ◄─ 30 s ── page by key or short code
//   │        │ digit                          ▲ digits, enter
//   └─ 60 s ─┴► entry ── 20 digits ─► meter ─► result, 10 s
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "meter/links/device.hpp"
#include "meter/panel/entry.hpp"
#include "meter/panel/pages.hpp"
#include "panel/display.hpp"
#include "quantity/quantity.hpp"

namespace lk::panel {

inline constexpr std::size_t automatic_pages_most = 16;

struct Settings {
  // Short codes of the pages that follow each other; the rest is 0. A code without a page is passed over.
  std::array<std::uint8_t, automatic_pages_most> automatic{37, 3, 9, 13};
  quantity::Duration page_time = quantity::seconds(5);     // 5 to 20 s
  quantity::Duration return_time = quantity::seconds(30);  // from the last key to the pages by themselves
  quantity::Duration entry_time = quantity::seconds(60);   // after the last digit an entry is forgotten
  quantity::Duration result_time = quantity::seconds(10);  // a result stands
  quantity::Duration warn_every = quantity::minutes(1);  // the buzzer, while there is a warning; zero: never
  bool operator==(const Settings&) const = default;
};

class Panel {
 public:
  explicit Panel(const Settings& settings = {}) : settings_(settings) {}

  // Shows other pages by themselves, or longer, from now on.
  void change(const Settings& settings) { settings_ = settings; }

  // A key was pressed. The twentieth digit of a token enters it.
  void press(Key key, links::Device& meter, quantity::Instant now);
  // A short message that stands for a while, of something that went well or not.
  void tell(std::string_view text, bool is_good, quantity::Instant now);
  // What is to be seen and heard at this instant.
  [[nodiscard]] Frame show(links::Device& meter, quantity::Instant now);

 private:
  enum class Mode : std::uint8_t { automatic, page, entry, message, log };
  struct Sound {  // bit by bit, 100 ms each, from the lowest
    std::uint32_t pattern = 0;
    quantity::Instant begun;
  };

  void settle(quantity::Instant now);
  void enter_mode(Mode mode, quantity::Instant now);
  void press_digit(std::uint8_t digit, links::Device& meter, quantity::Instant now);
  void press_enter(links::Device& meter, quantity::Instant now);
  void turn_page(links::Device& meter, quantity::Instant now);
  void enter_token(links::Device& meter, quantity::Instant now);
  void take_emergency(links::Device& meter, quantity::Instant now);
  void write_log(Frame& frame, links::Device& meter, quantity::Instant now) const;
  void say(std::string_view text, std::uint16_t symbol, quantity::Instant now);
  void write_page(Frame& frame, std::uint8_t code, links::Device& meter, quantity::Instant now) const;
  void write_lamps(Frame& frame, std::uint8_t warnings, quantity::Instant now);
  [[nodiscard]] std::uint8_t automatic_code(links::Device& meter, quantity::Instant now) const;
  [[nodiscard]] bool is_notice_turn(quantity::Instant now) const;
  [[nodiscard]] std::uint32_t turn(quantity::Instant now) const;
  [[nodiscard]] quantity::Duration patience() const;

  Settings settings_;
  Entry entry_;
  Frame message_;
  Mode mode_ = Mode::automatic;
  quantity::Instant since_;  // of the last key, or of the message
  quantity::Instant scroll_from_;
  std::uint8_t page_index_ = 0;  // of pages(), by key
  std::uint8_t page_code_ = 0;
  std::uint8_t log_back_ = 0;  // how many tokens before the latest is shown
  Sound sound_;
  quantity::Instant warned_at_;
  std::uint8_t warnings_ = 0;  // as shown last
  std::uint8_t muted_ = 0;     // of them, until they end
};

}  // namespace lk::panel
