// SPDX-License-Identifier: Apache-2.0
// Counts the instructions that metering, alone and with the guard beside it, takes for each sample set. QEMU
// with `-icount shift=0` gives every instruction one nanosecond, and SysTick runs at 25 MHz of that time, so
// that the same image gives the same figures on every machine. Prints one JSON line and ends.
// tools/bench/instructions.py runs it.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "meter/guard/meter_guard.hpp"
#include "meter/metrology/metering.hpp"
#include "meter/metrology/metrology.hpp"
#include "meter/metrology/sine.hpp"
#include "port/mps2_an386/registers.hpp"
#include "port/mps2_an386/semihosting.hpp"

namespace {

using namespace lk;             // NOLINT(google-build-using-namespace): this file is the program
using namespace lk::metrology;  // NOLINT(google-build-using-namespace)

constexpr std::uint32_t rate_hz = 8000;
constexpr std::uint32_t cycle_sets = rate_hz / 50;
constexpr std::uint32_t instructions_per_tick = 40;
constexpr std::uint32_t counter_mask = 0x00FF'FFFF;
constexpr std::int64_t microcounts_per_volt = 12'000'000'000;
constexpr std::int64_t microcounts_per_ampere = 50'000'000'000;

constexpr std::uintptr_t systick_control = 0xE000'E010;
constexpr std::uintptr_t systick_reload = 0xE000'E014;
constexpr std::uintptr_t systick_value = 0xE000'E018;
constexpr std::uint32_t enabled_on_core_clock = 0b101;

std::uint32_t ticks() {
  return counter_mask - mps2::at(systick_value);
}

// One cycle of 230 V and 10 A at 45 degrees, with a third harmonic.
template <std::size_t phases>
std::array<SampleSet<phases>, cycle_sets> one_cycle() {
  std::array<SampleSet<phases>, cycle_sets> sets;
  for (std::uint32_t k = 0; k < cycle_sets; ++k) {
    for (std::uint32_t p = 0; p < phases; ++p) {
      const auto phase = static_cast<std::uint32_t>(((std::uint64_t{k} << 32U) / cycle_sets) -
                                                    (std::uint64_t{p} << 32U) / 3);
      sets[k].phase[p] = {sine(phase) * 119, sine(phase - (1U << 29U)) * 21 + sine(3 * phase) * 4};
    }
    sets[k].neutral_count = sets[k].phase[0].current_count;
  }
  return sets;
}

struct Cost {
  std::uint32_t mean = 0;      // instructions a sample set
  std::uint32_t greatest = 0;  // of one call with a single set: the end of a window
};

// The mean over `seconds` after the lock, in blocks of 16 sets as a converter's DMA would give them.
template <class Meter, std::size_t count, class Set>
Cost cost_of(Meter& meter, const std::array<Set, count>& cycle) {
  constexpr std::uint32_t cycles = 50;
  constexpr std::size_t block = 16;
  for (std::uint32_t k = 0; k < cycles; ++k) (void)meter.feed(cycle);
  const std::uint32_t start = ticks();
  for (std::uint32_t k = 0; k < cycles; ++k) {
    for (std::size_t at = 0; at < count; at += block) (void)meter.feed(std::span{cycle}.subspan(at, block));
  }
  Cost cost;
  cost.mean = ((ticks() - start) & counter_mask) * instructions_per_tick / (cycles * count);
  for (std::uint32_t k = 0; k < cycles; ++k) {
    for (const Set& set : cycle) {
      const std::uint32_t before = ticks();
      (void)meter.feed(std::span{&set, 1});
      cost.greatest = std::max(cost.greatest, ((ticks() - before) & counter_mask) * instructions_per_tick);
    }
  }
  return cost;
}

void print_number(std::uint32_t number) {
  std::array<char, 12> text{};
  std::size_t at = text.size() - 1;
  do {
    text[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  mps2::print(&text[at]);
}

void print_cost(const char* name, const Cost& cost, std::size_t size_bytes) {
  mps2::print("\"");
  mps2::print(name);
  mps2::print("\": ");
  print_number(cost.mean);
  mps2::print(", \"");
  mps2::print(name);
  mps2::print("_window_end\": ");
  print_number(cost.greatest);
  mps2::print(", \"");
  mps2::print(name);
  mps2::print("_bytes\": ");
  print_number(size_bytes);
}

// Metering with harmonics and the guard beside it, as a meter runs them.
template <std::size_t phases>
class Guarded {
 public:
  Guarded(Metering<phases>& metering, const BoardCalibration& board)
      : metering_(metering), guard_(settings(), board) {}
  std::uint32_t feed(std::span<const SampleSet<phases>> sets) {
    const std::uint32_t windows = metering_.feed(sets);
    guard_.feed(sets, {}, {});
    guard_.take(metering_, windows, {});
    return windows;
  }

 private:
  static guard::GuardSettings settings() {
    guard::GuardSettings settings;
    settings.load.action = guard::Action::trip;
    return settings;
  }
  Metering<phases>& metering_;
  guard::MeterGuard<phases> guard_;
};

// In static memory: a meter with its waves is larger than a stack should be.
BoardCalibration board_of(std::uint8_t phases) {
  BoardCalibration board =
      design_calibration(phases, true, rate_hz, microcounts_per_volt, microcounts_per_ampere);
  for (CurrentCalibration& current : board.current) {
    current.curve_count = 1;
    current.curve[0] = {5000, 100, 50'000};
    current.drift = {10'000, 0};
  }
  return board;
}

template <std::size_t phases>
Metering<phases>& make_metering(bool with_harmonics) {
  alignas(Metering<phases>) static std::array<std::byte, sizeof(Metering<phases>)> room;
  MeteringSettings settings;
  settings.with_harmonics = with_harmonics;
  return *new (room.data()) Metering<phases>{board_of(phases), settings};
}

template <std::size_t phases>
Guarded<phases>& make_guarded() {
  alignas(Guarded<phases>) static std::array<std::byte, sizeof(Guarded<phases>)> room;
  return *new (room.data()) Guarded<phases>{make_metering<phases>(true), board_of(phases)};
}

template <std::size_t phases>
void measure(const char* plain, const char* full, const char* guarded) {
  static std::array<SampleSet<phases>, cycle_sets> cycle = one_cycle<phases>();
  print_cost(plain, cost_of(make_metering<phases>(false), cycle), sizeof(Metering<phases>));
  mps2::print(", ");
  print_cost(full, cost_of(make_metering<phases>(true), cycle), sizeof(Metering<phases>));
  mps2::print(", ");
  print_cost(guarded, cost_of(make_guarded<phases>(), cycle),
             sizeof(Metering<phases>) + sizeof(guard::MeterGuard<phases>));
}

}  // namespace

int main() {
  mps2::at(systick_reload) = counter_mask;
  mps2::at(systick_value) = 0;
  mps2::at(systick_control) = enabled_on_core_clock;
  mps2::print("{");
  measure<1>("one_phase_plain", "one_phase", "one_phase_guarded");
  mps2::print(", ");
  measure<3>("three_phase_plain", "three_phase", "three_phase_guarded");
  mps2::print("}\n");
  mps2::exit_with(0);
}
