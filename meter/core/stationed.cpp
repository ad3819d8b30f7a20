// SPDX-License-Identifier: Apache-2.0
// The meter as DL/T 645 and the optical port see it beside its values: local time, records, commands without
// a seal, and what those links keep.
#include <algorithm>

#include "meter/core/meter.hpp"
#include "meter/links/password_rules.hpp"
#include "tariff/local_time.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using links::CommandResult;
using quantity::Instant;

constexpr std::int64_t ms_per_s = 1000;
constexpr int first_year = 2000;
constexpr std::int64_t latest_s = 0xFFFF'FFFF;

}  // namespace

std::size_t Meter::serve(const dlt645::Frame& request, std::span<std::byte, 256> answer, Instant now) {
  poll(now);
  if (is_silent(now)) return 0;
  return dlt645_.serve(request, answer, dlt645_context());
}

void Meter::hear_optical(char character, Instant now) {
  poll(now);
  if (is_silent(now)) return;
  adopt_optical();
  if (auto* const infrared = std::get_if<links::Infrared>(&optical_))
    return infrared->take(static_cast<std::byte>(character), dlt645_, dlt645_context(), now);
  std::get_if<links::Optical>(&optical_)->take(character, dlt645_context(), now);
}

std::string_view Meter::say_optical(Instant now) {
  poll(now);
  adopt_optical();
  if (auto* const infrared = std::get_if<links::Infrared>(&optical_))
    return infrared->say(dlt645_, dlt645_context(), now);
  return std::get_if<links::Optical>(&optical_)->say(dlt645_context(), now);
}

Instant Meter::optical_due() const {
  const auto* const infrared = std::get_if<links::Infrared>(&optical_);
  return infrared != nullptr ? infrared->due() : std::get_if<links::Optical>(&optical_)->due();
}

std::uint32_t Meter::optical_baud() const {
  const auto* const mode_c = std::get_if<links::Optical>(&optical_);
  return mode_c != nullptr ? mode_c->baud() : links::Infrared::baud;
}

// The port speaks what its parameter says as soon as nothing is left to say in the other protocol.
void Meter::adopt_optical() {
  constexpr std::int64_t dlt645 = 2;
  const bool is_dlt645 = settings_.get(dictionary::Id::optical_protocol) == dlt645;
  const auto* const mode_c = std::get_if<links::Optical>(&optical_);
  const auto* const infrared = std::get_if<links::Infrared>(&optical_);
  if (mode_c != nullptr && is_dlt645 && !mode_c->has_to_say()) optical_.emplace<links::Infrared>();
  if (infrared != nullptr && !is_dlt645 && !infrared->has_to_say()) optical_.emplace<links::Optical>();
}

links::LineSettings Meter::line() const {
  using dictionary::Id;
  links::LineSettings line = configuration_.line;
  for (const Id id : {Id::line_address, Id::line_baud, Id::line_parity, Id::line_protocol})
    line = links::with(line, id, settings_.get(id));
  return line;
}

// What orders may say of the parity: all, or only what was installed.
std::int64_t Meter::only_parity() const {
  return configuration_.makes_parity ? 0 : links::number_of(configuration_.line, dictionary::Id::line_parity);
}

dlt645::Time Meter::local_time(std::uint32_t unix_s) {
  const tariff::WallTime wall =
      tariff::wall_time(sets_.current.zone, Instant::of(std::int64_t{unix_s} * ms_per_s));
  const tariff::Date date = tariff::date_of(wall.day);
  const std::int32_t second = wall.ms / static_cast<std::int32_t>(ms_per_s);
  return {.year = static_cast<std::uint8_t>(std::max<std::int32_t>(date.year - first_year, 0) % 100),
          .month = date.month,
          .day = date.day,
          .weekday = static_cast<std::uint8_t>((tariff::weekday_of(wall.day) + 1) % 7),
          .hour = static_cast<std::uint8_t>(second / 3600),
          .minute = static_cast<std::uint8_t>(second / 60 % 60),
          .second = static_cast<std::uint8_t>(second % 60)};
}

std::int32_t Meter::zone_minutes(std::uint32_t unix_s) {
  constexpr std::int32_t ms_per_minute = 60'000;
  const Instant at = Instant::of(std::int64_t{unix_s} * ms_per_s);
  return static_cast<std::int32_t>(tariff::zone_at(sets_.current.zone, at).offset_ms / ms_per_minute);
}

// With the offset of the day before it, or else of the day behind it.
std::uint32_t Meter::instant_of(const dlt645::Time& local) {
  const tariff::Zone& zone = sets_.current.zone;
  const std::int32_t day = tariff::days_of({first_year + local.year, local.month, local.day});
  const std::int32_t ms = ((local.hour * 60 + local.minute) * 60 + local.second) * 1000;
  const std::int64_t wall_ms = day * tariff::ms_per_day + ms;
  const auto with_offset_of = [&zone, wall_ms](std::int64_t at_ms) {
    return Instant::of(wall_ms - tariff::zone_at(zone, Instant::of(at_ms)).offset_ms);
  };
  Instant instant = with_offset_of(wall_ms - tariff::ms_per_day);
  if (tariff::wall_time(zone, instant) != tariff::WallTime{day, ms})
    instant = with_offset_of(wall_ms + tariff::ms_per_day);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(instant.unix_s(), 0, latest_s));
}

links::LogRange Meter::log_range(records::Log log) {
  const records::Ring& ring = archive_.ring(log);
  return {std::max<std::uint32_t>(ring.first(), 1), std::max<std::uint32_t>(ring.next(), 1)};
}

std::size_t Meter::log_entry(records::Log log, std::uint32_t number, std::span<std::byte> to) {
  const records::Ring& ring = archive_.ring(log);
  const auto payload = to.first(std::min<std::size_t>(ring.payload_bytes(), to.size()));
  return archive_.is_present() && ring.read(number, payload) ? payload.size() : 0;
}

std::uint32_t Meter::log_since(records::Log log, std::uint32_t unix_s) {
  if (!archive_.is_present()) return 1;
  return archive_.ring(log).find_since(unix_s, records::Archive::time_offset_of(log));
}

CommandResult Meter::command(const order::Command& command, const links::Programmer* programmer) {
  ensure(links::is_for_passwords(command, links::Passwords::dlt645));
  State next = state_;
  Settings settings = settings_;
  OrderEffects effects;
  const std::size_t noted_before = events_.noted_count();
  const Instant clock_before = clock(now_);
  if (programmer != nullptr) note_programming(*programmer, clock_before);
  if (!carry_out({next, settings, receiver_, sets_, events_, only_parity()}, effects, command, 0, now_)) {
    events_.forget_after(noted_before);
    return CommandResult::refused;
  }
  if (!store_order(next, settings, effects, noted_before, now_)) return CommandResult::not_ready;
  let_order_take_effect(settings, effects, now_);
  if (effects.has_clock) records_of_clock_step(clock_before, now_);
  poll(now_);
  return CommandResult::done;
}

void Meter::note_programming(const links::Programmer& programmer, Instant at) {
  const std::uint64_t what = std::uint64_t{programmer.operator_code} << 32U | programmer.what;
  events_.note(EventCode::programmed, programmer.level, static_cast<std::int64_t>(what), at);
}

bool Meter::keep(std::span<const std::byte> state, const links::Programmer* programmer) {
  const std::size_t noted_before = events_.noted_count();
  if (programmer != nullptr) note_programming(*programmer, clock(now_));
  return store(state_, noted_before, now_, {.links = state});
}

void Meter::keep_plan(Instant now) {
  now_ = now;
  access_.poll(*this);
}

}  // namespace lk::meter
