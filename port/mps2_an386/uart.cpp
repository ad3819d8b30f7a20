// SPDX-License-Identifier: Apache-2.0
// Arm CMSDK UART, as in "Cortex-M System Design Kit" (DDI 0479), 4.3; addresses of AN386.
#include "port/mps2_an386/uart.hpp"

#include <array>

#include "port/mps2_an386/clock.hpp"
#include "port/mps2_an386/registers.hpp"

namespace lk::mps2 {
namespace {

constexpr std::uintptr_t uart0 = 0x4000'4000;
constexpr std::uintptr_t data_register = uart0;
constexpr std::uintptr_t state_register = uart0 + 0x04;
constexpr std::uintptr_t control_register = uart0 + 0x08;
constexpr std::uintptr_t interrupt_clear_register = uart0 + 0x0C;
constexpr std::uintptr_t divider_register = uart0 + 0x10;

constexpr std::uint32_t state_send_full = 1U << 0U;
constexpr std::uint32_t state_receive_full = 1U << 1U;
constexpr std::uint32_t control_send = 1U << 0U;
constexpr std::uint32_t control_receive = 1U << 1U;
constexpr std::uint32_t control_receive_interrupt = 1U << 3U;
constexpr std::uint32_t receive_interrupt = 1U << 1U;

constexpr std::uintptr_t interrupt_enable_register = 0xE000'E100;
constexpr std::uint32_t uart0_interrupt = 1U << 0U;

// One writer (the interrupt) and one reader: each moves its own end, and only when the byte is in or out.
struct Ring {
  std::array<Received, 512> bytes;
  volatile std::uint32_t put_count;
  volatile std::uint32_t got_count;
};
Ring ring;

}  // namespace

void uart_start(std::uint32_t baud) {
  at(divider_register) = clock_hz / baud;
  at(control_register) = control_send | control_receive | control_receive_interrupt;
  at(interrupt_enable_register) = uart0_interrupt;
}

std::optional<Received> uart_receive() {
  const std::uint32_t got = ring.got_count;
  if (got == ring.put_count) return std::nullopt;
  const Received received = ring.bytes[got % ring.bytes.size()];
  ring.got_count = got + 1;
  return received;
}

void uart_send(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    while ((at(state_register) & state_send_full) != 0) {
    }
    at(data_register) = std::to_integer<std::uint32_t>(byte);
  }
}

}  // namespace lk::mps2

// Named in the vector table. What does not fit is dropped: the frame's CRC tells.
extern "C" void lk_on_uart0() {
  using namespace lk::mps2;  // NOLINT(google-build-using-namespace)
  at(interrupt_clear_register) = receive_interrupt;
  while ((at(state_register) & state_receive_full) != 0) {
    const auto byte = static_cast<std::byte>(at(data_register) & 0xFFU);
    const std::uint32_t put = ring.put_count;
    if (put - ring.got_count == ring.bytes.size()) continue;
    ring.bytes[put % ring.bytes.size()] = {byte, microseconds()};
    ring.put_count = put + 1;
  }
}
