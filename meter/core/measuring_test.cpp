// SPDX-License-Identifier: Apache-2.0
// What the whole meter makes of its metering: registers of reactive and apparent energy, the neutral,
// harmonics, demand, and channels that tell nonsense.
#include "meter/core/measuring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "meter/core/testing/bench.hpp"
#include "meter/metrology/sine.hpp"

namespace lk::meter {
namespace {

using dictionary::EventCode;
using dictionary::Id;
using dictionary::OrderResult;
using guard::ConditionId;
using metrology::Fault;

// A mains of 230 V at 50 Hz and what flows in it, as peaks of sines in the counts of `direct_measuring`.
struct Flow {
  std::int32_t volt_peak = 325'269;
  std::int32_t live_peak = 1'414;     // 10 A
  std::int32_t neutral_peak = 1'414;  // likewise
  std::int32_t lag_degrees = 0;
  std::int32_t third_percent = 0;  // of the currents
};

constexpr std::uint32_t angle_of(std::int32_t degrees) {
  return static_cast<std::uint32_t>((std::int64_t{degrees} << 32) / 360);
}

std::int32_t scaled(std::int32_t peak, std::uint32_t phase) {
  return static_cast<std::int32_t>(std::int64_t{peak} * metrology::sine(phase) / 32'767);
}

metrology::SampleSet<1> set_at(const Flow& flow, std::uint32_t phase) {
  const std::uint32_t behind = phase - angle_of(flow.lag_degrees);
  const auto current = [&](std::int32_t peak) {
    return scaled(peak, behind) + scaled(peak * flow.third_percent / 100, 3 * behind);
  };
  return {{{{scaled(flow.volt_peak, phase), current(flow.live_peak)}}}, current(flow.neutral_peak)};
}

struct MeasuringMeter : testing::Test {
  using Spoil = void (*)(metrology::SampleSet<1>&);

  // So long, each set changed by `spoil` on its way.
  void flow(int tenths_of_a_second, const Flow& flow, Spoil spoil = nullptr) {
    std::array<metrology::SampleSet<1>, 64> block;
    for (int i = 0; i < 10 * tenths_of_a_second; ++i) {
      for (metrology::SampleSet<1>& set : block) {
        set = set_at(flow, phase_);
        if (spoil != nullptr) spoil(set);
        phase_ += step;
      }
      bench.meter->feed(block, bench.now);
      bench.now = bench.now + quantity::milliseconds(10);
      bench.meter->poll(bench.now);
    }
  }
  std::int64_t watthours(Id id) { return bench.read(id) / 3'600'000; }
  order::SetParameters set(Id id, std::int64_t value) const {
    return {1, {{{dictionary::row(id).address, value}}}};
  }
  records::Event last_event_of(EventCode code) {
    for (std::uint32_t number = bench.look().event_count; number > 0; --number) {
      const records::Event event = bench.event(number);
      if (event.code == code) return event;
    }
    return {};
  }

  Bench bench{test_configuration(), 1, false, direct_measuring()};

 private:
  static constexpr std::uint32_t step =
      (1U << 25U) - 200'000;  // 49.7 Hz: no window is a round number of sets
  std::uint32_t phase_ = 0;
};

TEST_F(MeasuringMeter, ShowsTheWholeWaveform) {
  flow(10, {.lag_degrees = 30, .third_percent = 20});
  EXPECT_NEAR(static_cast<int>(bench.read(Id::fundamental_voltage)), 230'000, 50);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::fundamental_current)), 10'000, 20);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::current)), 10'198, 20) << "with its third harmonic";
  EXPECT_NEAR(static_cast<int>(bench.read(Id::fundamental_active_power)), 19'919, 40);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::fundamental_reactive_power)), 11'500, 40);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::current_angle)), 30'000, 100);
  EXPECT_EQ(bench.read(Id::quadrant), 1);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::current_thd)), 2'000, 20);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::current_harmonic, 1)), 2'000, 20) << "of the third order";
  EXPECT_LT(bench.read(Id::current_harmonic, 3), 20);
  EXPECT_LT(bench.read(Id::voltage_harmonic, 1), 5);
  EXPECT_LT(bench.read(Id::voltage_thd), 10);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::neutral_current)), 10'198, 20);
  EXPECT_EQ(bench.read(Id::neutral_difference), 0);
  EXPECT_EQ(bench.read(Id::measuring_faults), 0);
}

TEST_F(MeasuringMeter, KeepsReactiveAndApparentEnergyByQuadrantOverAPowerCut) {
  struct Row {
    int lag_degrees;
    Id quadrant;
    Id active;
    Id apparent;
  };
  const Row rows[] = {
      {45, Id::reactive_energy_q1, Id::import_energy, Id::apparent_import_energy},
      {135, Id::reactive_energy_q2, Id::export_energy, Id::apparent_export_energy},
      {-135, Id::reactive_energy_q3, Id::export_energy, Id::apparent_export_energy},
      {-45, Id::reactive_energy_q4, Id::import_energy, Id::apparent_import_energy},
  };
  const Id all[] = {Id::reactive_energy_q1,     Id::reactive_energy_q2,    Id::reactive_energy_q3,
                    Id::reactive_energy_q4,     Id::import_energy,         Id::export_energy,
                    Id::apparent_import_energy, Id::apparent_export_energy};
  flow(3, {.live_peak = 0, .neutral_peak = 0});  // the wave is found
  for (const Row& row : rows) {
    SCOPED_TRACE(row.lag_degrees);
    std::map<Id, std::int64_t> before;
    for (const Id id : all) before[id] = bench.read(id);
    flow(20, {.lag_degrees = row.lag_degrees});
    flow(4, {.live_peak = 0, .neutral_peak = 0});
    for (const Id id : all) {
      const auto gained = static_cast<double>(bench.read(id) - before[id]) / 1000;
      const bool is_its_own = id == row.quadrant || id == row.active;
      // A window that holds a change of direction nets both; 2 s of 2.3 kVA at 45 degrees.
      const int joules = is_its_own ? 3'253 : id == row.apparent ? 4'600 : 0;
      EXPECT_NEAR(gained, joules, 500) << dictionary::row(id).name;
    }
  }
  EXPECT_EQ(bench.read(Id::total_reactive_energy),
            bench.read(Id::reactive_import_energy) + bench.read(Id::reactive_export_energy));
  bench.meter->power_failing(bench.now);
  std::map<Id, std::int64_t> before;
  for (const Id id : all) before[id] = bench.read(id);
  bench.power_cycle();
  for (const Id id : all) EXPECT_EQ(bench.read(id), before[id]) << dictionary::row(id).name;
}

TEST_F(MeasuringMeter, PulsesTheEnergyOfItsRegisters) {
  flow(40, {.live_peak = 14'142});
  const std::int64_t wh = watthours(Id::import_energy);
  EXPECT_NEAR(static_cast<double>(wh), 25, 1);
  EXPECT_NEAR(static_cast<double>(bench.meter->take_pulses()), static_cast<double>(wh), 2);
  EXPECT_EQ(bench.meter->take_pulses(), 0U);
}

TEST_F(MeasuringMeter, ABypassIsToldAndChargedWhereThePolicySaysSo) {
  const Flow bypassed{.live_peak = 354, .neutral_peak = 1'414};
  constexpr auto slot = static_cast<std::uint16_t>(ConditionId::neutral_difference);
  const order::SetParameters soon{1, {{{dictionary::row(Id::condition_delay).address_of(slot), 1'000}}}};
  ASSERT_EQ(bench.send(1, soon).result, OrderResult::done);
  flow(20, bypassed);
  EXPECT_NEAR(static_cast<int>(bench.read(Id::neutral_difference)), 7'500, 20);
  EXPECT_EQ(bench.read(Id::charged_conductor), 0);
  EXPECT_NE(bench.read(Id::guard_alarms) & 1LL << static_cast<int>(ConditionId::neutral_difference), 0);
  const records::Event began = last_event_of(EventCode::condition_began);
  EXPECT_EQ(began.detail, static_cast<std::uint16_t>(ConditionId::neutral_difference));
  EXPECT_NEAR(static_cast<double>(began.value), 7'500, 10);

  const auto priced_in_two_seconds = [this, &bypassed] {
    flow(4, bypassed);
    const std::int64_t before = bench.read(Id::priced_energy);
    flow(20, bypassed);
    return static_cast<double>(bench.read(Id::priced_energy) - before) / 1000;
  };
  EXPECT_NEAR(priced_in_two_seconds(), 1'150, 130) << "J, of the live conductor";
  ASSERT_EQ(bench.send(2, set(Id::charge_larger, 1)).result, OrderResult::done);
  EXPECT_NEAR(priced_in_two_seconds(), 4'600, 500) << "J, of the neutral";
  EXPECT_EQ(bench.read(Id::charged_conductor), 1);
}

struct FaultRow {
  const char* name;
  Fault fault;
  unsigned channel;
  MeasuringMeter::Spoil spoil;
  bool has_energy;  // that can be known
};

TEST_F(MeasuringMeter, ChannelsThatTellNonsenseAreToldAndNeverMakeEnergy) {
  const FaultRow rows[] = {
      {"clipped current", Fault::clipped, 1,
       [](metrology::SampleSet<1>& set) {
         auto& count = set.phase[0].current_count;
         count = std::clamp<std::int32_t>(count * 2'000, -2'000'000, 2'000'000);
       },
       true},
      {"stuck current", Fault::stuck, 1,
       [](metrology::SampleSet<1>& set) { set.phase[0].current_count = 300'000; }, false},
      {"stuck voltage", Fault::stuck, 0,
       [](metrology::SampleSet<1>& set) { set.phase[0].voltage_count = 300'000; }, false},
      {"dead voltage", Fault::voltage_dead, 0,
       [](metrology::SampleSet<1>& set) { set.phase[0].voltage_count = 0; }, false},
      {"swapped", Fault::swapped, 0,
       // The product of both, and so the energy, is what it would be.
       [](metrology::SampleSet<1>& set) {
         std::swap(set.phase[0].voltage_count, set.phase[0].current_count);
       },
       true},
  };
  constexpr auto slot = static_cast<std::uint16_t>(ConditionId::measuring_channel);
  for (const FaultRow& row : rows) {
    SCOPED_TRACE(row.name);
    flow(25, {});
    ASSERT_EQ(bench.read(Id::measuring_faults), 0);
    std::int64_t import_mj = bench.read(Id::import_energy);
    const std::int64_t export_mj = bench.read(Id::export_energy);
    for (int i = 0; i < 15; ++i) {
      flow(1, {}, row.spoil);
      const std::int64_t now_mj = bench.read(Id::import_energy);
      EXPECT_GE(now_mj, import_mj) << "never backwards";
      // What was under way when the fault began ends within two windows.
      if (!row.has_energy && i >= 4) {
        EXPECT_EQ(now_mj, import_mj) << "invented";
      }
      import_mj = now_mj;
    }
    EXPECT_EQ(bench.read(Id::export_energy), export_mj);
    EXPECT_NE(bench.read(Id::measuring_faults) & 1 << static_cast<int>(row.fault), 0);
    EXPECT_NE(bench.read(Id::measuring_fault_channels) & 1 << row.channel, 0);
    EXPECT_NE(bench.look().alarms & dictionary::alarm_guard, 0);
    bool is_told = false;
    for (std::uint32_t number = bench.look().event_count; number > 0 && !is_told; --number) {
      const records::Event event = bench.event(number);
      is_told = event.code == EventCode::condition_began && event.detail == slot &&
                (event.value >> static_cast<int>(row.fault) & 1) != 0;
      if (event.number != number) break;
    }
    EXPECT_TRUE(is_told);
    std::string shown;
    for (int ms = 0; ms < 12'000; ms += 500) {
      const auto frame = bench.meter->panel_frame(bench.now + quantity::milliseconds(ms % 500));
      shown.assign(frame.characters.begin(), frame.characters.end());
      if (shown.starts_with("FAUL-")) break;
      flow(5, {}, row.spoil);
    }
    EXPECT_TRUE(shown.starts_with("FAUL-0")) << shown;
  }
  flow(25, {});
  EXPECT_EQ(bench.read(Id::guard_alarms) & 1LL << slot, 0) << "over when the channel is sound again";
}

TEST_F(MeasuringMeter, DemandSlidesAsOrdered) {
  EXPECT_EQ(bench.send(1, set(Id::demand_slide, 4)).result, OrderResult::refused) << "15 is no multiple of 4";
  ASSERT_EQ(bench.send(1, set(Id::demand_slide, 5)).result, OrderResult::done);
  const std::int64_t slide_ms = 300'000;
  bench.wait(quantity::milliseconds(2 * slide_ms - bench.now.unix_ms() % slide_ms));
  const auto use = [this](int minutes, metrology::Energies energies) {
    for (int i = 0; i < minutes; ++i) {
      bench.meter->count(energies, bench.now);
      bench.wait(quantity::minutes(1));
    }
  };
  use(20, {});
  use(15, {quantity::wh(50), quantity::wh(5), quantity::wh(10), {}, {}, quantity::wh(20)});
  use(25, {});
  EXPECT_EQ(bench.read(Id::max_demand), 30'000) << "3 kW over any 15 minutes";
  EXPECT_EQ(bench.read(Id::max_export_demand), 3'000);
  EXPECT_EQ(bench.read(Id::max_reactive_import_demand), 6'000);
  EXPECT_EQ(bench.read(Id::max_reactive_export_demand), 12'000);
  EXPECT_EQ(bench.read(Id::max_demand_time) % 300, 0);
  EXPECT_EQ(bench.read(Id::max_export_demand_time), bench.read(Id::max_demand_time));
  EXPECT_EQ(bench.read(Id::demand), 0);
  bench.meter->power_failing(bench.now);
  bench.power_cycle();
  EXPECT_EQ(bench.read(Id::max_reactive_export_demand), 12'000);
  ASSERT_EQ(bench.send(2, order::ResetDemand{}).result, OrderResult::done);
  EXPECT_EQ(bench.read(Id::max_demand), 0);
  EXPECT_EQ(bench.read(Id::max_export_demand), 0);
}

struct SealedMeter : testing::Test {
  // 0.5 % and 1 % more counts than the design says, as the factory found out.
  static metrology::BoardCalibration found() {
    metrology::BoardCalibration board = direct_measuring().board;
    board.voltage[0].microcounts_per_volt = 1'005'000'000;
    board.current[0].microcounts_per_ampere = 101'000'000;
    return board;
  }
  static std::int64_t watts(const Measuring& measuring) {
    Bench bench{test_configuration(), 1, false, measuring};
    for (int i = 0; i < 5; ++i) bench.draw(100);
    return bench.read(Id::active_power) / 10;
  }
  const std::array<std::byte, 16> key = key_from<0x70>();
  metrology::CalibrationBytes record = metrology::encode(found(), key);
  const metrology::BoardCalibration design = direct_measuring().board;
  const metrology::MeteringSettings settings{.starting_current = {}};
};

TEST_F(SealedMeter, MeasuresByItsSealedCalibration) {
  const Measuring measuring = measuring_by(record, key, design, settings);
  EXPECT_FALSE(measuring.is_calibration_refused);
  EXPECT_NEAR(static_cast<double>(watts(measuring)), 23'000 / 1.005 / 1.01, 2);
}

TEST_F(SealedMeter, MeasuresByItsDesignAndSaysSoWhereTheRecordIsNoGood) {
  struct Row {
    const char* name;
    void (*spoil)(metrology::CalibrationBytes&, metrology::BoardCalibration&);
  };
  const Row rows[] = {
      {"a damaged coefficient", [](metrology::CalibrationBytes& bytes, auto&) { bytes[40] ^= std::byte{1}; }},
      {"a forged seal", [](metrology::CalibrationBytes& bytes, auto&) { bytes.back() ^= std::byte{1}; }},
      {"a board of another rate", [](auto&, metrology::BoardCalibration& board) { board.rate_hz = 8000; }},
      {"a board without neutral",
       [](auto&, metrology::BoardCalibration& board) { board.has_neutral = false; }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    metrology::CalibrationBytes bytes = record;
    metrology::BoardCalibration board = design;
    row.spoil(bytes, board);
    const Measuring measuring = measuring_by(bytes, key, board, settings);
    EXPECT_TRUE(measuring.is_calibration_refused);
    EXPECT_EQ(measuring.board.rate_hz, board.rate_hz);
    Bench bench{test_configuration(), 1, false, measuring};
    for (int i = 0; i < 10; ++i) bench.draw(10);
    EXPECT_EQ(bench.read(Id::measuring_faults), 1 << static_cast<int>(Fault::calibration));
    EXPECT_GT(bench.read(Id::import_energy), 0) << "it measures on";
  }
  EXPECT_TRUE(measuring_by({}, key, design).is_calibration_refused) << "none at all";
}

}  // namespace
}  // namespace lk::meter
