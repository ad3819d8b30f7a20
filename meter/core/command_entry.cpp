// SPDX-License-Identifier: Apache-2.0
// The command block, what a site lets a password do, the correction of the clock by broadcast, and the
// records as files. Everything that is worth money needs a token or a seal, whatever a password says.
#include <algorithm>
#include <cstdlib>

#include "bytes/bytes.hpp"
#include "dictionary/commands.hpp"
#include "meter/core/meter.hpp"
#include "meter/links/password_rules.hpp"
#include "tariff/local_time.hpp"

namespace lk::meter {
namespace {

using dictionary::CommandResult;
using dictionary::EventCode;
using dictionary::Id;
using dictionary::OrderResult;
using links::Written;
using quantity::Duration;
using quantity::Instant;

constexpr std::uint16_t by_modbus_password = 100;  // detail of the event `programmed`
constexpr std::uint16_t by_broadcast = 1;          // detail of the event `clock set`
constexpr Duration unlocked_time = quantity::minutes(10);
constexpr Duration correction_max = quantity::minutes(5);
constexpr std::int32_t ms_per_day = 86'400'000;
constexpr std::int32_t ms_per_minute = 60'000;
constexpr std::int32_t guard_minutes = 5;

CommandResult result_of(OrderResult result) {
  switch (result) {
    case OrderResult::none:
      return CommandResult::none;
    case OrderResult::done:
      return CommandResult::done;
    case OrderResult::already_done:
      return CommandResult::already_done;
    case OrderResult::refused:
      return CommandResult::refused;
    case OrderResult::not_ready:
      return CommandResult::not_ready;
  }
  return CommandResult::refused;
}

CommandResult result_of(sts::TokenResult result) {
  if (result == sts::TokenResult::accept) return CommandResult::done;
  return result == sts::TokenResult::not_ready ? CommandResult::not_ready : CommandResult::refused;
}

// Minutes of the day from `a` to `b`, the shorter way round.
std::int32_t minutes_between(std::int32_t a, std::int32_t b) {
  constexpr std::int32_t day = ms_per_day / ms_per_minute;
  const std::int32_t apart = std::abs(a - b) % day;
  return std::min(apart, day - apart);
}

}  // namespace

void Meter::prepare_command(std::span<const std::byte> arguments) {
  ensure(arguments.size() <= command_arguments_.size());
  std::ranges::copy(arguments, command_arguments_.begin());
  command_arguments_bytes_ = arguments.size();
}

// Runs it once: the arguments are used up, so that a code written again does nothing twice by accident.
CommandAnswer Meter::run_command(std::uint16_t code) {
  const auto arguments = std::span{command_arguments_}.first(command_arguments_bytes_);
  command_arguments_bytes_ = 0;
  switch (code) {
    case dictionary::command_token: {
      std::array<char, 20> characters{};
      if (arguments.size() != characters.size()) return {code, CommandResult::refused, 0, 0};
      std::ranges::transform(arguments, characters.begin(), [](std::byte b) { return static_cast<char>(b); });
      const TokenAnswer answer = enter_token(characters, now_);
      return {code, result_of(answer.result), static_cast<std::uint16_t>(answer.result),
              answer.amount.count()};
    }
    case dictionary::command_order: {
      const OrderAnswer answer = enter_order(arguments, now_);
      return {code, result_of(answer.result), 0, answer.value};
    }
    case dictionary::command_unlock:
      return unlock(arguments);
    case dictionary::command_lock:
      is_unlocking_ = false;
      return {code, CommandResult::done, 0, 0};
    default:
      return run_verb(code, arguments);
  }
}

CommandAnswer Meter::run_verb(std::uint16_t code, std::span<const std::byte> arguments) {
  const std::uint16_t verb = code & 0xFFU;
  if (code - verb != dictionary::command_of_verb ||
      dictionary::find_verb(static_cast<std::uint8_t>(verb)) == nullptr)
    return {code, CommandResult::unknown, 0, 0};
  const auto command = order::decode_command(static_cast<std::uint8_t>(verb), arguments);
  if (!command) return {code, CommandResult::refused, 0, 0};
  if (!is_unlocked() || !links::is_for_passwords(*command, links::Passwords::modbus))
    return {code, CommandResult::locked, 0, 0};
  CommandAnswer answer = do_by_password(*command);
  answer.code = code;
  return answer;
}

CommandAnswer Meter::unlock(std::span<const std::byte> arguments) {
  constexpr std::uint16_t code = dictionary::command_unlock;
  is_unlocking_ = false;
  bytes::Reader reader{arguments};
  const auto password = reader.big<std::uint32_t>();
  const std::int64_t own = settings_.get(Id::compatibility_password);
  const bool is_open = settings_.get(Id::compatibility_mode) != 0 && own != 0;
  if (!is_open || !wrong_passwords_.has_left(now_)) return {code, CommandResult::locked, 0, 0};
  if (!reader.ok() || reader.left() != 0 || password != own) {
    (void)wrong_passwords_.take(now_);
    return {code, CommandResult::refused, 0, 0};
  }
  wrong_passwords_.refill();
  is_unlocking_ = true;
  unlocked_until_ = now_ + unlocked_time;
  return {code, CommandResult::done, 0, 0};
}

bool Meter::is_unlocked() const {
  return is_unlocking_ && now_ < unlocked_until_ && settings_.get(Id::compatibility_mode) != 0;
}

// Does what an order of that command would do, and notes that it was a password that let it.
CommandAnswer Meter::do_by_password(const order::Command& command) {
  State next = state_;
  Settings settings = settings_;
  OrderEffects effects;
  const std::size_t noted_before = events_.noted_count();
  const Instant clock_before = clock(now_);
  events_.note(EventCode::programmed, by_modbus_password, static_cast<std::int64_t>(order::verb_of(command)),
               clock_before);
  const Done done =
      carry_out({next, settings, receiver_, sets_, events_, only_parity()}, effects, command, 0, now_);
  if (!done) {
    events_.forget_after(noted_before);
    return {0, CommandResult::refused, 0, done.error()};
  }
  if (!store_order(next, settings, effects, noted_before, now_)) return {0, CommandResult::not_ready, 0, 0};
  let_order_take_effect(settings, effects, now_);
  if (effects.has_clock) records_of_clock_step(clock_before, now_);
  poll(now_);
  return {0, CommandResult::done, 0, *done};
}

Written Meter::write_by_password(Id id, std::uint16_t slot_index, std::int64_t value) {
  const dictionary::Row& row = dictionary::row(id);
  order::Command command;
  if (id == Id::clock) {
    command = order::SetClock{Instant::of(value)};
  } else if (id == Id::low_credit) {
    command = order::SetLowCredit{quantity::Money::of(value)};
  } else if (links::is_for_passwords(row, links::Passwords::modbus)) {
    order::SetParameters set;
    set.parameters[0] = {row.address_of(slot_index), value};
    command = set;
  } else {
    return Written::not_allowed;
  }
  if (!is_unlocked()) return Written::not_allowed;
  if (!order::is_valid(command)) return Written::out_of_range;
  switch (do_by_password(command).result) {
    case CommandResult::done:
      return Written::done;
    case CommandResult::not_ready:
      return Written::not_ready;
    default:
      return Written::out_of_range;
  }
}

// By no more than five minutes, once a local day, and not within five minutes of a moment at which a day or a
// billing period ends: so that nobody on the line can move energy from one tariff or period into another.
bool Meter::correct_clock(Instant time) {
  if (state_.clock.is_wrong() || is_memory_lost_ || !order::is_valid(order::SetClock{time})) return false;
  const Instant before = clock(now_);
  const Duration step = time - before;
  if (step > correction_max || correction_max < Duration{} - step) return false;
  const tariff::WallTime wall = tariff::wall_time(sets_.current.zone, before);
  const auto is_near = [minute = wall.ms / ms_per_minute](std::int32_t moment) {
    return minutes_between(minute, moment) < guard_minutes;
  };
  if (is_near(0) || is_near(rules_.periods.daily_minute) || is_near(60 * rules_.periods.billing_hour))
    return false;
  if (was_corrected_on(wall.day)) return false;
  State next = state_;
  const std::size_t noted_before = events_.noted_count();
  (void)next.clock.set(now_, time);
  next.account.clock_was_set(sets_.current, time);
  next.clock.see(now_);
  events_.note(EventCode::clock_set, by_broadcast, step.count(), time);
  if (!store(next, noted_before, now_)) return false;
  corrected_day_ = wall.day;
  records_of_clock_step(before, now_);
  poll(now_);
  return true;
}

// The log of the clock tells it also after a power cut.
bool Meter::was_corrected_on(std::int32_t day) const {
  if (corrected_day_ == day) return true;
  const records::Ring& log = archive_.ring(records::Log::clock);
  records::StoredEvent stored{};
  for (std::uint32_t number = log.next(); archive_.is_present() && number-- > log.first();) {
    if (!log.read(number, stored)) continue;
    const records::Event event = records::decode(stored);
    if (event.code != EventCode::clock_set || event.detail != by_broadcast) continue;
    const Instant at = Instant::of(std::int64_t{event.time_s} * 1000);
    return tariff::wall_time(sets_.current.zone, at).day == day;
  }
  return false;
}

std::size_t Meter::record(std::uint16_t log_number, std::uint16_t number_mod, std::span<std::byte> to) {
  constexpr std::uint32_t numbers = 10'000;
  ensure(log_number < records::log_count);
  const records::Ring& log = archive_.ring(static_cast<records::Log>(log_number));
  const std::size_t entry_bytes = sizeof(std::uint32_t) + log.payload_bytes();
  if (!archive_.is_present() || log.next() <= 1 || to.size() < entry_bytes) return 0;
  const std::uint32_t newest = log.next() - 1;
  const std::uint32_t back = (newest + numbers - number_mod % numbers) % numbers;
  if (back >= newest || newest - back < log.first()) return 0;
  const std::uint32_t number = newest - back;
  bytes::Writer writer{to};
  writer.big(number);
  const auto payload = to.subspan(sizeof(std::uint32_t), log.payload_bytes());
  return log.read(number, payload) ? entry_bytes : 0;
}

}  // namespace lk::meter
