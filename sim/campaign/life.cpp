// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/life.hpp"

#include <algorithm>
#include <array>

#include "assert/assert.hpp"

namespace lk::sim {
namespace {

using meter::Snapshot;
using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using quantity::Money;

constexpr port::FlashGeometry flash_geometry{2048, 8, 8};
constexpr Instant birth = Instant::of(1'790'000'000'000);
constexpr Duration settled = quantity::seconds(5);

std::array<std::byte, 16> key_of(Random& random) {
  std::array<std::byte, 16> key{};
  for (std::byte& b : key) b = static_cast<std::byte>(random.next());
  return key;
}

meter::Configuration configuration_of(Random& random) {
  meter::Configuration configuration;
  configuration.number = {'0', '7', '0', '0', '0', '0', '0', '0', '0', '1', '9'};
  configuration.calibration = {.rate_hz = 6400,
                               .voltage_microcounts_per_volt = 1'000'000,
                               .current_microcounts_per_ampere = 1'000'000};
  configuration.decoder_key = key_of(random);
  configuration.order_key = key_of(random);
  configuration.price = quantity::Price::of(static_cast<std::int64_t>(random.next() % 30'000));
  configuration.preset_credit = quantity::units(5);
  configuration.low_credit = quantity::units(2);
  return configuration;
}

}  // namespace

void LifeFigures::add(const LifeFigures& other) {
  steps += other.steps;
  load_seconds += other.load_seconds;
  cuts += other.cuts;
  cuts_in_write += other.cuts_in_write;
  tokens += other.tokens;
  tokens_again += other.tokens_again;
  orders += other.orders;
  replays += other.replays;
  clock_steps += other.clock_steps;
  flips += other.flips;
  damages += other.damages;
  relay_faults += other.relay_faults;
  lost_energy_mj += other.lost_energy_mj;
  largest_erase_count = std::max(largest_erase_count, other.largest_erase_count);
  programmed_bytes += other.programmed_bytes;
}

Life::Life(const LifePlan& plan)
    : plan_(plan),
      random_(plan.seed),
      configuration_(configuration_of(random_)),
      plant_{SimFlash{flash_geometry, random_.next()}, SimRelay{},
             Book{configuration_.preset_credit, configuration_.price}, birth},
      key_(sts::DecoderKey::ea11(configuration_.decoder_key)),
      born_(birth) {}

void Life::run() {
  power_on();
  const Duration span = quantity::seconds(plan_.days * 86'400);
  while (plant_.now - born_ < span || figures_.cuts < plan_.cuts) {
    ++figures_.steps;
    // Where cuts are dense there is little load between them.
    const std::uint64_t cuts_left = plan_.cuts - std::min(plan_.cuts, figures_.cuts);
    const std::int64_t seconds_left = std::max<std::int64_t>((span - (plant_.now - born_)).count() / 1000, 0);
    const std::int64_t share =
        cuts_left == 0 ? 86'400 : seconds_left / static_cast<std::int64_t>(cuts_left) * 2;
    draw(1 + static_cast<std::int64_t>(
                 below(static_cast<std::uint64_t>(std::clamp<std::int64_t>(share, 1, 86'400)))));
    if (cuts_left > 0 && below(3) == 0 && has_power()) plant_.flash.cut_after(below(150));
    act();
    if (!has_power()) {
      ++figures_.cuts_in_write;
      lose_power();
    } else if (cuts_left > 0 && below(8) == 0) {
      lose_power();
    }
    judge_if_running();
  }
  power_off();
  power_on();
  judge_if_running();
}

void Life::act() {
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return buy();
    case 4:
      return type_again();
    case 5:
      return type_wrong();
    case 6:
    case 7:
      return give_order();
    case 8:
      return replay_order();
    case 9:
      return step_clock();
    case 10:
      if (plan_.has_faults && below(4) == 0) return trouble_relay();
      return;
    case 11:
      if (plan_.has_faults && below(8) == 0) return damage();
      return;
    case 12:
      if (plan_.cuts > figures_.cuts && below(8) == 0) return cut_every_write();
      return;
    case 13:
      doing_ = "power off and on";
      power_off();
      return power_on();
    default:
      doing_ = "waiting";
      return settle(settled);
  }
}

// Energy second by second, as a measuring chip would give it.
void Life::draw(std::int64_t seconds) {
  doing_ = "drawing";
  Instant due = plant_.now;
  for (std::int64_t i = 0; i < seconds && has_power(); ++i) {
    if (i % 600 == 0) {
      load_mw_ = below(4) == 0 ? 0 : below(below(2) == 0 ? 300'000 : 8'000'000);
      export_mw_ = below(8) == 0 ? below(3'000'000) : 0;
    }
    plant_.now = plant_.now + quantity::seconds(1);
    const bool flows = plant_.relay.contact() == port::Contact::closed;
    const Energy import = Energy::of(flows && export_mw_ == 0 ? static_cast<std::int64_t>(load_mw_) : 0);
    const Energy exported = Energy::of(flows ? static_cast<std::int64_t>(export_mw_) : 0);
    plant_.book.fed(import, exported, plant_.now);
    meter_now().count({import, exported}, plant_.now);
    if (plant_.now >= due) due = meter_now().poll(plant_.now);
    ++figures_.load_seconds;
  }
}

SoldToken Life::token_for(std::uint64_t money) {
  const auto field = sts::encode_currency(Money::of(static_cast<std::int64_t>(money)));
  ensure(field.has_value());
  const std::uint32_t tid = next_tid_ += 1 + static_cast<std::uint32_t>(below(3));
  const sts::Digits digits = sts::encode(sts::CurrencyCredit{4, tid, *field}, key_);
  return {digits, tid, value_of(sts::to_money(sts::decode_currency(*field)))};
}

void Life::enter(const SoldToken& token) {
  plant_.book.offer(token);
  const meter::TokenAnswer answer = meter_now().enter_token(token.digits, plant_.now);
  if (answer.result == sts::TokenResult::accept) {
    ++figures_.tokens;
    return plant_.book.accepted();
  }
  if (!has_power()) return;
  // A write that failed may still stand after a start.
  if (answer.result == sts::TokenResult::not_ready) {
    power_off();
    return power_on();
  }
  throw Broken("a good token was refused: " + std::to_string(static_cast<int>(answer.result)));
}

void Life::buy() {
  doing_ = "purchase";
  enter(token_for(1 + below(3'000'000)));
}

void Life::type_again() {
  doing_ = "token typed again";
  const auto& sold = plant_.book.sold();
  if (sold.empty()) return;
  const SoldToken token = sold[below(sold.size())];
  const meter::TokenAnswer answer = meter_now().enter_token(token.digits, plant_.now);
  if (answer.result == sts::TokenResult::accept) throw Broken("a token was accepted twice");
  if (has_power() && answer.result != sts::TokenResult::used && answer.result != sts::TokenResult::old &&
      answer.result != sts::TokenResult::locked_out && answer.result != sts::TokenResult::not_ready) {
    throw Broken("a used token was called " + std::to_string(static_cast<int>(answer.result)));
  }
  ++figures_.tokens_again;
}

void Life::type_wrong() {
  doing_ = "mistyped token";
  sts::Digits digits = token_for(100'000).digits;
  char& digit = digits[below(digits.size())];
  digit = static_cast<char>('0' + (digit - '0' + 1 + static_cast<char>(below(9))) % 10);
  if (meter_now().enter_token(digits, plant_.now).result == sts::TokenResult::accept)
    throw Broken("a mistyped token was accepted");
}

order::Command Life::any_command(std::uint32_t sequence) {
  switch (below(4)) {
    case 0:
      return order::Open{};
    case 1:
      return order::SetPrice{quantity::Price::of(static_cast<std::int64_t>(below(30'000))), sequence};
    case 2:
      return order::SetLowCredit{Money::of(static_cast<std::int64_t>(below(500'000)))};
    default:
      return order::Close{};
  }
}

order::SealedOrder Life::sealed(std::uint32_t sequence, const order::Command& command) const {
  const std::string_view number{configuration_.number.data(), configuration_.number.size()};
  return order::seal({value_of(order::meter_number(number)), sequence, order::never_expires, command},
                     configuration_.order_key);
}

void Life::send(std::uint32_t sequence, const order::Command& command) {
  const order::SealedOrder order = sealed(sequence, command);
  plant_.book.offer(sequence, command);
  const meter::OrderAnswer answer = meter_now().enter_order(order.view(), plant_.now);
  if (answer.result == dictionary::OrderResult::done) {
    plant_.book.done(answer.value);
    ++figures_.orders;
    const meter::OrderAnswer again = meter_now().enter_order(order.view(), plant_.now);
    if (has_power() &&
        (again.result != dictionary::OrderResult::already_done || again.value != answer.value)) {
      throw Broken("an order sent again was not answered as the first time");
    }
    return;
  }
  if (!has_power()) return;
  if (answer.result != dictionary::OrderResult::not_ready) throw Broken("a good order was refused");
  power_off();
  power_on();
}

void Life::give_order() {
  doing_ = "order";
  const std::uint32_t sequence = plant_.book.order_sequence() + 1 + static_cast<std::uint32_t>(below(2));
  send(sequence, any_command(sequence));
}

void Life::replay_order() {
  doing_ = "replayed order";
  if (plant_.book.order_sequence() == 0) return;
  const auto sequence = static_cast<std::uint32_t>(below(plant_.book.order_sequence()));
  const auto answer = meter_now().enter_order(sealed(sequence, order::Open{}).view(), plant_.now);
  if (answer.result == dictionary::OrderResult::done) throw Broken("an old order was done");
  ++figures_.replays;
}

void Life::step_clock() {
  doing_ = "clock step";
  const Snapshot seen = meter_now().snapshot(plant_.now);
  const auto step = static_cast<std::int64_t>(below(4ULL * 86'400)) - 2LL * 86'400;
  const Instant to = seen.clock + quantity::seconds(step);
  send(plant_.book.order_sequence() + 1, order::SetClock{std::clamp(to, birth, order::clock_max)});
  ++figures_.clock_steps;
}

// Time without load, so that the relay can follow.
void Life::settle(Duration time) {
  const Instant end = plant_.now + time;
  while (plant_.now < end && has_power()) {
    plant_.now = plant_.now + quantity::milliseconds(100);
    plant_.book.fed({}, {}, plant_.now);
    (void)meter_now().poll(plant_.now);
  }
}

void Life::judge_relay() {
  if (!has_power()) return;
  const Snapshot seen = meter_now().snapshot(plant_.now);
  const bool is_closed = plant_.relay.contact() == port::Contact::closed;
  if (is_closed != (seen.hold_reasons == 0)) {
    throw Broken("the relay is " + std::string(is_closed ? "closed" : "open") + " with reasons " +
                 std::to_string(seen.hold_reasons));
  }
}

void Life::trouble_relay() {
  doing_ = "relay that does not obey";
  ++figures_.relay_faults;
  settle(settled);
  if (!has_power()) return;
  plant_.relay.set_fault(RelayFault::coil_open);
  const bool was_held = plant_.book.is_held_by_order();
  const auto toggle = [&](bool hold) {
    const std::uint32_t sequence = plant_.book.order_sequence() + 1;
    if (hold) return send(sequence, order::Open{});
    send(sequence, order::Close{});
  };
  toggle(!was_held);
  settle(quantity::seconds(20));
  if (has_power()) {
    const Snapshot seen = meter_now().snapshot(plant_.now);
    const bool is_closed = plant_.relay.contact() == port::Contact::closed;
    const bool follows = is_closed == (seen.hold_reasons == 0);
    const bool told = (seen.alarms & dictionary::alarm_relay_does_not_follow) != 0;
    if (follows == told) throw Broken("the fault of the relay is not told, or told without reason");
  }
  plant_.relay.set_fault(RelayFault::none);
  if (has_power()) toggle(was_held);
  if (has_power()) toggle(!was_held);
  settle(settled);
  judge_relay();
}

// A bit turns over while the power is away.
void Life::damage() {
  doing_ = "flipped bit";
  power_off();
  plant_.flash.flip(static_cast<std::uint32_t>(below(plant_.flash.bytes().size() * 8)));
  ++figures_.flips;
  power_on();
}

void Life::power_on() {
  plant_.flash.restore_power();
  meter_.emplace(configuration_, plant_.flash, plant_.relay);
  meter_now().start(plant_.now);
  const Snapshot seen = meter_now().snapshot(plant_.now);
  if ((seen.alarms & dictionary::alarm_memory) != 0) ++figures_.damages;
  plant_.book.judge_started(seen, configuration_.checkpoint_interval + quantity::seconds(2), plant_.now);
}

void Life::power_off() {
  if (has_power()) meter_now().power_failing(plant_.now);
  meter_.reset();
  plant_.now = plant_.now + quantity::seconds(1 + static_cast<std::int64_t>(below(100)));
}

void Life::lose_power() {
  ++figures_.cuts;
  meter_.reset();
  plant_.now = plant_.now + quantity::seconds(1 + static_cast<std::int64_t>(below(100)));
  power_on();
}

// One action from one state, with the power cut at each of its writes, one after the other.
void Life::cut_every_write() {
  power_off();
  const Plant before = plant_;
  const std::uint64_t kind = below(3);
  const SoldToken token = token_for(1 + below(3'000'000));
  const std::uint32_t sequence = before.book.order_sequence() + 1;
  const order::Command command = any_command(sequence);
  for (std::uint64_t steps = 0;; ++steps) {
    doing_ = "cut at write " + std::to_string(steps) + " of action " + std::to_string(kind);
    plant_ = before;
    power_on();
    plant_.flash.cut_after(steps);
    if (kind == 0) enter(token);
    if (kind == 1) send(sequence, command);
    if (kind == 2) draw(130);
    if (has_power()) break;
    ++figures_.cuts_in_write;
    lose_power();
    judge_if_running();
  }
  plant_.flash.cut_after(SimFlash::never);
}

void Life::judge_if_running() {
  if (!has_power()) return;
  (void)meter_now().poll(plant_.now);
  if (has_power()) plant_.book.judge_running(meter_now().snapshot(plant_.now));
}

LifeFigures Life::figures() const {
  LifeFigures figures = figures_;
  figures.lost_energy_mj = plant_.book.lost_energy_mj();
  for (std::uint32_t page = 0; page < flash_geometry.page_count; ++page) {
    figures.largest_erase_count =
        std::max<std::uint64_t>(figures.largest_erase_count, plant_.flash.erase_count(page));
  }
  figures.programmed_bytes = plant_.flash.programmed_bytes();
  return figures;
}

}  // namespace lk::sim
