// SPDX-License-Identifier: Apache-2.0
// A meter of three phases is the same meter: what it shows of each phase, what it sells of all together, and
// what it keeps over a power cut.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

#include "bytes/bytes.hpp"
#include "dictionary/sdm.hpp"
#include "meter/core/testing/bench.hpp"
#include "meter/metrology/sine.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using guard::ConditionId;
using quantity::Instant;

constexpr std::int32_t volt_peak = 325'269;  // 230 V in counts of the board
constexpr std::int32_t ampere_peak = 141;    // 1 A (√2 · 100, rounded down)

struct PhaseFlow {
  std::int32_t volt_percent = 100;
  std::int32_t amperes = 0;
  std::int32_t lag_degrees = 0;  // 180: exported
};
using Flow = std::array<PhaseFlow, 3>;

Measuring three_phase_measuring() {
  Measuring measuring{
      .board = metrology::design_calibration(3, true, 6400, 1'000'000'000, 100'000'000),
      .settings = {.starting_current = {}},
  };
  measuring.board.full_scale_count = 2'000'000;
  return measuring;
}

constexpr std::uint32_t angle_of(std::int32_t degrees) {
  return static_cast<std::uint32_t>((std::int64_t{degrees} << 32) / 360);
}

std::int32_t scaled(std::int64_t peak, std::uint32_t angle) {
  return static_cast<std::int32_t>(peak * metrology::sine(angle) / 32'767);
}

class ThreePhases : public testing::Test {
 protected:
  ThreePhases() { power_on(); }

  void power_on() {
    flash_.restore_power();
    meter_.emplace(test_configuration(), three_phase_measuring(), flash_, relay_);
    meter_->start(now_);
  }
  void power_cycle() {
    meter_.reset();
    now_ = now_ + quantity::seconds(3);
    power_on();
  }

  // So long; `order` −1 is the reversed sequence.
  void flow(int tenths_of_a_second, const Flow& flow, int order = 1) {
    std::array<metrology::SampleSet<3>, 64> block;
    for (int i = 0; i < 10 * tenths_of_a_second; ++i) {
      for (metrology::SampleSet<3>& set : block) {
        for (std::size_t k = 0; k < 3; ++k) {
          const std::uint32_t angle = angle_ - angle_of(order * static_cast<int>(k) * 120);
          set.phase[k] = {
              scaled(std::int64_t{volt_peak} * flow[k].volt_percent / 100, angle),
              scaled(std::int64_t{ampere_peak} * flow[k].amperes, angle - angle_of(flow[k].lag_degrees))};
        }
        angle_ += step;
      }
      meter_->feed(block, now_);
      now_ = now_ + quantity::milliseconds(10);
      meter_->poll(now_);
    }
  }

  std::int64_t read(Id id, std::uint16_t slot = 0) {
    const dictionary::Row& row = dictionary::row(id);
    return dictionary::decode(row, registers(row.address_of(slot), row.register_count).data);
  }
  float sdm(const char* name) {
    const dictionary::FloatView* view = dictionary::find_float(name);
    ensure(view != nullptr);
    const auto reply = registers(view->address, 2, modbus::Function::read_input_registers);
    return std::bit_cast<float>(bytes::Reader{reply.data}.big<std::uint32_t>());
  }
  modbus::Reply registers(std::uint16_t address, std::uint16_t count,
                          modbus::Function function = modbus::Function::read_holding_registers) {
    const std::size_t asked = modbus::read_request(request_, 1, function, address, count);
    const std::size_t said = meter_->serve(std::span{request_}.first(asked), answer_, now_);
    const auto reply = modbus::parse_reply(std::span{request_}.first(asked), std::span{answer_}.first(said));
    ensure(reply.has_value() && reply->exception == modbus::Exception::none);
    return *reply;
  }
  bool has_event(EventCode code, std::uint16_t detail) {
    for (std::uint16_t slot = 0; slot < dictionary::event_slot_count; ++slot) {
      if (read(Id::event_code, slot) == static_cast<int>(code) && read(Id::event_detail, slot) == detail)
        return true;
    }
    return false;
  }

  static constexpr std::uint32_t step = (1U << 25U) - 200'000;  // 49.7 Hz
  sim::SimFlash flash_{Bench::small_flash, 1};
  TestRelay relay_;
  std::optional<ThreePhaseMeter> meter_;
  Instant now_ = Instant::of(1'790'000'000'000);
  std::uint32_t angle_ = 0;
  std::array<std::byte, modbus::max_frame_bytes> request_{};
  std::array<std::byte, modbus::max_frame_bytes> answer_{};
};

TEST_F(ThreePhases, EachPhaseAndAllTogetherAreShown) {
  flow(10, {{{100, 10, 0}, {95, 20, 60}, {105, 5, -30}}});
  EXPECT_EQ(read(Id::phase_count), 3);
  EXPECT_EQ(read(Id::phase_sequence), 1);
  EXPECT_EQ(read(Id::measuring_faults), 0);
  struct Expected {
    double volts, amperes, degrees;
  };
  constexpr std::array<Expected, 3> expected{{{230, 9.97, 0}, {218.5, 19.94, 60}, {241.5, 4.985, -30}}};
  double total = 0;
  for (std::uint16_t k = 0; k < 3; ++k) {
    const auto [volts, amperes, degrees] = expected[k];
    const double watts = volts * amperes * std::cos(degrees * std::numbers::pi / 180);
    total += watts;
    EXPECT_NEAR(static_cast<double>(read(Id::phase_voltage, k)) / 1000, volts, 0.1) << k;
    EXPECT_NEAR(static_cast<double>(read(Id::phase_current, k)) / 1000, amperes, 0.03) << k;
    EXPECT_NEAR(static_cast<double>(read(Id::phase_active_power, k)) / 10, watts, 8) << k;
    EXPECT_NEAR(static_cast<double>(read(Id::phase_current_angle, k)) / 1000, degrees, 0.1) << k;
    EXPECT_NEAR(static_cast<double>(read(Id::phase_voltage_angle, k)) / 1000, k == 0 ? 0 : 360 - 120 * k, 0.1)
        << k;
    EXPECT_LT(read(Id::phase_voltage_harmonic, static_cast<std::uint16_t>(20U * k + 1U)), 10) << k;
  }
  EXPECT_NEAR(static_cast<double>(read(Id::active_power)) / 10, total, 15);
  EXPECT_EQ(read(Id::voltage), read(Id::phase_voltage, 0));
  EXPECT_NEAR(sdm("sdm_phase_2_voltage"), 218.5, 0.1);
  EXPECT_NEAR(sdm("sdm_mean_voltage"), 230, 0.1);
  EXPECT_NEAR(sdm("sdm_sum_of_currents"), 34.9, 0.1);
  EXPECT_NEAR(sdm("sdm_total_active_power"), total, 15);
}

TEST_F(ThreePhases, WhatAllTookIsSoldAndEachPhaseKeepsItsShareOverACut) {
  flow(100, {{{100, 100, 0}, {100, 50, 0}, {100, 20, 180}}});
  const std::array<std::int64_t, 3> imported{
      read(Id::phase_import_energy, 0), read(Id::phase_import_energy, 1), read(Id::phase_import_energy, 2)};
  const std::int64_t exported = read(Id::phase_export_energy, 2);
  EXPECT_NEAR(static_cast<double>(imported[0]), 229.3e6, 2e6) << "10 s of 22.9 kW in mJ";
  EXPECT_NEAR(static_cast<double>(imported[1]), 114.7e6, 1e6);
  EXPECT_EQ(imported[2], 0);
  EXPECT_NEAR(static_cast<double>(exported), 45.9e6, 5e5);
  const Snapshot sold = meter_->snapshot(now_);
  EXPECT_NEAR(static_cast<double>(sold.import_energy.count()),
              static_cast<double>(imported[0] + imported[1] - exported), 3)
      << "phases net against each other";
  EXPECT_EQ(sold.priced_energy, sold.import_energy);
  EXPECT_EQ(sold.balance, sold.credited - sold.deducted);
  EXPECT_GT(sold.deducted.count(), 0);

  meter_->power_failing(now_);
  const std::int64_t before = meter_->snapshot(now_).import_energy.count();
  power_cycle();
  EXPECT_EQ(meter_->snapshot(now_).import_energy.count(), before);
  EXPECT_GE(read(Id::phase_import_energy, 0), imported[0]);
  EXPECT_GE(read(Id::phase_export_energy, 2), exported);
  const auto net =
      read(Id::phase_import_energy, 0) + read(Id::phase_import_energy, 1) - read(Id::phase_export_energy, 2);
  EXPECT_LE(std::abs(net - before), 3) << "the parts below a mJ are the phases' own";
}

TEST_F(ThreePhases, ALostPhaseAndAReversedOneAreTold) {
  flow(20, {{{100, 5, 0}, {100, 5, 0}, {100, 5, 0}}});
  EXPECT_FALSE(has_event(EventCode::condition_began, static_cast<std::uint16_t>(ConditionId::phase_loss)));
  flow(700, {{{100, 5, 0}, {0, 0, 0}, {100, 5, 0}}});
  EXPECT_TRUE(has_event(EventCode::condition_began, static_cast<std::uint16_t>(ConditionId::phase_loss)));
  EXPECT_EQ(read(Id::phase_voltage, 1), 0);
  flow(700, {{{100, 5, 0}, {100, 5, 0}, {100, 5, 0}}}, -1);
  EXPECT_TRUE(
      has_event(EventCode::condition_began, static_cast<std::uint16_t>(ConditionId::reversed_sequence)));
  EXPECT_EQ(read(Id::phase_sequence), 2);
}

TEST_F(ThreePhases, NamesItself) {
  const auto reply = registers(dictionary::row(Id::model).address, dictionary::row(Id::model).register_count);
  EXPECT_EQ(dictionary::decode_text(reply.data), "LK3P prepaid");
}

TEST(PhaseRows, OfAMeterWithOnePhaseAreItsOwnAndZeros) {
  Bench bench{test_configuration(), 1, false, direct_measuring()};
  bench.draw(10);
  bench.draw(10);
  EXPECT_EQ(bench.read(Id::phase_count), 1);
  EXPECT_EQ(bench.read(Id::phase_voltage, 0), bench.read(Id::voltage));
  EXPECT_EQ(bench.read(Id::phase_active_power, 0), bench.read(Id::active_power));
  EXPECT_EQ(bench.read(Id::phase_import_energy, 0), bench.read(Id::import_energy));
  EXPECT_GT(bench.read(Id::phase_import_energy, 0), 0);
  for (const std::uint16_t slot : {std::uint16_t{1}, std::uint16_t{2}}) {
    EXPECT_EQ(bench.read(Id::phase_voltage, slot), 0);
    EXPECT_EQ(bench.read(Id::phase_import_energy, slot), 0);
  }
  EXPECT_EQ(bench.read(Id::phase_voltage_harmonic, 40), 0);
}

TEST(PhaseEnergies, RefuseWhatIsNoneOfTheirs) {
  PhaseEnergies energies;
  energies.add(2, {quantity::Energy::of(5)});
  const StoredPhaseEnergies stored = encode(energies);
  PhaseEnergies read;
  ASSERT_TRUE(decode(stored, read));
  EXPECT_EQ(read, energies);
  StoredPhaseEnergies wrong = stored;
  wrong[0] = std::byte{9};
  EXPECT_FALSE(decode(wrong, read)) << "another version";
  EXPECT_FALSE(decode(std::span{stored}.first(stored.size() - 1), read)) << "too short";
  wrong = stored;
  wrong[8] = std::byte{0xFF};
  EXPECT_FALSE(decode(wrong, read)) << "energy below zero";
  EXPECT_EQ(read, energies);
}

}  // namespace
}  // namespace lk::meter
