// SPDX-License-Identifier: Apache-2.0
// The board's UART 0 (CMSDK, 8N1 only: it makes no parity) as the meter's RS485 line. Bytes that come are put
// by the interrupt into a ring of 512, each with the microsecond of its last bit; sending waits until the
// UART has taken each byte. One reader, in the main loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace lk::mps2 {

// Sets the rate; may be called again, when nothing is on its way.
void uart_start(std::uint32_t baud);
struct Received {
  std::byte byte;
  std::int64_t at_us;  // by `microseconds` of the clock
};
// The next received byte, if there is one.
[[nodiscard]] std::optional<Received> uart_receive();
void uart_send(std::span<const std::byte> bytes);

}  // namespace lk::mps2
