// SPDX-License-Identifier: Apache-2.0
// From reset to the program: stack and vectors, data, zeros; then `lk_run_program`, which is the image's or
// the test's (image.cpp, test_program.cpp). Any fault and any failed assertion ends QEMU with a message and a
// status.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "assert/assert.hpp"
#include "port/mps2_an386/semihosting.hpp"

extern "C" {
// Given by memory.ld.
extern std::uint32_t lk_stack_top;
extern std::uint32_t lk_data_begin[];
extern std::uint32_t lk_data_end[];
extern std::uint32_t lk_data_source[];
extern std::uint32_t lk_bss_begin[];
extern std::uint32_t lk_bss_end[];

// Runs the program; the status is QEMU's exit status.
std::int32_t lk_run_program();
// Weak: an image that uses the timer or the UART has its own.
void lk_on_systick();
void lk_on_uart0();
[[noreturn]] void lk_reset();
}

namespace {

constexpr std::int32_t fault_status = 134;  // as a shell shows a program that aborted

[[noreturn]] void fault() {
  lk::mps2::print("latchkey: processor fault\n");
  lk::mps2::exit_with(fault_status);
}

void nothing() {}

using Handler = void (*)();

struct VectorTable {
  std::uint32_t* stack_top;
  std::array<Handler, 16> handlers;
};

}  // namespace

extern "C" [[gnu::weak]] void lk_on_systick() {}
extern "C" [[gnu::weak]] void lk_on_uart0() {}

extern "C" void lk_reset() {
  std::copy_n(lk_data_source, lk_data_end - lk_data_begin, lk_data_begin);
  std::fill(lk_bss_begin, lk_bss_end, 0U);
  lk::mps2::exit_with(lk_run_program());
}

// Cortex-M4 exceptions 1 to 15, and of the board's interrupts only number 0.
extern "C" [[gnu::section(".vectors"), gnu::used]] const VectorTable lk_vectors{
    &lk_stack_top,
    {lk_reset, fault, fault, fault, fault, fault, nullptr, nullptr, nullptr, nullptr, fault, fault, nullptr,
     nothing, lk_on_systick, lk_on_uart0}};

namespace lk {

void assertion_failed(const char* file, std::uint32_t line) {
  std::array<char, 12> digits{};
  std::to_chars(digits.data(), digits.data() + digits.size() - 1, line);
  mps2::print("latchkey: assertion failed: ");
  mps2::print(file);
  mps2::print(":");
  mps2::print(digits.data());
  mps2::print("\n");
  mps2::exit_with(fault_status);
}

}  // namespace lk
