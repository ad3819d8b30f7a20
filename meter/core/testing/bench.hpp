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
  configuration.decoder_key = key_from<0x10>();
  configuration.order_key = key_from<0x40>();
  configuration.price = quantity::Price::of(12'000);
  configuration.preset_credit = quantity::units(5);
  configuration.low_credit = quantity::units(2);
  return configuration;
}

// A board of 1 000 counts a volt and 100 counts an ampere, with a sensor in the neutral: to 2 kV and 20 kA.
// What it counts is exact, so it has no starting current.
inline Measuring direct_measuring() {
  Measuring measuring{
      .board = metrology::design_calibration(1, true, 6400, 1'000'000'000, 100'000'000),
      .settings = {.starting_current = {}},
  };
  measuring.board.full_scale_count = 2'000'000;
  return measuring;
}

// The same behind a current transformer of 100:1: one count an ampere.
inline Measuring transformer_measuring() {
  Measuring measuring = direct_measuring();
  measuring.settings.current_ratio = {100, 1};
  return measuring;
}

// 10 ms of a square wave at 6 400 sample sets a second, of exactly so many counts in the mean of every four.
// No converter stands still far from zero, so neither does this one.
inline std::array<metrology::SampleSet<1>, 64> half_cycle(std::int32_t volt_count, std::int32_t live_count,
                                            std::int32_t neutral_count) {
  constexpr std::array<std::int32_t, 4> voltage_noise{1, -1, 1, -1};
  constexpr std::array<std::int32_t, 4> current_noise{1, 1, -1, -1};
  std::array<metrology::SampleSet<1>, 64> sets;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto current = [noise = current_noise[i % 4]](std::int32_t count) {
      constexpr std::int32_t far = 10'000;
      return count > far || count < -far ? count + noise : count;
    };
    sets[i] = {{{{volt_count + voltage_noise[i % 4], current(live_count)}}}, current(neutral_count)};
  }
  return sets;
}

class Bench {
 public:
  static constexpr port::FlashGeometry small_flash{4096, 20, 8};

  // The flash of the long records, for those tests that read them.
  static constexpr port::FlashGeometry records_flash{4096, 56, 8};

  explicit Bench(const Configuration& with = test_configuration(), std::uint64_t seed = 1,
                 bool has_records = false, const Measuring& by = transformer_measuring())
      : configuration(with), measuring(by), flash(small_flash, seed) {
    if (has_records) records.emplace(records_flash, seed);
    power_on();
  }

  void power_on() {
    flash.restore_power();
    meter.emplace(configuration, measuring, flash, relay, records ? &*records : nullptr);
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
  void draw(std::int32_t amperes) { draw(amperes, amperes); }
  // The same where the neutral carries another current.
  void draw(std::int32_t amperes, std::int32_t neutral_amperes) {
    const auto counts_per_ampere = static_cast<std::int32_t>(
        100 * measuring.settings.current_ratio.secondary / measuring.settings.current_ratio.primary);
    for (int i = 0; i < 20; ++i) {
      const std::int32_t sign = i % 2 == 0 ? 1 : -1;
      const std::int32_t live = sign * amperes * counts_per_ampere;
      const std::int32_t neutral = sign * neutral_amperes * counts_per_ampere;
      meter->feed(half_cycle(sign * 230'000, live, neutral), now);
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
  std::string_view read_text(dictionary::Id id) {
    const dictionary::Row& row = dictionary::row(id);
    const auto reply = exchange(modbus::read_request(request, 1, modbus::Function::read_holding_registers,
                                                     row.address, row.register_count));
    return dictionary::decode_text(reply.data);
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
  Measuring measuring;
  sim::SimFlash flash;
  std::optional<sim::SimFlash> records;
  TestRelay relay;
  std::optional<SinglePhaseMeter> meter;
  quantity::Instant now = quantity::Instant::of(1'790'000'000'000);
  std::array<std::byte, modbus::max_frame_bytes> request{};
  std::array<std::byte, modbus::max_frame_bytes> answer{};
};

}  // namespace lk::meter
