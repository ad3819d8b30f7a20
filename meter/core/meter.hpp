// SPDX-License-Identifier: Apache-2.0
// The meter as one object: metrology → tariff → credit → supply, records, and the Modbus slave, on a port's
// flash and relay. A pure state machine: samples, frames, tokens and time come in; relay pulses, stored
// records and answers go out. Many meters live in one process; one thread each. No heap. A meter is a
// SinglePhaseMeter or a ThreePhaseMeter; whoever does not feed it sees a Meter.
//
//   samples ──► instrument ──energy───► tariff+credit ──► supply ──► relay
//                                        │  ▲  ▲           ▲
//                                     journal │  └ token    └ sealed order   (Modbus, later other links)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dictionary/commands.hpp"
#include "meter/card/holder.hpp"
#include "meter/core/guard_settings.hpp"
#include "meter/core/instrument.hpp"
#include "meter/core/order_entry.hpp"
#include "meter/core/phase_energies.hpp"
#include "meter/core/settings.hpp"
#include "meter/core/state.hpp"
#include "meter/core/state_store.hpp"
#include "meter/core/token_entry.hpp"
#include "meter/links/access.hpp"
#include "meter/links/device.hpp"
#include "meter/links/dlt645_slave.hpp"
#include "meter/links/line_settings.hpp"
#include "meter/links/modbus_slave.hpp"
#include "meter/links/optical.hpp"
#include "meter/links/station.hpp"
#include "meter/panel/panel.hpp"
#include "meter/records/allowance.hpp"
#include "meter/records/archive.hpp"
#include "meter/records/event_log.hpp"
#include "meter/records/profile.hpp"
#include "meter/records/quality.hpp"
#include "meter/supply/power_limit.hpp"
#include "meter/supply/supply.hpp"
#include "meter/tokens/assembly.hpp"
#include "meter/tokens/rules.hpp"
#include "meter/tokens/token_log.hpp"
#include "port/flash.hpp"
#include "port/relay.hpp"
#include "quantity/quantity.hpp"
#include "tariff/pricer.hpp"
#include "tariff/transfer.hpp"

namespace lk::meter {

// What the factory and the installer put in. Kept by the body; later versions store it in the journal.
struct Configuration {
  std::array<char, 11> number;  // decoder reference number (DRN), ASCII digits, Luhn-checked
  links::LineSettings line;     // until orders set it anew
  // What follows of the key is that of a new meter: later, key change tokens replace it.
  std::array<std::byte, 16> decoder_key;  // EA11 (MISTY1): all 16 bytes; EA07 (STA): the first 8
  std::uint8_t key_expiry_number = 255;   // KEN
  sts::EncryptionAlgorithm encryption_algorithm = sts::EncryptionAlgorithm::ea11;
  sts::KeyType key_type = sts::KeyType::unique;
  std::uint8_t key_revision_number = 1;            // KRN, 1 to 9
  std::uint8_t tariff_index = 1;                   // 0 to 99
  std::optional<std::uint32_t> supply_group_code;  // 6 digits
  tokens::Rules tokens;                            // its manufacturer code is that of the number
  std::array<std::byte, 16> order_key;             // AES-CMAC key of this meter's sealed orders
  quantity::Price price;                           // flat price until an order replaces it
  quantity::Money preset_credit;                   // in a new meter only
  quantity::Money low_credit;                      // alarm at and below
  // Longest time between two stored account records: what a cut without any hold-up may cost the seller. The
  // default is what the flash's cycles allow for ten years (docs/design/power-loss.md).
  quantity::Duration checkpoint_interval = quantity::minutes(5);
  bool credit_controlled = true;  // false for a feeder meter: it measures, it never switches off for credit
};

// What became of the last command of the command block.
struct CommandAnswer {
  std::uint16_t code = 0;
  dictionary::CommandResult result = dictionary::CommandResult::none;
  std::uint16_t detail = 0;  // of a token: its result
  std::int64_t value = 0;    // of a token: the amount; of a verb: what it returns
};

// What a test or a status page wants to see of a meter, as the meter itself holds it.
struct Snapshot {
  quantity::Money balance;
  quantity::Money credited;
  quantity::Money deducted;
  quantity::Energy priced_energy;
  quantity::Energy import_energy;
  quantity::Energy export_energy;
  quantity::Price price;
  std::uint32_t tariff_version = 0;
  bool is_supply_closed = false;
  std::uint16_t hold_reasons = 0;  // bits of the register
  std::uint16_t alarms = 0;        // bits of the register
  std::uint32_t token_count = 0;
  std::uint16_t last_token_result = 0;
  std::uint32_t order_sequence = 0;
  std::uint32_t event_count = 0;
  std::uint32_t start_count = 0;
  quantity::Instant clock;
};

// What the user's key did.
enum class KeyResult : std::uint8_t {
  nothing,         // there was nothing for it to do
  reminder_ended,  // the second alarm was seen: supply returns
  closed,          // the supply was ready to be closed by hand
  emergency,       // the emergency credit is taken
  not_ready,       // the storage failed: press again
};

class Meter : private links::Device, private links::Station, private card::Holder {
 public:
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  // Recovers state from flash; call once before anything else. `now` is the body's clock in all calls; it
  // goes on from where it was, or forward.
  void start(quantity::Instant now);
  // The body knows that so many sample sets are missing here.
  void note_lost(std::uint32_t set_count) { instrument_.note_lost(set_count); }
  // The temperature of the board in 1/1000 °C, for its calibration's curves.
  void set_temperature(std::int32_t millidegrees) { instrument_.set_temperature(millidegrees); }
  // Pulses of the test output since the last call: from the accumulator that the registers are of.
  [[nodiscard]] std::uint32_t take_pulses() { return instrument_.take_pulses(); }
  // The same for a body whose measuring chip counts the energy itself: what it has counted since the last
  // call.
  void count(const metrology::Energies& energies, quantity::Instant now);
  // The contacts of the case as they are now: magnet, covers, battery. (Memory and relay have events and
  // alarms of their own.)
  void sense(const guard::Inputs& contacts, quantity::Instant now);
  // After a start: this cover was opened while there was no power.
  void opened_while_off(guard::ConditionId cover, quantity::Instant now);
  // Lets time pass: judges the credit, stores what is due, moves the relay. Returns when it wants to be
  // called again if nothing happens before.
  quantity::Instant poll(quantity::Instant now);
  // The mains is going: counts what is measured and writes it down (a real port has some ms of hold-up for
  // this).
  void power_failing(quantity::Instant now);
  // One whole Modbus RTU frame (address to CRC) as received; returns the size of the answer, 0 for silence.
  std::size_t serve(std::span<const std::byte> frame, std::span<std::byte, 256> answer,
                    quantity::Instant now);

  // One request of DL/T 645, taken apart; otherwise as above.
  std::size_t serve(const dlt645::Frame& request, std::span<std::byte, 256> answer, quantity::Instant now);
  // A character at the optical port (IEC 62056-21 mode C), and what it says: to be asked for after each
  // character, when the characters before have left, and at `optical_due`. Sent and heard at `optical_baud`.
  void hear_optical(char character, quantity::Instant now);
  [[nodiscard]] std::string_view say_optical(quantity::Instant now);
  [[nodiscard]] quantity::Instant optical_due() const;
  [[nodiscard]] std::uint32_t optical_baud() const { return optical_.baud(); }
  // What its serial line is set to. It may change while a frame is served: whoever drives the line adopts it
  // when the answer has left.
  [[nodiscard]] links::LineSettings line() const;

  // A token from any keypad or link: 20 characters. The answer is durable, or says `not_ready`.
  TokenAnswer enter_token(std::span<const char, 20> characters, quantity::Instant now);
  // A sealed order from any link. The answer is durable, or says `not_ready`.
  OrderAnswer enter_order(std::span<const std::byte> order, quantity::Instant now);
  // The user's key at the meter: ends a reminder, or closes a supply that waits for a hand.
  KeyResult press_key(quantity::Instant now);
  // The user takes the emergency credit (key held, or a short code).
  KeyResult take_emergency(quantity::Instant now);

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const records::Archive& archive() const { return archive_; }
  [[nodiscard]] const tariff::Sets& tariff_sets() const { return sets_; }
  // What the panel shows after "OFF"; nothing where the supply should be on.
  [[nodiscard]] std::optional<std::uint8_t> display_code() const {
    return supply::display_code(state_.reasons, state_.hold);
  }
  // What its card slot stands on (meter/card/slot.hpp), where the body has one.
  [[nodiscard]] card::Holder& card_holder() { return *this; }
  // A key of its panel or of its keypad unit, and what is to be seen there now.
  void press(panel::Key key, quantity::Instant now);
  [[nodiscard]] panel::Frame panel_frame(quantity::Instant now);

  [[nodiscard]] Snapshot snapshot(quantity::Instant now) const;
  [[nodiscard]] const State& state() const { return state_; }

 protected:
  // As PhaseMeter says. The instrument must outlive the meter, and was fed with nothing yet.
  Meter(const Configuration& configuration, Instrument& instrument, port::Flash& flash, port::Relay& relay,
        port::Flash* archive);
  ~Meter() = default;
  // By the guard's schedule; for the instrument.
  [[nodiscard]] const guard::LocalTime& guard_time() const { return guard_time_; }
  // The instrument ended windows with the sets it was just fed with.
  void take_windows(quantity::Instant now);

 private:
  // links::Device, called while `serve` runs
  std::int64_t number(dictionary::Id id, std::uint16_t slot_index) override;
  std::string_view text(dictionary::Id id, std::uint16_t slot_index) override;
  std::int32_t zone_minutes(std::uint32_t unix_s) override;
  links::Written take_emergency() override;
  void enter_token(std::span<const char, 20> characters) override;
  void enter_order(std::span<const std::byte> order) override;

  // links::Station (stationed.cpp), called while a link serves
  std::uint32_t clock_s() override { return clock_s(now_); }
  dlt645::Time local_time(std::uint32_t unix_s) override;
  std::uint32_t instant_of(const dlt645::Time& local) override;
  links::LogRange log_range(records::Log log) override;
  std::size_t log_entry(records::Log log, std::uint32_t number, std::span<std::byte> to) override;
  std::uint32_t log_since(records::Log log, std::uint32_t unix_s) override;
  links::CommandResult command(const order::Command& command, const links::Programmer* programmer) override;
  bool keep(std::span<const std::byte> state) override;
  void keep_plan(quantity::Instant now);
  [[nodiscard]] links::Dlt645Context dlt645_context() { return {*this, *this, access_}; }
  // card_entry.cpp: card::Holder, called while a slot is polled
  [[nodiscard]] std::uint64_t card_meter_number() const override { return meter_number_; }
  [[nodiscard]] const card::Key& card_key() const override { return card_key_; }
  [[nodiscard]] card::Challenge card_challenge() override;
  [[nodiscard]] const card::Memory& card_memory() const override { return card_memory_; }
  [[nodiscard]] Taken take_card_token(std::span<const char, 20> characters, const card::Memory& next,
                                      std::uint64_t serial, quantity::Instant now) override;
  [[nodiscard]] Taken take_card_order(std::span<const std::byte> order, const card::Memory& next,
                                      std::uint64_t serial, quantity::Instant now) override;
  [[nodiscard]] bool keep_card_memory(const card::Memory& next, quantity::Instant now) override;
  [[nodiscard]] card::Statement card_statement(quantity::Instant now) override;
  void tell_card(card::Outcome outcome, card::Purpose purpose, std::uint64_t serial,
                 quantity::Instant now) override;
  bool note_card_item(card::ItemResult result, bool is_final);

  // registers.cpp, measured_registers.cpp, phase_registers.cpp, rule_registers.cpp: one group of rows each
  [[nodiscard]] std::int64_t measured_number(dictionary::Id id) const;
  [[nodiscard]] std::int64_t figure(dictionary::Id id) const;
  [[nodiscard]] std::int64_t phase_number(dictionary::Id id, std::uint16_t slot_index) const;
  [[nodiscard]] std::int64_t harmonic_number(dictionary::Id id, std::uint16_t slot_index) const;
  [[nodiscard]] metrology::Energies phase_energies(std::size_t phase) const;
  [[nodiscard]] std::int64_t account_number(dictionary::Id id) const;
  [[nodiscard]] std::int64_t command_number(dictionary::Id id) const;
  [[nodiscard]] std::int64_t event_number(dictionary::Id id, std::uint16_t slot_index) const;
  [[nodiscard]] std::int64_t token_number(dictionary::Id id) const;
  [[nodiscard]] std::int64_t token_log_number(dictionary::Id id, std::uint16_t slot_index) const;
  [[nodiscard]] std::int64_t credit_number(dictionary::Id id) const;
  [[nodiscard]] std::int64_t supply_number(dictionary::Id id) const;
  [[nodiscard]] std::int64_t record_number(dictionary::Id id, std::uint16_t slot_index) const;
  std::string_view refund_proof();
  std::size_t data(dictionary::Id id, std::span<std::byte> to) override;
  links::Written write(dictionary::Id id, std::uint16_t slot_index, std::int64_t value) override;

  // command_entry.cpp
  void prepare_command(std::span<const std::byte> arguments) override;
  bool correct_clock(quantity::Instant time) override;
  std::size_t record(std::uint16_t log, std::uint16_t number_mod, std::span<std::byte> to) override;
  [[nodiscard]] CommandAnswer run_command(std::uint16_t code);
  [[nodiscard]] CommandAnswer run_verb(std::uint16_t code, std::span<const std::byte> arguments);
  [[nodiscard]] CommandAnswer unlock(std::span<const std::byte> arguments);
  [[nodiscard]] bool is_unlocked() const;
  [[nodiscard]] links::Written write_by_password(dictionary::Id id, std::uint16_t slot_index,
                                                 std::int64_t value);
  [[nodiscard]] CommandAnswer do_by_password(const order::Command& command);
  [[nodiscard]] bool was_corrected_on(std::int32_t day) const;

  // entries.cpp
  [[nodiscard]] tokens::Rules token_rules() const;
  [[nodiscard]] bool is_locked_out(std::span<const char, 20> characters, quantity::Instant now);
  [[nodiscard]] bool was_done(std::uint32_t sequence) const;
  [[nodiscard]] std::uint16_t recorded_refusal(const OrderAnswer& answer) const;
  bool store_order(const State& next, const Settings& settings, const OrderEffects& effects,
                   std::size_t noted_to_keep, quantity::Instant now);
  void let_order_take_effect(const Settings& settings, const OrderEffects& effects, quantity::Instant now);

  // pricing.cpp
  void load_tariff();
  void load_spare();
  [[nodiscard]] bool read_set(std::uint8_t slot, std::uint32_t version, tariff::TariffSet& set);
  void load_flat_tariff();
  void count_energy(const metrology::Energies& energies);
  void take_energy();
  void price(quantity::Energy used);
  void adopt_spare(quantity::Energy priced_at_switch);
  [[nodiscard]] std::uint8_t only_rate() const;

  // judging.cpp
  void look_at_time(quantity::Instant now);
  [[nodiscard]] schedule::LocalTime local_time(quantity::Instant clock) const;
  void judge_credit(quantity::Instant now);
  void judge_limits(quantity::Instant now);
  [[nodiscard]] supply::LimitRules limit_rules() const;
  void note_reasons();
  void drive_supply(quantity::Instant now);
  void note_supply_moved(quantity::Instant now);
  void wait_until(quantity::Instant deadline);

  // guarding.cpp
  void make_guard(quantity::Instant now);
  void judge_guard(quantity::Instant now);
  void note_guard_events(quantity::Instant now);
  [[nodiscard]] std::uint32_t measuring_faults(quantity::Instant now) const;
  [[nodiscard]] guard::LocalTime guard_time(quantity::Instant now) const;
  [[nodiscard]] std::int64_t guard_number(dictionary::Id id, std::uint16_t slot_index) const;

  // recording.cpp
  void start_records(quantity::Instant now);
  void archive_events(std::uint32_t first);
  void observe_second(std::uint32_t seconds, quantity::Instant now);
  void keep_calendar(quantity::Instant now);
  void close_profile(quantity::Instant now);
  void keep_profile_entry(std::span<const std::byte> entry);
  void take_due_freezes(quantity::Instant now);
  void take_asked_freezes(quantity::Instant now);
  void take_freeze(records::FreezeKind kind, std::uint32_t period, records::FreezeCause cause,
                   std::uint8_t marks, quantity::Instant now);
  void records_of_clock_step(quantity::Instant before, quantity::Instant now);
  [[nodiscard]] records::Registers profile_registers() const;
  [[nodiscard]] std::uint32_t clock_s(quantity::Instant now) const;

  // recovering.cpp
  void begin(quantity::Instant now);
  [[nodiscard]] Recovered recover(quantity::Instant now);
  void begin_without_memory();
  void wait_for_memory(quantity::Instant now);
  void make_good(const State& counted, const PhaseEnergies& phases);
  // Whether links are kept waiting: registers that nobody could read yet must not be told as zero.
  [[nodiscard]] bool is_silent(quantity::Instant now) const;

  // meter.cpp
  [[nodiscard]] guard::Guard& guard() { return instrument_.guard(); }
  [[nodiscard]] const guard::Guard& guard() const { return instrument_.guard(); }
  void apply_settings();
  void checkpoint(quantity::Instant now);
  bool store(const State& next, std::size_t noted_to_keep, quantity::Instant now,
             const StateStore::Extra& with = {});
  [[nodiscard]] quantity::Instant clock(quantity::Instant now) const { return state_.clock.at(now); }
  // Whether there are figures of a window that ended lately.
  [[nodiscard]] bool has_fresh_figures(quantity::Instant now) const;
  // Of the phases: what conducts most, the largest voltage (the meter itself lives of it), and the voltage
  // farthest from the nominal one.
  [[nodiscard]] quantity::Current largest_current() const;
  [[nodiscard]] quantity::Voltage largest_voltage() const;
  [[nodiscard]] quantity::Voltage farthest_voltage() const;
  [[nodiscard]] std::uint16_t alarms() const;

  Configuration configuration_;
  std::uint64_t meter_number_;
  Instrument& instrument_;
  StateStore store_;
  port::Relay& relay_;
  links::ModbusSlave slave_;
  links::Dlt645Slave dlt645_;
  links::Access access_;
  links::Optical optical_;
  panel::Panel panel_;

  State state_;
  PhaseEnergies phase_energies_;  // of a meter with several phases, stored with the state
  Settings settings_;
  Rules rules_;  // what the settings mean
  tariff::Sets sets_;
  tariff::Receiver receiver_;
  records::Archive archive_;
  records::Profile profile_;
  metrology::Demand demand_{metrology::DemandSettings{}};
  std::array<std::uint32_t, records::calendar_freeze_count> frozen_{};  // period of the last; 0: none yet
  supply::PowerLimiter limiter_;
  guard::LocalTime guard_time_;  // when it was polled last
  guard::Inputs contacts_;
  records::EventLog events_;
  tokens::TokenLog entered_;
  tokens::Assembly assembly_;                // sections of a key change so far
  std::uint64_t test_request_ = 0;           // tests that the last class 1 token asked for
  tokens::LogEntry shown_log_entry_;         // what `text` of the token log points into
  records::Allowance recorded_refusals_{4};  // a third of what the log of events shows
  records::Allowance wrong_tokens_{10};      // at 1 in 4 million and one a minute, a guess takes years
  supply::Switch switch_;
  TokenAnswer token_answer_;  // of the last entry, also where it could not be stored
  OrderAnswer order_answer_;
  CommandAnswer command_answer_;
  std::array<std::byte, dictionary::command_max_bytes> command_arguments_{};
  std::size_t command_arguments_bytes_ = 0;
  bool is_unlocking_ = false;  // the password was given; until `unlocked_until_`
  quantity::Instant unlocked_until_;
  std::int32_t corrected_day_ = 0;  // local day on which the clock was corrected by a broadcast
  records::Allowance wrong_passwords_{5};

  card::Key card_key_;
  card::Memory card_memory_;
  std::optional<card::Memory> card_next_;  // while an item of a card is taken
  std::uint64_t card_serial_ = 0;          // of that card
  std::uint32_t card_challenge_count_ = 0;
  bool is_card_noted_ = false;  // `card_next_` goes with the next record

  schedule::LocalTime local_ = schedule::unknown_time;
  std::int64_t second_ = 0;  // of the meter's clock, looked at last
  std::int64_t minute_ = 0;
  quantity::Instant priced_until_;         // by the meter's clock
  quantity::Instant measured_at_;          // when the latest window ended, by the body's clock
  metrology::Energies demand_energies_{};  // not yet given to `demand_`
  supply::Reasons seen_reasons_;           // as `note_reasons` saw them last
  records::Log selected_log_{};            // by a link that reads the long records
  std::uint32_t selected_entry_ = 1;
  std::uint32_t selected_since_s_ = 0;
  std::array<char, 32> refund_proof_{};  // what `text` points into

  bool is_started_ = false;
  bool has_measured_ = false;
  bool is_look_due_ = true;    // local time is to be worked out anew
  bool is_first_look_ = true;  // at the calendar since the start
  bool are_records_failing_ = false;
  bool is_memory_lost_ = false;      // the state could not be read: nothing is credited, ordered or switched
  bool is_memory_refused_ = false;   // so far: its flash refuses reads, and is asked again
  bool is_spare_unread_ = false;     // the spare set is to be read again
  bool is_memory_damaged_ = false;   // what was read at the start may be an older state
  bool is_storage_failing_ = false;  // the last write failed
  bool is_dirty_ = false;            // energy was counted since the last write
  bool is_store_due_ = false;        // something else changed that is to be written at once
  quantity::Instant now_;
  quantity::Instant started_at_;
  quantity::Instant stored_at_;
  quantity::Instant retry_at_;  // after a failed write
  quantity::Duration storage_rest_;
  quantity::Instant ask_memory_at_;
  quantity::Duration memory_rest_;
  quantity::Instant wake_at_;  // what `poll` answers
};

// A meter with its instrument. `SinglePhaseMeter` has a sensor in the neutral where the board has one;
// `ThreePhaseMeter` is for four wires.
template <std::size_t phase_count>
class PhaseMeter final : private InstrumentOf<phase_count>, public Meter {
 public:
  // The flashes and relay must outlive the meter; `archive` is that of the long records, null where a body
  // has none. What it measures with must be valid (measuring.hpp). The configuration must be valid: an
  // 11-digit number, a unit of 1 to 247, a price of 0 to tariff::price_max, a preset credit of 0 or more.
  PhaseMeter(const Configuration& configuration, const Measuring& measuring, port::Flash& flash,
             port::Relay& relay, port::Flash* archive = nullptr)
      : InstrumentOf<phase_count>{{measuring, guard_settings_of(Settings{})}},
        Meter(configuration, this->instrument, flash, relay, archive) {}

  // Counts sample sets and prices their energy. Never writes and never waits; call `poll` after it. No more
  // than a tenth of a second at once.
  void feed(std::span<const metrology::SampleSet<phase_count>> sets, quantity::Instant now) {
    if (this->instrument.feed(sets, guard_time(), now) > 0) take_windows(now);
  }
};

using SinglePhaseMeter = PhaseMeter<1>;
using ThreePhaseMeter = PhaseMeter<3>;

}  // namespace lk::meter
