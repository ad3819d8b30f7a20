// SPDX-License-Identifier: Apache-2.0
// A line full of garbage at its highest speed for a minute: metering loses not one sample by it, and the
// account stays what it would be without.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "meter/core/testing/bench.hpp"
#include "modbus/assembler.hpp"

namespace lk::meter {
namespace {

constexpr unsigned seed = 20261121;
constexpr std::uint32_t baud = 115'200;
constexpr int minute_ms = 60'000;

struct Flooded {
  Bench bench;
  modbus::Assembler line = modbus::Assembler::of_slave(modbus::timing_of(baud), 1);
  std::uint32_t answer_count = 0;

  void take(std::byte byte, std::int64_t now_us) {
    const auto frame = line.take(byte, now_us);
    if (!frame.empty() && bench.meter->serve(frame, bench.answer, bench.now) > 0) ++answer_count;
  }
};

TEST(Flood, GarbageForAMinuteCostsMeteringNothing) {
  std::mt19937 random{seed};
  Flooded flooded;
  Bench quiet;
  std::int64_t byte_due_us = 0;
  std::uint32_t byte_count = 0;
  for (int ms = 0; ms < minute_ms; ms += 10) {
    const std::int32_t sign = ms / 10 % 2 == 0 ? 1 : -1;
    const auto sets = half_cycle(sign * 230'000, sign * 10, sign * 10);
    for (Bench* bench : {&flooded.bench, &quiet}) {
      bench->meter->feed(sets, bench->now);
      bench->meter->poll(bench->now);
      bench->now = bench->now + quantity::milliseconds(10);
    }
    for (; byte_due_us < std::int64_t{ms + 10} * 1000; byte_due_us += modbus::timing_of(baud).character_us) {
      flooded.take(static_cast<std::byte>(random()), byte_due_us);
      ++byte_count;
      if (random() % 200 == 0) byte_due_us += modbus::timing_of(baud).t3_5_us;
    }
  }
  EXPECT_GT(byte_count, 400'000U) << "seed " << seed;
  const Snapshot with = flooded.bench.look();
  const Snapshot without = quiet.look();
  EXPECT_EQ(with.import_energy.count(), without.import_energy.count()) << "seed " << seed;
  EXPECT_GT(with.import_energy.count(), 0);
  EXPECT_EQ(with.balance, without.balance);
  EXPECT_EQ(with.hold_reasons, without.hold_reasons);

  // And it answers the first sound frame after a silence.
  const std::size_t size_bytes =
      modbus::read_request(flooded.bench.request, 1, modbus::Function::read_holding_registers, 0x2000, 2);
  byte_due_us += 10'000;
  const std::uint32_t answers_before = flooded.answer_count;
  for (std::size_t i = 0; i < size_bytes; ++i) flooded.take(flooded.bench.request[i], byte_due_us += 100);
  EXPECT_EQ(flooded.answer_count, answers_before + 1);
}

}  // namespace
}  // namespace lk::meter
