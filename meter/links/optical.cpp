// SPDX-License-Identifier: Apache-2.0
#include "meter/links/optical.hpp"

#include <algorithm>
#include <array>

#include "dictionary/codes.hpp"
#include "dictionary/table.hpp"
#include "iec62056/data_set.hpp"
#include "order/order.hpp"
#include "sts/result.hpp"

namespace lk::links {
namespace {

using dictionary::Group;
using dictionary::Id;
using dictionary::Obis;
using dictionary::Row;
using iec62056::Refusal;
using iec62056::TextWriter;

constexpr Obis time_code{1, 0, 0, 9, 1, 255};
constexpr Obis date_code{1, 0, 0, 9, 2, 255};
constexpr std::size_t times_count = 2;  // the first lines of a readout
constexpr std::uint8_t level_of_operator = 4;

// What a readout shows; the rest can be asked for.
bool is_read_out(const Row& row) {
  switch (row.group) {
    case Group::measured:
    case Group::identity:
    case Group::account:
    case Group::credit:
    case Group::supply:
    case Group::demand_and_voltage:
    case Group::clock:
      return row.type != dictionary::Type::counted && row.is_readable() && !row.is_parameter();
    default:
      return false;
  }
}

bool is_readable(const Row& row) {
  return row.type != dictionary::Type::counted && row.is_readable() && !row.is_secret;
}

struct Found {
  const Row* row = nullptr;
  std::uint16_t slot = 0;
};

Found find(const Obis& code) {
  for (const Row& row : dictionary::rows()) {
    for (std::uint16_t slot = 0; slot < row.slot_count; ++slot) {
      if (row.obis_of(slot) == code) return {&row, slot};
    }
  }
  return {};
}

consteval std::array<bool, dictionary::id_count> rows_shown_by_others() {
  std::array<bool, dictionary::id_count> shown{};
  for (const Row& phase : dictionary::table) {
    for (const Row& other : dictionary::table)
      shown[static_cast<std::size_t>(phase.id)] |=
          phase.group == Group::phases && other.group != Group::phases && other.obis == phase.obis;
  }
  return shown;
}
// Of a phase's row whether phase 1 has its line already, as another row.
constexpr auto is_shown_by_another = rows_shown_by_others();

std::uint16_t first_slot(const Row& row) {
  return is_shown_by_another[static_cast<std::size_t>(row.id)] ? 1 : 0;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Two decimal digits; 255 where they are none.
std::uint8_t pair_at(std::string_view digits, std::size_t index) {
  const int high = digit_of(digits[2 * index]);
  const int low = digit_of(digits[2 * index + 1]);
  if (high < 0 || high > 9 || low < 0 || low > 9) return 0xFF;
  return static_cast<std::uint8_t>(high * 10 + low);
}

// What an energy is shown in; empty for what is none.
std::string_view energy_unit(dictionary::Unit unit) {
  switch (unit) {
    case dictionary::Unit::joule:
      return "kWh";
    case dictionary::Unit::var_second:
      return "kvarh";
    case dictionary::Unit::volt_ampere_second:
      return "kVAh";
    default:
      return {};
  }
}

std::string_view without_zeros(std::string_view text) {
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return text;
}

}  // namespace

void Optical::take(char character, const Dlt645Context& context, quantity::Instant now) {
  OpticalSource source{context};
  session_.take(character, source, now.unix_ms());
}

std::string_view Optical::say(const Dlt645Context& context, quantity::Instant now) {
  OpticalSource source{context};
  return session_.say(source, now.unix_ms());
}

bool OpticalSource::is_address(std::string_view address) {
  return without_zeros(address) == without_zeros(context_.device.text(Id::meter_number, 0));
}

std::string_view OpticalSource::line(std::size_t index) {
  if (index < times_count) return time_of_day(index == 1);
  const bool has_phases = context_.device.number(Id::phase_count, 0) > 1;
  std::size_t at = times_count;
  for (const Row& row : dictionary::rows()) {
    if (!is_read_out(row) && !(has_phases && row.group == Group::phases)) continue;
    const std::uint16_t first = first_slot(row);
    const std::size_t line_count = row.slot_count - first;
    if (index < at + line_count) return data_set(row, static_cast<std::uint16_t>(index - at + first));
    at += line_count;
  }
  return {};
}

// Energies are shown in kWh with three decimals, rounded down; all else in the dictionary's unit.
std::string_view OpticalSource::data_set(const Row& row, std::uint16_t slot) {
  constexpr std::int64_t mj_per_wh = 3'600'000;
  TextWriter writer{room_};
  writer.obis(row.obis_of(slot));
  writer.character('(');
  if (row.type == dictionary::Type::ascii) {
    writer.text(context_.device.text(row.id, slot));
  } else if (const std::string_view energy = energy_unit(row.unit); !energy.empty()) {
    writer.decimal(context_.device.number(row.id, slot) / mj_per_wh, 3);
    writer.character('*');
    writer.text(energy);
  } else {
    writer.decimal(context_.device.number(row.id, slot), static_cast<unsigned>(-row.scale));
    const std::string_view unit = dictionary::symbol(row.unit);
    if (!unit.empty()) writer.character('*');
    writer.text(unit);
  }
  writer.character(')');
  return writer.view();
}

std::string_view OpticalSource::time_of_day(bool is_date) {
  const dlt645::Time now = context_.station.local_time(context_.station.clock_s());
  TextWriter writer{room_};
  writer.obis(is_date ? date_code : time_code);
  writer.character('(');
  const std::array<std::uint8_t, 3> parts =
      is_date ? std::array{now.year, now.month, now.day} : std::array{now.hour, now.minute, now.second};
  for (const std::uint8_t part : parts) writer.number(part, 2);
  writer.character(')');
  return writer.view();
}

// Level and password: `04123456`.
OpticalSource::Result OpticalSource::enter_password(std::string_view password) {
  constexpr std::size_t digits = 8;
  if (password.size() != digits) return std::unexpected(Refusal::bad_value);
  if (!Access::is_in_use(context_.device)) return std::unexpected(Refusal::not_open);
  const std::uint8_t level = pair_at(password, 0);
  Password packed{};
  for (std::size_t i = 0; i < packed.size(); ++i) {
    const std::uint8_t pair = pair_at(password, 3 - i);
    if (pair > 99) return std::unexpected(Refusal::bad_value);
    packed[i] = static_cast<std::byte>(pair / 10 << 4 | pair % 10);
  }
  switch (context_.access.judge(level, packed, context_.station)) {
    case Access::Verdict::right:
      if (level > level_of_operator) return std::unexpected(Refusal::not_open);
      return {};
    case Access::Verdict::wrong:
      return std::unexpected(Refusal::password);
    case Access::Verdict::locked_out:
      return std::unexpected(Refusal::locked_out);
  }
  return std::unexpected(Refusal::password);
}

std::expected<std::string_view, Refusal> OpticalSource::read(std::string_view id) {
  const auto code = iec62056::parse_obis(id);
  if (!code) return std::unexpected(Refusal::unknown);
  if (*code == time_code || *code == date_code) return time_of_day(*code == date_code);
  const Found found = find(*code);
  if (found.row == nullptr) return std::unexpected(Refusal::unknown);
  if (!is_readable(*found.row)) return std::unexpected(Refusal::not_open);
  return data_set(*found.row, found.slot);
}

OpticalSource::Result OpticalSource::write(std::string_view id, std::string_view value, bool is_open) {
  const auto code = iec62056::parse_obis(id);
  if (!code) return std::unexpected(Refusal::unknown);
  if (*code == time_code || *code == date_code) return set_clock(value, *code == date_code, is_open);
  const Found found = find(*code);
  if (found.row == nullptr) return std::unexpected(Refusal::unknown);
  switch (found.row->id) {
    case Id::token_entry:
      return enter_token(value);
    case Id::order_entry:
      return enter_order(value);
    case Id::supply_state:
      return switch_supply(value, is_open);
    default:
      return std::unexpected(Refusal::not_open);
  }
}

OpticalSource::Result OpticalSource::enter_token(std::string_view digits) {
  std::array<char, 20> characters{};
  if (digits.size() != characters.size()) return std::unexpected(Refusal::bad_value);
  std::ranges::copy(digits, characters.begin());
  context_.device.enter_token(characters);
  const auto result = static_cast<std::uint16_t>(context_.device.number(Id::token_result, 0));
  switch (static_cast<sts::TokenResult>(result)) {
    case sts::TokenResult::accept:
    case sts::TokenResult::first_key_change:
    case sts::TokenResult::second_key_change:
    case sts::TokenResult::third_key_change:
    case sts::TokenResult::fourth_key_change:
      return {};
    case sts::TokenResult::locked_out:
      return std::unexpected(Refusal::locked_out);
    case sts::TokenResult::not_ready:
      return std::unexpected(Refusal::not_ready);
    default:
      return std::unexpected(Refusal::bad_value);
  }
}

// In hexadecimal digits.
OpticalSource::Result OpticalSource::enter_order(std::string_view digits) {
  std::array<std::byte, order::order_max_bytes> order{};
  const std::size_t size_bytes = digits.size() / 2;
  if (digits.size() % 2 != 0 || size_bytes == 0 || size_bytes > order.size())
    return std::unexpected(Refusal::bad_value);
  for (std::size_t i = 0; i < size_bytes; ++i) {
    const int high = digit_of(digits[2 * i]);
    const int low = digit_of(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::unexpected(Refusal::bad_value);
    order[i] = static_cast<std::byte>(high * 16 + low);
  }
  context_.device.enter_order(std::span{order}.first(size_bytes));
  switch (static_cast<dictionary::OrderResult>(context_.device.number(Id::order_result, 0))) {
    case dictionary::OrderResult::done:
    case dictionary::OrderResult::already_done:
      return {};
    case dictionary::OrderResult::not_ready:
      return std::unexpected(Refusal::not_ready);
    default:
      return std::unexpected(Refusal::bad_value);
  }
}

OpticalSource::Result OpticalSource::set_clock(std::string_view digits, bool is_date, bool is_open) {
  if (!is_open || !Access::allows(Permission::clock, context_.device))
    return std::unexpected(Refusal::not_open);
  if (digits.size() != 6) return std::unexpected(Refusal::bad_value);
  dlt645::Time local = context_.station.local_time(context_.station.clock_s());
  std::uint8_t* const parts[] = {is_date ? &local.year : &local.hour, is_date ? &local.month : &local.minute,
                                 is_date ? &local.day : &local.second};
  for (std::size_t i = 0; i < 3; ++i) *parts[i] = pair_at(digits, i);
  if (!dlt645::is_time(local)) return std::unexpected(Refusal::bad_value);
  const std::int64_t unix_s = context_.station.instant_of(local);
  return give(order::SetClock{quantity::Instant::of(unix_s * 1000)}, is_date ? 0x0400'0101 : 0x0400'0102);
}

OpticalSource::Result OpticalSource::switch_supply(std::string_view value, bool is_open) {
  if (!is_open || !Access::allows(Permission::relay, context_.device))
    return std::unexpected(Refusal::not_open);
  if (value != "0" && value != "1") return std::unexpected(Refusal::bad_value);
  const order::Command command = value == "1" ? order::Command{order::Close{}} : order::Open{};
  return give(command, value == "1" ? 0x1C1C : 0x1C1A);
}

OpticalSource::Result OpticalSource::give(const order::Command& command, std::uint32_t what) {
  const Programmer programmer{.level = level_of_operator, .what = what};
  switch (context_.station.command(command, &programmer)) {
    case CommandResult::done:
      return {};
    case CommandResult::refused:
      return std::unexpected(Refusal::bad_value);
    case CommandResult::not_ready:
      return std::unexpected(Refusal::not_ready);
  }
  return std::unexpected(Refusal::not_ready);
}

}  // namespace lk::links
