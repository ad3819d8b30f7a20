// SPDX-License-Identifier: Apache-2.0
// What changes the meter by DL/T 645 without a seal. Each asks the site's permission first; where passwords
// open nothing, a right one is answered like a wrong one.
#include <algorithm>
#include <array>

#include "dlt645/words.hpp"
#include "meter/links/dlt645_slave.hpp"

namespace lk::links::dlt645_changes {
namespace {

using dictionary::Id;
using namespace dlt645::error;

constexpr std::uint8_t level_of_operator = 4;  // may switch and set the clock
constexpr std::uint8_t level_of_owner = 2;     // may reset and hide
constexpr std::uint32_t di_date = 0x0400'0101;
constexpr std::uint32_t di_time = 0x0400'0102;
constexpr std::uint32_t di_date_and_time = 0x0400'010C;
constexpr std::uint32_t di_password_first = 0x0400'0C01;
constexpr std::uint8_t any = 99;

struct Credentials {
  std::uint8_t level = 0;
  Password password{};
  std::uint32_t operator_code = 0;
};

Credentials take_password(bytes::Reader& from) {
  Credentials credentials;
  credentials.level = from.byte();
  const auto password = from.take(password_bytes);
  std::ranges::copy(password, credentials.password.begin());
  return credentials;
}

Credentials take_credentials(bytes::Reader& from) {
  Credentials credentials = take_password(from);
  credentials.operator_code = from.little<std::uint32_t>();
  return credentials;
}

bool is_let_in(const Credentials& credentials, std::uint8_t level_needed, Permission permission,
               const Dlt645Context& context) {
  return Access::allows(permission, context.device) && credentials.level <= level_needed &&
         context.access.judge(credentials.level, credentials.password, context.station) ==
             Access::Verdict::right;
}

std::uint8_t error_of(CommandResult result) {
  return result == CommandResult::done ? std::uint8_t{0} : other;
}

std::uint8_t give(const order::Command& command, const Credentials& who, std::uint32_t what,
                  const Dlt645Context& context) {
  const Programmer programmer{who.level, who.operator_code, what};
  return error_of(context.station.command(command, &programmer));
}

std::uint8_t set_parameter(Id id, std::int64_t value, std::uint32_t what, const Dlt645Context& context) {
  order::SetParameters set;
  set.parameters[0] = {dictionary::row(id).address, value};
  return give(set, {.level = Access::level_count}, what, context);
}

// One packed pair; 255 where it is no number.
std::uint8_t pair(bytes::Reader& from) {
  return static_cast<std::uint8_t>(dlt645::decode_bcd(from.take(1)).value_or(0xFF));
}

void take_time_of_day(bytes::Reader& from, dlt645::Time& time) {
  time.second = pair(from);
  time.minute = pair(from);
  time.hour = pair(from);
}

void take_date(bytes::Reader& from, bool has_weekday, dlt645::Time& time) {
  if (has_weekday) time.weekday = pair(from);
  time.day = pair(from);
  time.month = pair(from);
  time.year = pair(from);
}

dlt645::Time time_now(const Dlt645Context& context) {
  return context.station.local_time(context.station.clock_s());
}

std::uint8_t set_clock(const dlt645::Time& local, const Credentials& who, std::uint32_t what,
                       const Dlt645Context& context) {
  if (!dlt645::is_time(local)) return other;
  const std::int64_t unix_s = context.station.instant_of(local);
  return give(order::SetClock{quantity::Instant::of(unix_s * 1000)}, who, what, context);
}

}  // namespace

// DI, PA P0 P1 P2, C0 C1 C2 C3, data: the clock is all that a password can write.
std::uint8_t write(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint32_t>();
  const Credentials who = take_credentials(reader);
  if (!reader.ok()) return other;
  const bool is_clock = di == di_date || di == di_time || di == di_date_and_time;
  if (!is_clock) return dlt645::find(di) != nullptr ? not_authorised : no_data;
  if (!is_let_in(who, level_of_operator, Permission::clock, context)) return not_authorised;
  dlt645::Time local = time_now(context);
  if (di != di_date) take_time_of_day(reader, local);
  if (di != di_time) take_date(reader, true, local);
  if (!reader.ok() || reader.left() > 0) return other;
  return set_clock(local, who, di, context);
}

std::uint8_t write_address(std::span<const std::byte> data, const Dlt645Context& context) {
  const auto number = dlt645::decode_bcd(data);
  constexpr std::uint64_t broadcast = 999'999'999'999;
  if (data.size() != dlt645::address_bytes || !number || *number == broadcast || *number == 0) return other;
  if (!Access::allows(Permission::address, context.device)) return not_authorised;
  return set_parameter(Id::dlt_address, static_cast<std::int64_t>(*number),
                       static_cast<std::uint32_t>(dlt645::Function::write_address), context);
}

// mm hh DD MM: all 99 is at once. A pattern is answered well where it is the calendar in force; the calendar
// itself is changed by a sealed order.
std::uint8_t freeze(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const std::array<std::uint8_t, 4> at{pair(reader), pair(reader), pair(reader), pair(reader)};
  if (!reader.ok() || reader.left() > 0 || std::ranges::find(at, 0xFF) != at.end()) return other;
  const auto [minute, hour, day, month] = at;
  if (month != any) return other;
  if (minute == any) {
    if (hour != any || day != any || !context.access.take_freeze(context.station.clock_s())) return other;
    return error_of(context.station.command(order::Freeze{}, nullptr));
  }
  const auto number = [&context](Id id) { return context.device.number(id, 0); };
  const std::int64_t minute_of_day = hour * 60 + minute;
  const bool is_hourly = day == any && hour == any && minute == 0;
  const bool is_daily = day == any && hour != any && minute_of_day == number(Id::daily_minute);
  const bool is_monthly = day == number(Id::billing_day) && hour == number(Id::billing_hour) && minute == 0;
  return is_hourly || is_daily || is_monthly ? std::uint8_t{0} : other;
}

std::uint8_t change_baud(std::span<const std::byte> data, const Dlt645Context& context) {
  if (data.size() != 1) return baud;
  const auto rate = dlt645::baud_of(std::to_integer<std::uint8_t>(data[0]));
  if (context.is_infrared || !rate || !Access::allows(Permission::baud, context.device)) return baud;
  const std::uint8_t error =
      set_parameter(Id::line_baud, *rate, static_cast<std::uint32_t>(dlt645::Function::change_baud), context);
  return error == 0 ? error : baud;
}

// DI, old level and password, new level and password. The old one must be of the new one's level or above.
std::uint8_t change_password(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint32_t>();
  const Credentials old = take_password(reader);
  const Credentials next = take_password(reader);
  if (!reader.ok() || reader.left() > 0) return other;
  if (di < di_password_first || di >= di_password_first + Access::level_count) return no_data;
  const auto level = static_cast<std::uint8_t>(di - di_password_first);
  if (next.level != level || !dlt645::decode_bcd(next.password)) return other;
  if (!Access::is_in_use(context.device) || old.level > level) return not_authorised;
  if (context.access.judge(old.level, old.password, context.station) != Access::Verdict::right)
    return not_authorised;
  const Programmer who{old.level, old.operator_code, di};
  return context.access.change(level, next.password, who, context.station) ? std::uint8_t{0} : other;
}

std::uint8_t clear_demand(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const Credentials who = take_credentials(reader);
  if (!reader.ok() || reader.left() > 0) return other;
  if (!is_let_in(who, level_of_owner, Permission::demand, context)) return not_authorised;
  return give(order::ResetDemand{}, who, static_cast<std::uint32_t>(dlt645::Function::clear_demand), context);
}

// Nothing is erased: the records are evidence. What they hold now is not shown by DL/T 645 any more.
std::uint8_t clear_events(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const Credentials who = take_credentials(reader);
  const auto di = reader.little<std::uint32_t>();
  if (!reader.ok() || reader.left() > 0) return other;
  constexpr std::uint32_t all = 0xFFFF'FFFF;
  const dlt645::Item* const item = di == all ? nullptr : dlt645::find((di & ~0xFFU) | 1U);
  const auto log = item == nullptr ? std::nullopt : dlt645_kinds::log_of_events(*item);
  if (di != all && !log) return no_data;
  if (!is_let_in(who, level_of_owner, Permission::events, context)) return not_authorised;
  const Programmer programmer{who.level, who.operator_code, di};
  const bool is_done = log ? context.access.hide(*log, programmer, context.station)
                           : context.access.hide_all(programmer, context.station);
  return is_done ? std::uint8_t{0} : other;
}

// PA P0 P1 P2, C0 C1 C2 C3, N1 N2, ss mm hh DD MM YY: valid until that time.
std::uint8_t control(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const Credentials who = take_credentials(reader);
  const std::uint8_t n1 = reader.byte();
  const std::uint8_t n2 = reader.byte();
  dlt645::Time until;
  take_time_of_day(reader, until);
  take_date(reader, false, until);
  if (!reader.ok() || reader.left() > 0) return other;
  if (!is_let_in(who, level_of_operator, Permission::relay, context)) return not_authorised;
  const std::uint32_t now_s = context.station.clock_s();
  if (!dlt645::is_time(until) || context.station.instant_of(until) < now_s) return other;
  const bool keeps_power = (context.device.number(Id::hold_flags, 0) & 1) != 0;
  const auto what = static_cast<std::uint32_t>(dlt645::Function::control) << 8U | n1;
  const auto switch_it = [&](const order::Command& command, std::uint32_t return_at_s, bool by_hand) {
    const std::uint8_t error = give(command, who, what, context);
    if (error != 0) return error;
    return context.access.plan_return(return_at_s, by_hand, context.station) ? std::uint8_t{0} : other;
  };
  constexpr std::uint32_t s_per_step = 300;
  switch (static_cast<dlt645::Control>(n1)) {
    case dlt645::Control::trip:
      return keeps_power ? other : switch_it(order::Open{}, 0, false);
    case dlt645::Control::trip_then_permit:
    case dlt645::Control::trip_then_close:
      if (keeps_power || n2 == 0) return other;
      return switch_it(order::Open{}, now_s + n2 * s_per_step,
                       n1 == static_cast<std::uint8_t>(dlt645::Control::trip_then_permit));
    case dlt645::Control::permit_close:
      return switch_it(order::Permit{}, 0, false);
    case dlt645::Control::close:
      return switch_it(order::Close{}, 0, false);
    case dlt645::Control::alarm_on:
      return give(order::Alarm{true}, who, what, context);
    case dlt645::Control::alarm_off:
      return give(order::Alarm{false}, who, what, context);
    case dlt645::Control::keep_power_on:
      return give(order::KeepPower{true}, who, what, context);
    case dlt645::Control::keep_power_off:
      return give(order::KeepPower{false}, who, what, context);
  }
  return other;
}

// One byte: what the multi-function output tells. It moves nothing else: anybody may.
std::uint8_t select_output(std::span<const std::byte> data, const Dlt645Context& context) {
  constexpr auto last = static_cast<std::uint8_t>(OutputSignal::rate);
  if (data.size() != 1 || std::to_integer<std::uint8_t>(data[0]) > last) return other;
  context.station.select_output(static_cast<OutputSignal>(data[0]));
  return 0;
}

// ss mm hh DD MM YY to all: the rules of the meter's own clock apply (Device::correct_clock).
void correct_time(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  dlt645::Time local;
  take_time_of_day(reader, local);
  take_date(reader, false, local);
  if (!reader.ok() || reader.left() > 0 || !dlt645::is_time(local)) return;
  if (!Access::allows(Permission::broadcast_time, context.device)) return;
  const std::int64_t unix_s = context.station.instant_of(local);
  (void)context.device.correct_clock(quantity::Instant::of(unix_s * 1000));
}

// DI, PA P0 P1 P2, data; errors are those of 1997, whose bits for these are the same.
std::uint8_t write97(std::span<const std::byte> data, const Dlt645Context& context) {
  constexpr std::uint16_t di97_date = 0xC010;
  constexpr std::uint16_t di97_time = 0xC011;
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint16_t>();
  const Credentials who = take_password(reader);
  if (!reader.ok()) return dlt645::error97::illegal_data;
  if (di != di97_date && di != di97_time) {
    return dlt645::find97(di).item != nullptr ? dlt645::error97::not_authorised : dlt645::error97::no_data;
  }
  if (!is_let_in(who, level_of_operator, Permission::clock, context)) return dlt645::error97::not_authorised;
  dlt645::Time local = time_now(context);
  if (di == di97_date) {
    take_date(reader, true, local);
  } else {
    take_time_of_day(reader, local);
  }
  if (!reader.ok() || reader.left() > 0) return dlt645::error97::illegal_data;
  return set_clock(local, who, di == di97_date ? di_date : di_time, context);
}

std::uint8_t change_password97(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const Credentials old = take_password(reader);
  const Credentials next = take_password(reader);
  if (!reader.ok() || reader.left() > 0 || next.level >= Access::level_count ||
      !dlt645::decode_bcd(next.password))
    return dlt645::error97::illegal_data;
  if (!Access::is_in_use(context.device) || old.level > next.level ||
      context.access.judge(old.level, old.password, context.station) != Access::Verdict::right)
    return dlt645::error97::not_authorised;
  const Programmer who{old.level, old.operator_code,
                       static_cast<std::uint32_t>(dlt645::Function97::change_password)};
  return context.access.change(next.level, next.password, who, context.station)
             ? std::uint8_t{0}
             : dlt645::error97::illegal_data;
}

std::uint8_t clear_demand97(std::span<const std::byte> data, const Dlt645Context& context) {
  bytes::Reader reader{data};
  const Credentials who = take_password(reader);
  if (!reader.ok() || reader.left() > 0) return dlt645::error97::illegal_data;
  if (!is_let_in(who, level_of_owner, Permission::demand, context)) return dlt645::error97::not_authorised;
  return give(order::ResetDemand{}, who, static_cast<std::uint32_t>(dlt645::Function97::clear_demand),
              context);
}

}  // namespace lk::links::dlt645_changes
