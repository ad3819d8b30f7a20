// SPDX-License-Identifier: Apache-2.0
#include "port/mps2_an386/semihosting.hpp"

#include <array>

namespace lk::mps2 {
namespace {

constexpr std::uint32_t sys_write0 = 0x04;
constexpr std::uint32_t sys_time = 0x11;
constexpr std::uint32_t sys_exit_extended = 0x20;
constexpr std::uint32_t stopped_by_application = 0x20026;

std::uint32_t call(std::uint32_t operation, std::uint32_t argument) {
  register std::uint32_t r0 asm("r0") = operation;
  register std::uint32_t r1 asm("r1") = argument;
  asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

}  // namespace

void print(const char* text) {
  call(sys_write0, reinterpret_cast<std::uint32_t>(text));
}

std::uint32_t host_time_s() {
  return call(sys_time, 0);
}

void exit_with(std::int32_t status) {
  const std::array<std::uint32_t, 2> block{stopped_by_application, static_cast<std::uint32_t>(status)};
  for (;;) call(sys_exit_extended, reinterpret_cast<std::uint32_t>(block.data()));
}

}  // namespace lk::mps2
