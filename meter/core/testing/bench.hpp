// SPDX-License-Identifier: Apache-2.0
// For tests: a meter on a flash that can be cut and a relay that can stick, with a load, a vending desk, a
// maker of orders and a Modbus master.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dictionary/codec.hpp"
#include "meter/core/meter.hpp"
#include "modbus/master.hpp"
#include "order/order.hpp"
#include "port/sim/flash.hpp"
#include "sts/codec.hpp"

namespace lk::meter {

class TestRelay final : public port::Relay {
 public:
  void pulse_open() override { move(port::Contact::open); }
  void pulse_close() override { move(port::Contact::closed); }
  [[nodiscard]] port::Contact contact() const override { return contact_; }

  bool is_stuck = false;
  int pulse_count = 0;

 private:
  void move(port::Contact to) {
    ++pulse_count;
    if (!is_stuck) contact_ = to;
  }
  port::Contact contact_ = port::Contact::closed;
};

template <std::uint8_t first>
constexpr std::array<std::byte, 16> key_from() {
  std::array<std::byte, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(first + i);
  return key;
}

inline Configuration test_configuration() {
  Configuration configuration;
  configuration.number = {'0', '7', '0', '0', '0', '0', '0', '0', '0', '1', '9'};
  configuration.calibration = {.rate_hz = 6400,
                               .voltage_microcounts_per_volt = 1'000'000,
                               .current_microcounts_per_ampere = 1'000'000};
  configuration.decoder_key = key_from<0x10>();
  configuration.order_key = key_from<0x40>();
  configuration.price = quantity::Price::of(12'000);
  configuration.preset_credit = quantity::units(5);
  configuration.low_credit = quantity::units(2);
  return configuration;
}

class Bench {
 public:
  static constexpr port::FlashGeometry small_flash{2048, 8, 8};

  explicit Bench(const Configuration& with = test_configuration(), std::uint64_t seed = 1)
      : configuration(with), flash(small_flash, seed) {
    power_on();
  }

  void power_on() {
    flash.restore_power();
    meter.emplace(configuration, flash, relay);
    meter->start(now);
  }
  // Without any warning; then on again.
  void power_cycle() {
    meter.reset();
    now = now + quantity::seconds(3);
    power_on();
  }

  // Lets time pass in steps, so that the relay settles.
  void wait(quantity::Duration duration) {
    const quantity::Instant end = now + duration;
    while (now < end) {
      now = now + quantity::milliseconds(100);
      meter->poll(now);
    }
  }

  // One window of 200 ms of a square wave of 230 V and this current: 46 J for each ampere.
  void draw(std::int32_t amperes) {
    std::array<metrology::Sample, 64> half{};
    for (int i = 0; i < 20; ++i) {
      const std::int32_t sign = i % 2 == 0 ? 1 : -1;
      half.fill({sign * 230, sign * amperes});
      meter->feed(half, now);
      now = now + quantity::milliseconds(10);
    }
    meter->poll(now);
  }

  [[nodiscard]] sts::Digits token(std::uint32_t tid, quantity::Money amount) const {
    const auto field = sts::encode_currency(amount);
    ensure(field.has_value());
    return made(sts::CurrencyCredit{4, tid, *field});
  }
  // Under the key that the meter has now.
  [[nodiscard]] sts::Digits made(const sts::Token& token) const {
    const auto& state = meter->state().tokens;
    return sts::encode(token, sts::DecoderKey::of(state.key.key, *configuration.tokens.sta_tables));
  }
  TokenAnswer enter(const sts::Digits& digits) { return meter->enter_token(digits, now); }
  TokenAnswer buy(std::uint32_t tid, quantity::Money amount) { return enter(token(tid, amount)); }

  [[nodiscard]] order::SealedOrder sealed(std::uint32_t sequence, const order::Command& command,
                                          std::uint32_t expiry_unix_s = order::never_expires) const {
    return order::seal({7'000'000'019, sequence, expiry_unix_s, command}, configuration.order_key);
  }
  OrderAnswer send(const order::SealedOrder& order) { return meter->enter_order(order.view(), now); }
  OrderAnswer send(std::uint32_t sequence, const order::Command& command) {
    return send(sealed(sequence, command));
  }

  [[nodiscard]] Snapshot look() const { return meter->snapshot(now); }

  // Through the Modbus slave: a row's value, in a slot.
  std::int64_t read(dictionary::Id id, std::uint16_t slot = 0) {
    const dictionary::Row& row = dictionary::row(id);
    const auto address = static_cast<std::uint16_t>(row.address + slot * row.slot_stride);
    const auto reply = exchange(modbus::read_request(request, 1, modbus::Function::read_holding_registers,
                                                     address, row.register_count));
    return dictionary::decode(row, reply.data);
  }
  // Writes whole registers by function 10.
  modbus::Exception write(std::uint16_t address, std::span<const std::byte> registers) {
    return exchange(modbus::write_request(request, 1, address, registers)).exception;
  }
  modbus::Reply exchange(std::size_t request_bytes) {
    const std::size_t size_bytes = meter->serve(std::span{request}.first(request_bytes), answer, now);
    const auto reply =
        modbus::parse_reply(std::span{request}.first(request_bytes), std::span{answer}.first(size_bytes));
    ensure(reply.has_value());
    return *reply;
  }
  // The event of that number as a master reads it.
  records::Event event(std::uint32_t number) {
    using dictionary::Id;
    const auto slot = static_cast<std::uint16_t>(number % 12);
    return {static_cast<std::uint32_t>(read(Id::event_number, slot)),
            static_cast<std::uint32_t>(read(Id::event_time, slot)),
            static_cast<dictionary::EventCode>(read(Id::event_code, slot)),
            static_cast<std::uint16_t>(read(Id::event_detail, slot)), read(Id::event_value, slot)};
  }

  Configuration configuration;
  sim::SimFlash flash;
  TestRelay relay;
  std::optional<Meter> meter;
  quantity::Instant now = quantity::Instant::of(1'790'000'000'000);
  std::array<std::byte, modbus::max_frame_bytes> request{};
  std::array<std::byte, modbus::max_frame_bytes> answer{};
};

}  // namespace lk::meter
