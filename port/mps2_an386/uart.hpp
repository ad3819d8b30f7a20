// SPDX-License-Identifier: Apache-2.0
// The board's UART 0 (CMSDK) as the meter's RS485 line. Bytes that come are put by the interrupt into a ring
// of 512, with the millisecond in which the last one came; sending waits until the UART has taken each byte.
// One reader, in the main loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace lk::mps2 {

void uart_start(std::uint32_t baud);
// The next received byte, if there is one.
[[nodiscard]] std::optional<std::byte> uart_receive();
void uart_send(std::span<const std::byte> bytes);

}  // namespace lk::mps2
