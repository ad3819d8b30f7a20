// SPDX-License-Identifier: Apache-2.0
// Time and power of a life, and what it is judged by.
#include "sim/campaign/life.hpp"

#include <algorithm>
#include <array>

namespace lk::sim {
namespace {

using quantity::Duration;
using quantity::Energy;
using quantity::Instant;
using quantity::Money;

constexpr port::FlashGeometry vault_geometry{4096, 20, 8};
constexpr port::FlashGeometry records_geometry{4096, 56, 8};
constexpr Instant birth = Instant::of(1'790'000'000'000);
constexpr Duration settled = quantity::seconds(5);

std::array<std::byte, 16> key_of(Random& random) {
  std::array<std::byte, 16> key{};
  for (std::byte& b : key) b = static_cast<std::byte>(random.next());
  return key;
}

// Its energy is counted by the plant; the board only has to be one.
const meter::Measuring board{
    .board = metrology::design_calibration(1, true, 6400, 10'000'000'000, 50'000'000'000)};

meter::Configuration configuration_of(Random& random) {
  meter::Configuration configuration;
  configuration.number = {'0', '7', '0', '0', '0', '0', '0', '0', '0', '1', '9'};
  configuration.decoder_key = key_of(random);
  configuration.order_key = key_of(random);
  configuration.price = quantity::Price::of(static_cast<std::int64_t>(random.next() % 30'000));
  configuration.preset_credit = quantity::units(5);
  configuration.low_credit = quantity::units(2);
  return configuration;
}

}  // namespace

void LifeFigures::add(const LifeFigures& other) {
  for (const auto figure :
       {&LifeFigures::steps,         &LifeFigures::load_seconds,    &LifeFigures::cuts,
        &LifeFigures::cuts_in_vault, &LifeFigures::cuts_in_records, &LifeFigures::tokens,
        &LifeFigures::tokens_again,  &LifeFigures::orders,          &LifeFigures::orders_refused,
        &LifeFigures::replays,       &LifeFigures::clock_steps,     &LifeFigures::mode_changes,
        &LifeFigures::tariff_sets,   &LifeFigures::tampers,         &LifeFigures::flips,
        &LifeFigures::worn,          &LifeFigures::bus_faults,      &LifeFigures::damages,
        &LifeFigures::went_back,     &LifeFigures::relay_faults,    &LifeFigures::lost_energy_mj,
        &LifeFigures::events,        &LifeFigures::freezes,         &LifeFigures::profile_entries,
        &LifeFigures::marked_holes,  &LifeFigures::programmed_bytes}) {
    this->*figure += other.*figure;
  }
  largest_erase_count = std::max(largest_erase_count, other.largest_erase_count);
}

Life::Life(const LifePlan& plan)
    : plan_(plan),
      random_(plan.seed),
      configuration_(configuration_of(random_)),
      standing_(money_below(20'000)),
      plant_{SimFlash{vault_geometry, random_.next()},
             SimFlash{records_geometry, random_.next()},
             SimRelay{},
             Book{configuration_.preset_credit, configuration_.price, standing_, birth},
             RecordsWatch{},
             birth},
      vault_(plant_.vault, is_powered_),
      records_(plant_.records, is_powered_),
      key_(sts::DecoderKey::ea11(configuration_.decoder_key)),
      born_(birth) {}

void Life::run() {
  power_on();
  const auto standing = dictionary::row(dictionary::Id::standing_charge).address;
  (void)send(order::SetParameters{1, {{{standing, standing_.count()}}}});
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
    come_back_if_cut();
    if (cuts_left > 0 && below(3) == 0) {
      SimFlash& flash = below(2) == 0 ? plant_.vault : plant_.records;
      flash.cut_after(below(150));
    }
    act();
    come_back_if_cut();
    if (cuts_left > 0 && below(8) == 0) lose_power();
    judge_if_running();
  }
  power_off();
  power_on();
  judge_if_running();
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

// Time without load, so that the relay can follow.
void Life::settle(Duration time) {
  const Instant end = plant_.now + time;
  while (plant_.now < end && has_power()) {
    plant_.now = plant_.now + quantity::milliseconds(100);
    plant_.book.fed({}, {}, plant_.now);
    (void)meter_now().poll(plant_.now);
  }
}

void Life::power_on() {
  plant_.vault.fail_reads(0);
  plant_.records.fail_reads(0);
  start_meter();
  judge_start();
}

void Life::start_meter() {
  is_powered_ = true;
  plant_.vault.restore_power();
  plant_.records.restore_power();
  meter_.emplace(configuration_, board, vault_, plant_.relay, &records_);
  meter_now().start(plant_.now);
}

void Life::judge_start() {
  const bool is_damaged = (meter_now().snapshot(plant_.now).alarms & dictionary::alarm_memory) != 0;
  if (is_damaged) ++figures_.damages;
  const Duration unstored = configuration_.checkpoint_interval + quantity::seconds(2);
  const std::uint64_t before = plant_.book.went_back_count();
  plant_.book.judge_started(meter_now(), is_damaged, unstored, plant_.now);
  if (plant_.book.went_back_count() != before) plant_.watch.went_back();
}

// Without power, to a whole second: the book prices second by second.
void Life::be_dark() {
  plant_.now = Instant::of((plant_.now.unix_s() + 2 + static_cast<std::int64_t>(below(100))) * 1000);
}

void Life::power_off() {
  if (has_power()) meter_now().power_failing(plant_.now);
  if (has_power()) look_at_records();
  meter_.reset();
  be_dark();
}

void Life::lose_power() {
  ++figures_.cuts;
  meter_.reset();
  be_dark();
  power_on();
}

void Life::come_back_if_cut() {
  if (has_power()) return;
  ++(plant_.vault.has_power() ? figures_.cuts_in_records : figures_.cuts_in_vault);
  lose_power();
}

// One action from one state, with the power cut at each of its writes, one after the other, in either flash.
void Life::cut_every_write() {
  // An hour's end has the most to write: a checkpoint, a freeze or two, a line of the profile.
  const bool is_hour = below(4) == 0;
  if (is_hour) draw(3600 - 10 - clock_now().unix_s() % 3600);
  if (!has_power()) return;
  power_off();
  const Plant before = plant_;
  const auto kind = is_hour ? 3 : static_cast<int>(below(3));
  cut_every_write_of(&Plant::vault, before, kind);
  cut_every_write_of(&Plant::records, before, kind);
}

void Life::cut_every_write_of(SimFlash Plant::* flash, const Plant& before, int kind) {
  const Random chance = random_;
  for (std::uint64_t steps = 0;; ++steps) {
    plant_ = before;
    random_ = chance;  // the same action each time
    power_on();
    const SoldToken token = token_for(1 + below(3'000'000));
    const order::Command command = any_command();
    doing_ = "cut at write " + std::to_string(steps) + " of action " + std::to_string(kind) +
             (flash == &Plant::vault ? " in the vault" : " in the records");
    (plant_.*flash).cut_after(steps);
    if (kind == 0) enter(token);
    if (kind == 1) (void)send(command, std::nullopt, true);
    if (kind == 2) draw(310);
    if (kind == 3) draw(130);
    if (has_power()) break;
    come_back_if_cut();
    judge_if_running();
  }
  plant_.vault.cut_after(SimFlash::never);
  plant_.records.cut_after(SimFlash::never);
}

void Life::judge_if_running() {
  if (!has_power()) return;
  (void)meter_now().poll(plant_.now);
  if (!has_power()) return;
  plant_.book.judge_running(meter_now());
  judge_credit_reason();
  look_at_records();
}

void Life::look_at_records() {
  if (const auto broken = plant_.watch.look(meter_now(), plant_.has_lost)) throw Broken(*broken);
}

// The reason `credit` by the rules in words: not after the money is back, and always when it is used up.
void Life::judge_credit_reason() {
  const meter::State& seen = meter_now().state();
  const credit::Rules& rules = seen.account.rules();
  const bool is_off = seen.reasons.has(supply::Reason::credit);
  const Money balance = seen.account.balance();
  const Money borrowed = seen.account.is_emergency_taken() ? rules.emergency : Money{};
  const bool has_friendly_hours = std::ranges::any_of(
      rules.friendly, [](const schedule::Window& window) { return window != schedule::Window{}; });
  const bool is_prepaid = seen.account.mode().payment == credit::Payment::prepaid;
  const bool is_used_up = is_prepaid && balance <= -(rules.overdraft + borrowed);
  if (is_off && (!is_prepaid || (!is_used_up && balance > rules.reconnect)))
    throw Broken("off for want of credit with a balance of " + std::to_string(balance.count()));
  if (is_used_up && !is_off && !has_friendly_hours)
    throw Broken("supplied with a balance of " + std::to_string(balance.count()));
}

// The relay stands where the reasons want it, or the meter tells that it does not follow.
void Life::judge_relay() {
  if (!has_power()) return;
  const std::uint16_t alarms = meter_now().snapshot(plant_.now).alarms;
  if ((alarms & dictionary::alarm_relay_does_not_follow) != 0) return;
  const meter::State& seen = meter_now().state();
  const bool is_closed = plant_.relay.contact() == port::Contact::closed;
  if (is_closed != (supply::wanted_by(seen.reasons, seen.hold) == port::Contact::closed)) {
    throw Broken("the relay is " + std::string(is_closed ? "closed" : "open") + " with reasons " +
                 std::to_string(seen.reasons.bits()) + " and alarms " + std::to_string(alarms));
  }
}

LifeFigures Life::figures() const {
  LifeFigures figures = figures_;
  figures.lost_energy_mj = plant_.book.lost_energy_mj();
  figures.went_back = plant_.book.went_back_count();
  figures.events = plant_.watch.event_count();
  figures.freezes = plant_.watch.freeze_count();
  figures.profile_entries = plant_.watch.profile_count();
  figures.marked_holes = plant_.watch.marked_holes();
  for (std::uint32_t page = 0; page < vault_geometry.page_count; ++page) {
    figures.largest_erase_count =
        std::max<std::uint64_t>(figures.largest_erase_count, plant_.vault.erase_count(page));
  }
  figures.programmed_bytes = plant_.vault.programmed_bytes();
  return figures;
}

}  // namespace lk::sim
