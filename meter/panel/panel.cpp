// SPDX-License-Identifier: Apache-2.0
#include "meter/panel/panel.hpp"

#include <algorithm>

#include "dictionary/codes.hpp"
#include "dictionary/dictionary.hpp"
#include "meter/panel/states.hpp"
#include "tariff/local_time.hpp"

namespace lk::panel {
namespace {

using dictionary::Id;
using quantity::Duration;
using quantity::Instant;

constexpr Duration blink_time = quantity::milliseconds(500);
constexpr Duration part_time = quantity::milliseconds(2500);  // of a text that is too long
constexpr Duration sound_bit = quantity::milliseconds(100);
constexpr std::uint8_t balance_code = 37;

constexpr std::uint32_t sound_key = 0b1;
constexpr std::uint32_t sound_accepted = 0b1111'00'1111;
constexpr std::uint32_t sound_refused = 0b1111'1111'1111;
constexpr std::uint32_t sound_warning = 0b1'0'1'0'1;

constexpr std::uint16_t token_accepted = 1;
constexpr std::array<std::string_view, 17> result_words{
    "",    "Good", "1 oF 2", "2 oF 2", "FULL",  "rEJ 05", "rEJ 06", "rEJ 07", "rEJ 08",
    "oLd", "USEd", "EndEd",  "rEJ 12", "FALSE", "rEJ 14", "Loc",    "no rdy"};

bool is_blink_on(Instant now) {
  return now.unix_ms() / blink_time.count() % 2 == 0;
}

constexpr std::int64_t ms_per_second = 1000;
constexpr std::int64_t seconds_per_minute = 60;
constexpr std::int64_t seconds_per_day = 86'400;

// Writes the local date (or the time of day) of seconds since 1970.
void write_local(Frame& frame, Form form, std::int64_t unix_s, links::Device& meter) {
  const std::int64_t local_s =
      unix_s + std::int64_t{meter.zone_minutes(static_cast<std::uint32_t>(unix_s))} * seconds_per_minute;
  const std::int64_t day = tariff::floor_div(local_s, seconds_per_day);
  if (form == Form::date) {
    const auto date = tariff::date_of(static_cast<std::int32_t>(day));
    return write_parts(frame, date.day, date.month, date.year % 100);
  }
  const std::int64_t of_day = local_s - day * seconds_per_day;
  write_parts(frame, of_day / 3600, of_day / seconds_per_minute % 60, of_day % 60);
}

std::int64_t phases_of(links::Device& meter) {
  return std::max<std::int64_t>(meter.number(Id::phase_count, 0), 1);
}

}  // namespace

void Panel::enter_mode(Mode mode, Instant now) {
  if (mode == Mode::automatic && mode_ != Mode::automatic) scroll_from_ = now;
  if (mode != Mode::entry) entry_.clear();
  mode_ = mode;
  since_ = now;
}

Duration Panel::patience() const {
  switch (mode_) {
    case Mode::entry:
      return settings_.entry_time;
    case Mode::message:
      return settings_.result_time;
    case Mode::page:
    case Mode::automatic:
    case Mode::log:
      return settings_.return_time;
  }
  return settings_.return_time;
}

// Goes back to the pages by themselves when nobody presses a key.
void Panel::settle(Instant now) {
  if (mode_ != Mode::automatic && (now - since_ >= patience() || now < since_))
    enter_mode(Mode::automatic, now);
}

void Panel::say(std::string_view text, std::uint16_t symbol, Instant now) {
  enter_mode(Mode::message, now);
  message_ = Frame{};
  write_text(message_, text);
  message_.symbols = symbol;
  sound_ = {symbol == symbol_accepted ? sound_accepted : sound_refused, now};
}

void Panel::tell(std::string_view text, bool is_good, Instant now) {
  say(text, is_good ? symbol_accepted : symbol_refused, now);
}

void Panel::press(Key key, links::Device& meter, Instant now) {
  settle(now);
  sound_ = {sound_key, now};
  muted_ = warnings_;
  if (key <= Key::digit_9) return press_digit(static_cast<std::uint8_t>(key), meter, now);
  switch (key) {
    case Key::erase:
      if (mode_ != Mode::entry) return enter_mode(Mode::automatic, now);
      entry_.erase_last();
      return enter_mode(entry_.count() == 0 ? Mode::automatic : Mode::entry, now);
    case Key::enter:
      return press_enter(meter, now);
    case Key::page:
    default:
      return turn_page(meter, now);
  }
}

void Panel::press_digit(std::uint8_t digit, links::Device& meter, Instant now) {
  enter_mode(Mode::entry, now);
  entry_.add(digit);
  if (entry_.is_token()) enter_token(meter, now);
}

void Panel::press_enter(links::Device& meter, Instant now) {
  if (mode_ != Mode::entry) return;
  const auto code = entry_.code();
  if (!code) return say("Short", symbol_refused, now);
  if (*code == code_emergency) return take_emergency(meter, now);
  if (*code == code_token_log) {
    log_back_ = 0;
    return enter_mode(Mode::log, now);
  }
  if (*code != code_all_segments && find_page(*code, phases_of(meter)) == nullptr)
    return say("no CodE", symbol_refused, now);
  page_code_ = *code;
  enter_mode(Mode::page, now);
}

void Panel::take_emergency(links::Device& meter, Instant now) {
  switch (meter.take_emergency()) {
    case links::Written::done:
      return say("Good", symbol_accepted, now);
    case links::Written::not_ready:
      return say("no rdy", symbol_refused, now);
    default:
      return say("no CrEd", symbol_refused, now);
  }
}

void Panel::turn_page(links::Device& meter, Instant now) {
  if (mode_ == Mode::log) {
    log_back_ = static_cast<std::uint8_t>((log_back_ + 1U) % dictionary::token_log_slot_count);
    return enter_mode(Mode::log, now);
  }
  const auto all = pages();
  const bool is_turning = mode_ == Mode::page;
  page_index_ = is_turning ? static_cast<std::uint8_t>((page_index_ + 1U) % all.size()) : std::uint8_t{0};
  while (all[page_index_].least_phases > phases_of(meter))
    page_index_ = static_cast<std::uint8_t>((page_index_ + 1U) % all.size());
  page_code_ = all[page_index_].code;
  enter_mode(Mode::page, now);
}

void Panel::enter_token(links::Device& meter, Instant now) {
  meter.enter_token(entry_.token());
  const auto result = static_cast<std::size_t>(meter.number(Id::token_result, 0));
  const std::string_view word = result < result_words.size() ? result_words[result] : "rEJ";
  const bool is_taken = result >= token_accepted && result <= 3;
  say(word, is_taken ? symbol_accepted : symbol_refused, now);
}

// One entry of the token log in six parts: which and its result, date, time, and the twenty digits.
void Panel::write_log(Frame& frame, links::Device& meter, Instant now) const {
  frame.code = static_cast<std::uint8_t>(log_back_ + 1U);
  const std::int64_t number = meter.number(Id::token_log_count, 0) - log_back_;
  const auto slot =
      static_cast<std::uint16_t>(std::max<std::int64_t>(number, 0) % dictionary::token_log_slot_count);
  if (number <= 0 || meter.number(Id::token_log_number, slot) != number) return write_text(frame, "nonE");
  constexpr std::int64_t part_count = 6;
  const auto part = static_cast<std::size_t>((now - since_).count() / part_time.count() % part_count);
  if (part == 0) {
    const auto result = static_cast<std::size_t>(meter.number(Id::token_log_result, slot));
    return write_text(frame, result < result_words.size() ? result_words[result] : "rEJ");
  }
  if (part < 3)
    return write_local(frame, part == 1 ? Form::date : Form::time, meter.number(Id::token_log_time, slot),
                       meter);
  const std::string_view digits = meter.text(Id::token_log_token, slot);
  const std::size_t from = (part - 3) * character_count;
  write_text(frame, digits.substr(std::min(from, digits.size()), character_count));
}

std::uint8_t Panel::automatic_code(links::Device& meter, Instant now) const {
  const auto list = std::span{settings_.automatic};
  const std::int64_t phase_count = phases_of(meter);
  const auto count =
      std::ranges::count_if(list, [&](std::uint8_t code) { return find_page(code, phase_count) != nullptr; });
  if (count == 0) return balance_code;
  auto at = turn(now) % static_cast<std::uint32_t>(count);
  for (const std::uint8_t code : list) {
    if (find_page(code, phase_count) != nullptr && at-- == 0) return code;
  }
  return balance_code;
}

// How many pages have had their time.
std::uint32_t Panel::turn(Instant now) const {
  const std::int64_t page_ms = std::max<std::int64_t>(settings_.page_time.count(), 1);
  return static_cast<std::uint32_t>(std::max<std::int64_t>((now - scroll_from_).count(), 0) / page_ms);
}

// The second half of each page's time belongs to what the meter has to tell.
bool Panel::is_notice_turn(Instant now) const {
  const std::int64_t page_ms = std::max<std::int64_t>(settings_.page_time.count(), 2);
  return (now - scroll_from_).count() % page_ms >= page_ms / 2;
}

void Panel::write_page(Frame& frame, std::uint8_t code, links::Device& meter, Instant now) const {
  frame.code = code;
  const Page* page = find_page(code, phases_of(meter));
  if (page == nullptr) {  // the test of the display
    frame.characters.fill('8');
    frame.points = 0xFF;
    return;
  }
  frame.unit = page->unit;
  constexpr std::int64_t in_energy = 1;
  if (page->unit == Unit::currency && meter.number(Id::account_unit, 0) == in_energy)
    frame.unit = Unit::kilowatt_hour;
  if (page->form == Form::supply) return write_supply(frame, meter);
  if (page->form != Form::number)
    return write_local(frame, page->form, tariff::floor_div(meter.number(page->id, 0), ms_per_second), meter);
  if (dictionary::row(page->id).type == dictionary::Type::ascii) {
    std::string_view text = meter.text(page->id, 0);
    const auto parts = static_cast<std::int64_t>((text.size() + character_count - 1) / character_count);
    if (parts > 1) {
      const auto part = (now - since_).count() / part_time.count() % parts;
      text.remove_prefix(static_cast<std::size_t>(part) * character_count);
    }
    return write_text(frame, text);
  }
  write_number(frame, meter.number(page->id, page->slot_index) / page->divisor, page->decimals);
}

void Panel::write_lamps(Frame& frame, std::uint8_t warnings, Instant now) {
  const auto lit = [&frame](std::uint16_t symbols) { return (frame.symbols & symbols) != 0; };
  if (!lit(symbol_low_credit | symbol_no_credit)) {
    frame.lamps |= lamp_credit_green;
  } else if (!lit(symbol_no_credit) || is_blink_on(now)) {
    frame.lamps |= lamp_credit_red;
  }
  if (lit(symbol_supply_on)) frame.lamps |= lamp_supply;
  const bool is_ordered = (warnings & warning_operator) != 0;
  if ((is_ordered || lit(symbol_fault | symbol_tamper)) && is_blink_on(now)) frame.lamps |= lamp_alarm;

  warnings_ = warnings;
  muted_ &= warnings;
  const bool warns = warnings != muted_ && settings_.warn_every.count() > 0;
  if (warns && (now - warned_at_ >= settings_.warn_every || now < warned_at_)) {
    warned_at_ = now;
    sound_ = {sound_warning, now};
  }
  const auto bit = (now - sound_.begun).count() / sound_bit.count();
  if (now >= sound_.begun && bit < 32 && ((sound_.pattern >> static_cast<unsigned>(bit)) & 1U) != 0) {
    frame.lamps |= lamp_buzzer;
  }
}

Frame Panel::show(links::Device& meter, Instant now) {
  const bool was_good = mode_ == Mode::message && (message_.symbols & symbol_accepted) != 0;
  settle(now);
  if (was_good && mode_ == Mode::automatic) {  // what came of the token
    page_code_ = balance_code;
    enter_mode(Mode::page, now);
  }
  Frame frame;
  switch (mode_) {
    case Mode::automatic:
      if (!is_notice_turn(now) || !write_notice(frame, meter, turn(now)))
        write_page(frame, automatic_code(meter, now), meter, now);
      frame.symbols |= symbol_scrolling;
      break;
    case Mode::page:
      write_page(frame, page_code_, meter, now);
      break;
    case Mode::entry:
      entry_.write(frame);
      frame.symbols |= symbol_token;
      break;
    case Mode::message:
      frame = message_;
      break;
    case Mode::log:
      write_log(frame, meter, now);
      break;
  }
  frame.symbols |= state_symbols(meter);
  write_lamps(frame, warnings(meter), now);
  return frame;
}

}  // namespace lk::panel
