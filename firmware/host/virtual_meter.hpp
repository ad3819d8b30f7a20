// SPDX-License-Identifier: Apache-2.0
// One meter of the building with what it stands on: a flash image and a relay in the state folder, and a
// power supply that can be taken away in the middle of a write. Not movable; one thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "firmware/host/card_tray.hpp"
#include "firmware/host/configuration.hpp"
#include "firmware/host/latching_relay.hpp"
#include "firmware/host/torn_flash.hpp"
#include "meter/card/slot.hpp"
#include "meter/core/line_end.hpp"
#include "meter/core/meter.hpp"
#include "port/posix/file_flash.hpp"

namespace lk::host {

class VirtualMeter {
 public:
  // Opens or makes `<state>/<number>.flash`, `.records` and `.relay`. Throws std::runtime_error where that
  // fails. The account is stored at least every `checkpoint_interval` of the meter's clock.
  VirtualMeter(const MeterSettings& settings, const LineSettings& line, const meter::Measuring& measuring,
               const std::string& state, quantity::Duration checkpoint_interval, std::uint64_t seed);
  VirtualMeter(const VirtualMeter&) = delete;
  VirtualMeter& operator=(const VirtualMeter&) = delete;

  // Gives it power.
  void start(quantity::Instant now);
  // Sample sets, of as many phases as the board has, and time of the block that has just passed. Gives the
  // power back when its time has come.
  template <std::size_t phase_count>
  void feed(std::span<const metrology::SampleSet<phase_count>> sets, quantity::Instant now) {
    if (meter_ != nullptr) std::get<meter::PhaseMeter<phase_count>>(body_).feed(sets, now);
    pass(now);
  }
  // One Modbus frame, past its line; 0 for silence, as without power.
  [[nodiscard]] std::size_t serve(std::span<const std::byte> frame, std::span<std::byte, 256> answer,
                                  quantity::Instant now);
  // Bytes from its line, and when by any clock the silence behind them was long enough to end a frame; the
  // answers to what is for it in there, one behind the other.
  [[nodiscard]] std::vector<std::byte> hear(std::span<const std::byte> bytes,
                                            std::chrono::microseconds heard_at, quantity::Instant now);
  // How long it waits from then on before the answer it gave last.
  [[nodiscard]] std::chrono::microseconds reaction() const { return reaction_; }
  // What its port was set to when it heard last.
  [[nodiscard]] const links::LineSettings& line() const { return line_; }
  // Its optical port, as Meter says; nothing without power.
  void hear_optical(char character, quantity::Instant now);
  [[nodiscard]] std::string_view say_optical(quantity::Instant now);
  [[nodiscard]] std::uint32_t optical_baud() const {
    return meter_ != nullptr ? meter_->optical_baud() : 300;
  }
  // Twenty characters at the meter's own keypad; nothing without power.
  std::optional<meter::TokenAnswer> key_in(std::span<const char, 20> characters, quantity::Instant now);
  // A key of its panel, and what is seen there; nothing without power.
  void press(panel::Key key, quantity::Instant now);
  [[nodiscard]] std::optional<panel::Frame> panel_frame(quantity::Instant now);
  // Its slot for cards, and what became of the card in it; nothing without power or before a card came.
  [[nodiscard]] CardTray& tray() { return tray_; }
  [[nodiscard]] bool is_reading_card() const { return slot_ && slot_->is_busy(); }
  [[nodiscard]] bool has_card() { return !tray_.is_empty() || (slot_ && !slot_->is_empty()); }
  [[nodiscard]] std::optional<card::Outcome> card_outcome() {
    const bool is_unnoticed = !tray_.is_empty() && slot_ && slot_->is_empty();
    return slot_ && !is_unnoticed ? slot_->last() : std::nullopt;
  }
  // The contacts of its case from now on. A cover that is opened while there is no power is told at the
  // start.
  void set_contacts(const guard::Inputs& contacts, quantity::Instant now);
  [[nodiscard]] const guard::Inputs& contacts() const { return contacts_; }
  // Takes the power without warning for `duration`: the record that is being written is torn.
  void cut_power(quantity::Instant now, quantity::Duration duration);
  // Takes the power with warning, for good: the account is stored.
  void stop(quantity::Instant now);

  [[nodiscard]] bool has_power() const { return meter_ != nullptr; }
  [[nodiscard]] bool is_closed() const { return relay_.contact() == port::Contact::closed; }
  // Whether current can flow to the flat.
  [[nodiscard]] bool supplies() const { return has_power() && is_closed(); }
  [[nodiscard]] const std::string& number() const { return number_; }
  [[nodiscard]] std::uint8_t address() const {
    return meter_ != nullptr ? meter_->line().address : line_.address;
  }
  [[nodiscard]] bool is_feeder() const { return !configuration_.credit_controlled; }

  [[nodiscard]] std::size_t phase_count() const { return measuring_.board.phase_count; }

 private:
  meter::Meter& make_meter();
  void lose_meter();
  // Time passes, with power or without.
  void pass(quantity::Instant now);

  std::string number_;
  meter::Configuration configuration_;
  meter::Measuring measuring_;
  std::unique_ptr<posix::FileFlash> image_;
  std::unique_ptr<posix::FileFlash> records_image_;
  TornFlash flash_;
  TornFlash records_;
  LatchingRelay relay_;
  CardTray tray_;
  // While it has power; `meter_` is what is in the body, or null.
  std::variant<std::monostate, meter::SinglePhaseMeter, meter::ThreePhaseMeter> body_;
  meter::Meter* meter_ = nullptr;
  std::optional<card::Slot> slot_;          // likewise
  std::optional<meter::LineEnd> line_end_;  // likewise
  guard::Inputs contacts_;
  bool was_cover_opened_ = false;     // while there was no power
  bool was_terminal_opened_ = false;  // likewise
  links::LineSettings line_;
  std::chrono::microseconds reaction_{};
  quantity::Instant due_;  // when it wants to be polled
  quantity::Instant power_returns_;
};

}  // namespace lk::host
