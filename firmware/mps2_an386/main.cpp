// SPDX-License-Identifier: Apache-2.0
// A whole prepaid meter on a Cortex-M4 (the mps2-an386 board, in QEMU): samples of a synthetic mains, the
// account on a flash in RAM, the supply on an LED, Modbus RTU and DL/T 645 on UART 0. Nothing here is for a
// real supply: the number and the keys are those of the STS Association's public compliance suite, and the
// flash forgets when QEMU ends.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#include "firmware/mps2_an386/mains.hpp"
#include "meter/core/line_end.hpp"
#include "meter/core/meter.hpp"
#include "port/mps2_an386/clock.hpp"
#include "port/mps2_an386/led_relay.hpp"
#include "port/mps2_an386/ram_flash.hpp"
#include "port/mps2_an386/semihosting.hpp"
#include "port/mps2_an386/uart.hpp"

namespace {

using namespace lk;  // NOLINT(google-build-using-namespace): this file is the program

// QEMU gives the bytes of one frame when its host finds the time, with gaps of many milliseconds under load;
// so gaps inside a frame mean nothing, and the silence that ends a frame is much longer than the line's own
// t3.5. A whole frame is answered without waiting for it. On a board the times are those of the wire:
// modbus::Gaps::true_to_the_wire.
constexpr links::Wire wire{.gaps = modbus::Gaps::blurred, .least_silence_us = 100'000};

template <std::size_t size>
consteval std::array<std::byte, size> bytes(std::array<std::uint8_t, size> numbers) {
  std::array<std::byte, size> result{};
  for (std::size_t i = 0; i < size; ++i) result[i] = std::byte{numbers[i]};
  return result;
}

// The decoder key is what DKGA04 makes of the suite's vending key ABAB…4567 for the PAN 600727 00000000000 9,
// supply group 201457, tariff index 01, key revision 1.
constexpr meter::Configuration configuration{
    .number = {'0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'},
    .line = {.address = 1, .baud = 19'200},
    .decoder_key = bytes<16>(
        {0x92, 0x9B, 0xD3, 0xA4, 0x15, 0xC9, 0x42, 0x0A, 0x05, 0xEC, 0x5E, 0xE9, 0xF3, 0xCE, 0x91, 0xC3}),
    .key_expiry_number = 255,
    .order_key = bytes<16>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}),
    .price = quantity::Price::of(12'000),
    .preset_credit = quantity::units(5),
    .low_credit = quantity::units(2),
};

// In static memory, so that the linker's figures are the image's; never destroyed, because destruction at
// exit needs a heap.
meter::SinglePhaseMeter& make_meter(port::Flash& flash, port::Relay& relay) {
  alignas(meter::SinglePhaseMeter) static std::array<std::byte, sizeof(meter::SinglePhaseMeter)> room;
  return *new (room.data()) meter::SinglePhaseMeter{configuration, {.board = firmware::Mains::board()}, flash, relay};
}

// Sends what is due, and sets the UART as the answer may have told.
void say_what_is_due(meter::LineEnd& line) {
  if (line.answer().empty() || mps2::microseconds() < line.answer_due_us()) return;
  const std::uint32_t baud = line.settings().baud;
  mps2::uart_send(line.answer());
  line.answered();
  if (line.settings().baud != baud) mps2::uart_start(line.settings().baud);
}

}  // namespace

int main() {
  static mps2::RamFlashOf<meter::vault_pages> flash;
  static mps2::LedRelay relay;
  mps2::clock_start();
  meter::SinglePhaseMeter& meter = make_meter(flash, relay);
  meter.start(mps2::now());
  mps2::print("latchkey: meter 00000000000, Modbus RTU address 1 and DL/T 645 on UART 0\n");

  firmware::Mains mains{mps2::now()};
  meter::LineEnd line{meter, wire};
  mps2::uart_start(line.settings().baud);
  for (;;) {
    const quantity::Instant now = mps2::now();
    for (auto samples = mains.take(now, relay.contact()); !samples.empty();
         samples = mains.take(now, relay.contact())) {
      meter.feed(samples, now);
    }
    (void)meter.poll(now);
    while (const auto received = mps2::uart_receive()) line.take(received->byte, received->at_us, now);
    line.poll(mps2::microseconds(), now);
    say_what_is_due(line);
    mps2::wait();
  }
}
