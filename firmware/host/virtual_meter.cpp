// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/virtual_meter.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "modbus/frame.hpp"

namespace lk::host {

namespace {

// Serial NOR flashes: 128 KiB for what guards value, 512 KiB for the long records.
constexpr port::FlashGeometry vault_geometry{
    .page_size_bytes = 4096, .page_count = 32, .program_size_bytes = 8};
constexpr port::FlashGeometry records_geometry{
    .page_size_bytes = 4096, .page_count = 128, .program_size_bytes = 8};

std::unique_ptr<posix::FileFlash> open_image(const std::string& path, const port::FlashGeometry& geometry) {
  auto image = posix::FileFlash::open(path, geometry);
  if (!image) throw std::runtime_error(image.error());
  return std::move(*image);
}

meter::Configuration configuration_of(const MeterSettings& settings, const LineSettings& line,
                                      quantity::Duration checkpoint_interval) {
  meter::Configuration configuration{};
  std::copy_n(settings.number.begin(), configuration.number.size(), configuration.number.begin());
  configuration.line = {.address = settings.address, .baud = line.baud, .protocol = line.protocol};
  configuration.decoder_key = settings.decoder_key;
  configuration.order_key = settings.order_key;
  configuration.price = settings.price;
  configuration.preset_credit = settings.preset_credit;
  configuration.low_credit = settings.low_credit;
  configuration.checkpoint_interval = checkpoint_interval;
  configuration.credit_controlled = !settings.is_feeder;
  return configuration;
}

}  // namespace

VirtualMeter::VirtualMeter(const MeterSettings& settings, const LineSettings& line,
                           const meter::Measuring& measuring, const std::string& state,
                           quantity::Duration checkpoint_interval, std::uint64_t seed)
    : number_(settings.number),
      configuration_(configuration_of(settings, line, checkpoint_interval)),
      measuring_(measuring),
      image_(open_image(state + "/" + number_ + ".flash", vault_geometry)),
      records_image_(open_image(state + "/" + number_ + ".records", records_geometry)),
      flash_(*image_, seed),
      records_(*records_image_, seed + 1),
      relay_(state + "/" + number_ + ".relay"),
      tray_(seed),
      line_(configuration_.line) {
  if (settings.slot.empty()) return;
  if (const std::string trouble = tray_.insert(settings.slot); !trouble.empty())
    throw std::runtime_error(trouble);
}

meter::Meter& VirtualMeter::make_meter() {
  if (phase_count() == 1) {
    meter_ = &body_.emplace<meter::SinglePhaseMeter>(configuration_, measuring_, flash_, relay_, &records_);
  } else {
    meter_ = &body_.emplace<meter::ThreePhaseMeter>(configuration_, measuring_, flash_, relay_, &records_);
  }
  return *meter_;
}

void VirtualMeter::lose_meter() {
  meter_ = nullptr;
  body_.emplace<std::monostate>();
}

void VirtualMeter::start(quantity::Instant now) {
  flash_.restore();
  records_.restore();
  meter::Meter& meter = make_meter();
  meter.start(now);
  meter.sense(contacts_, now);
  if (std::exchange(was_cover_opened_, false)) meter.opened_while_off(guard::ConditionId::meter_cover, now);
  if (std::exchange(was_terminal_opened_, false))
    meter.opened_while_off(guard::ConditionId::terminal_cover, now);
  slot_.emplace(tray_.contacts(), meter.card_holder());
  due_ = meter.poll(now);
  line_end_.emplace(meter);
}

void VirtualMeter::pass(quantity::Instant now) {
  if (meter_ == nullptr) {
    if (now >= power_returns_) start(now);
    return;
  }
  tray_.contacts().advance(now);
  value_of(slot_).poll(now);
  if (now >= due_) due_ = meter_->poll(now);
}

std::size_t VirtualMeter::serve(std::span<const std::byte> frame, std::span<std::byte, 256> answer,
                                quantity::Instant now) {
  if (meter_ == nullptr) return 0;
  const std::size_t size = meter_->serve(frame, answer, now);
  due_ = now;  // what came in may have changed what it waits for
  return size;
}

std::vector<std::byte> VirtualMeter::hear(std::span<const std::byte> bytes,
                                          std::chrono::microseconds heard_at, quantity::Instant now) {
  std::vector<std::byte> answers;
  if (meter_ == nullptr) return answers;
  meter::LineEnd& end = value_of(line_end_);
  const std::int64_t last_us = heard_at.count() - modbus::timing_of(end.settings().baud).t3_5_us;
  const auto collect = [&] {
    const auto said = end.answer();
    if (said.empty()) return;
    answers.insert(answers.end(), said.begin(), said.end());
    reaction_ = std::max(std::chrono::microseconds{end.answer_due_us()} - heard_at, {});
    end.answered();
  };
  for (const std::byte byte : bytes) {
    end.take(byte, last_us, now);
    collect();
  }
  for (std::int64_t at_us = end.deadline_us(); at_us <= heard_at.count(); at_us = end.deadline_us()) {
    end.poll(at_us, now);
    collect();
  }
  line_ = end.settings();
  due_ = now;  // what came in may have changed what it waits for
  return answers;
}

void VirtualMeter::hear_optical(char character, quantity::Instant now) {
  if (meter_ == nullptr) return;
  meter_->hear_optical(character, now);
  due_ = now;
}

std::string_view VirtualMeter::say_optical(quantity::Instant now) {
  return meter_ ? meter_->say_optical(now) : std::string_view{};
}

std::optional<meter::TokenAnswer> VirtualMeter::key_in(std::span<const char, 20> characters,
                                                       quantity::Instant now) {
  if (meter_ == nullptr) return std::nullopt;
  const meter::TokenAnswer answer = meter_->enter_token(characters, now);
  due_ = now;
  return answer;
}

void VirtualMeter::press(panel::Key key, quantity::Instant now) {
  if (meter_ == nullptr) return;
  meter_->press(key, now);
  due_ = now;
}

std::optional<panel::Frame> VirtualMeter::panel_frame(quantity::Instant now) {
  if (meter_ == nullptr) return std::nullopt;
  return meter_->panel_frame(now);
}

void VirtualMeter::set_contacts(const guard::Inputs& contacts, quantity::Instant now) {
  if (meter_ != nullptr) {
    meter_->sense(contacts, now);
    due_ = now;
  } else {
    was_cover_opened_ = was_cover_opened_ || (contacts.meter_cover && !contacts_.meter_cover);
    was_terminal_opened_ = was_terminal_opened_ || (contacts.terminal_cover && !contacts_.terminal_cover);
  }
  contacts_ = contacts;
}

void VirtualMeter::cut_power(quantity::Instant now, quantity::Duration duration) {
  if (meter_ != nullptr) {
    flash_.fail_in_next_write();
    meter_->power_failing(now);  // makes it write; the write is torn
    flash_.cut();
    records_.cut();
    slot_.reset();
    tray_.lose_power();
    line_end_.reset();
    lose_meter();
  }
  power_returns_ = now + duration;
}

void VirtualMeter::stop(quantity::Instant now) {
  if (meter_ == nullptr) return;
  value_of(slot_).stop();
  slot_.reset();
  meter_->power_failing(now);
  line_end_.reset();
  lose_meter();
}

}  // namespace lk::host
