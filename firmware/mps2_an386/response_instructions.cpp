// SPDX-License-Identifier: Apache-2.0
// Counts the instructions from a Modbus request's last byte to the whole answer, and those that a byte of
// garbage costs. QEMU with `-icount shift=0` gives every instruction one nanosecond, and SysTick runs at
// 25 MHz of that time, so that the same image gives the same figures on every machine. Prints one JSON line
// and ends; tools/bench/instructions.py runs it.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "firmware/mps2_an386/mains.hpp"
#include "meter/core/meter.hpp"
#include "modbus/assembler.hpp"
#include "modbus/master.hpp"
#include "port/mps2_an386/led_relay.hpp"
#include "port/mps2_an386/ram_flash.hpp"
#include "port/mps2_an386/registers.hpp"
#include "port/mps2_an386/semihosting.hpp"

namespace {

using namespace lk;  // NOLINT(google-build-using-namespace): this file is the program
using quantity::Instant;

constexpr std::uint32_t instructions_per_tick = 40;
constexpr std::uint32_t counter_mask = 0x00FF'FFFF;
constexpr std::uintptr_t systick_control = 0xE000'E010;
constexpr std::uintptr_t systick_reload = 0xE000'E014;
constexpr std::uintptr_t systick_value = 0xE000'E018;
constexpr std::uint32_t enabled_on_core_clock = 0b101;
constexpr std::uint32_t baud = 115'200;

constexpr meter::Configuration configuration{
    .number = {'0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'},
    .line = {.address = 1},
    .decoder_key = {},
    .order_key = {},
    .price = quantity::Price::of(12'000),
    .preset_credit = quantity::units(5),
    .low_credit = quantity::units(2),
};

std::uint32_t ticks() {
  return counter_mask - mps2::at(systick_value);
}

std::uint32_t instructions_since(std::uint32_t begun) {
  return ((ticks() - begun) & counter_mask) * instructions_per_tick;
}

void print_number(const char* name, std::uint32_t number) {
  std::array<char, 12> text{};
  std::size_t at = text.size() - 1;
  do {
    text[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  mps2::print("\"");
  mps2::print(name);
  mps2::print("\": ");
  mps2::print(&text[at]);
}

// One line with a meter behind it; time is that of the wire.
struct Line {
  meter::SinglePhaseMeter& meter;
  modbus::Assembler assembler = modbus::Assembler::of_slave(modbus::timing_of(baud), 1);
  std::int64_t now_us = 1'790'000'000'000'000;
  std::array<std::byte, 256> answer{};

  std::size_t take(std::byte byte) {
    now_us += modbus::timing_of(baud).character_us;
    const auto frame = assembler.take(byte, now_us);
    return frame.empty() ? 0 : meter.serve(frame, answer, Instant::of(now_us / 1000));
  }
};

// The greatest of some readings of the same registers.
std::uint32_t cost_of_read(Line& line, std::uint16_t address, std::uint16_t count) {
  std::uint32_t greatest = 0;
  for (int i = 0; i < 8; ++i) {
    std::array<std::byte, modbus::max_frame_bytes> request{};
    const std::size_t size_bytes =
        modbus::read_request(request, 1, modbus::Function::read_input_registers, address, count);
    for (const std::byte b : std::span{request}.first(size_bytes - 1)) (void)line.take(b);
    const std::uint32_t begun = ticks();
    const std::size_t answer_bytes = line.take(request[size_bytes - 1]);
    greatest = std::max(greatest, instructions_since(begun));
    ensure(answer_bytes == 5U + 2U * count);
  }
  return greatest;
}

// The mean of a second at full speed: bytes of a simple generator, no silence between them; then with one
// after each 40.
std::uint32_t cost_of_garbage(Line& line, bool has_silences) {
  constexpr std::uint32_t bytes = 11'520;
  std::uint32_t state = 1;
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < bytes; ++i) {
    state = state * 1'664'525U + 1'013'904'223U;
    if (has_silences && i % 40 == 0) line.now_us += 2'000;
    const std::uint32_t begun = ticks();
    (void)line.take(static_cast<std::byte>(state >> 24U));
    sum += instructions_since(begun);
  }
  return static_cast<std::uint32_t>(sum / bytes);
}

}  // namespace

int main() {
  static mps2::RamFlashOf<meter::vault_pages> flash;
  static mps2::LedRelay relay;
  alignas(meter::SinglePhaseMeter) static std::array<std::byte, sizeof(meter::SinglePhaseMeter)> room;
  mps2::at(systick_reload) = counter_mask;
  mps2::at(systick_value) = 0;
  mps2::at(systick_control) = enabled_on_core_clock;
  meter::SinglePhaseMeter& meter =
      *new (room.data()) meter::SinglePhaseMeter{configuration, {.board = firmware::Mains::board()}, flash, relay};
  Line line{meter};
  meter.start(Instant::of(line.now_us / 1000));
  mps2::print("{");
  print_number("read_40_floats", cost_of_read(line, 0x0000, 40));
  mps2::print(", ");
  print_number("read_38_of_account", cost_of_read(line, 0x5000, 38));
  mps2::print(", ");
  print_number("read_40_parameters", cost_of_read(line, 0x6140, 40));
  mps2::print(", ");
  print_number("garbage_byte", cost_of_garbage(line, false));
  mps2::print(", ");
  print_number("garbage_byte_in_frames", cost_of_garbage(line, true));
  mps2::print("}\n");
  mps2::exit_with(0);
}
