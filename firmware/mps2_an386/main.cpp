// SPDX-License-Identifier: Apache-2.0
// A whole prepaid meter on a Cortex-M4 (the mps2-an386 board, in QEMU): samples of a synthetic mains, the
// account on a flash in RAM, the supply on an LED, Modbus RTU on UART 0. Nothing here is for a real supply:
// the number and the keys are those of the STS Association's public compliance suite, and the flash forgets
// when QEMU ends.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#include "firmware/mps2_an386/mains.hpp"
#include "meter/core/meter.hpp"
#include "modbus/assembler.hpp"
#include "port/mps2_an386/clock.hpp"
#include "port/mps2_an386/led_relay.hpp"
#include "port/mps2_an386/ram_flash.hpp"
#include "port/mps2_an386/semihosting.hpp"
#include "port/mps2_an386/uart.hpp"

namespace {

using namespace lk;  // NOLINT(google-build-using-namespace): this file is the program

constexpr std::uint32_t baud = 19'200;
// QEMU gives the bytes of one frame when its host finds the time, with gaps of many milliseconds under load;
// so the silence that ends a frame is much longer than the line's own t3.5. A whole frame is answered without
// waiting for it.
constexpr modbus::Timing line_timing = [] {
  modbus::Timing timing = modbus::timing_of(baud);
  timing.t3_5_us = 100'000;
  return timing;
}();

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
    .modbus_address = 1,
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
meter::Meter& make_meter(port::Flash& flash, port::Relay& relay) {
  alignas(meter::Meter) static std::array<std::byte, sizeof(meter::Meter)> room;
  return *new (room.data()) meter::Meter{configuration, {.board = firmware::Mains::board()}, flash, relay};
}

void answer(meter::Meter& meter, std::span<const std::byte> frame, quantity::Instant now) {
  if (frame.empty()) return;
  std::array<std::byte, 256> room;
  const std::size_t size_bytes = meter.serve(frame, room, now);
  mps2::uart_send(std::span{room}.first(size_bytes));
}

}  // namespace

int main() {
  static mps2::RamFlash flash;
  static mps2::LedRelay relay;
  mps2::clock_start();
  mps2::uart_start(baud);
  meter::Meter& meter = make_meter(flash, relay);
  meter.start(mps2::now());
  mps2::print("latchkey: meter 00000000000, Modbus RTU address 1 on UART 0\n");

  firmware::Mains mains{mps2::now()};
  auto line = modbus::Assembler::of_slave(line_timing, configuration.modbus_address);
  for (;;) {
    const quantity::Instant now = mps2::now();
    const auto now_us = now.unix_ms() * 1000;
    for (auto samples = mains.take(now, relay.contact()); !samples.empty();
         samples = mains.take(now, relay.contact())) {
      meter.feed(samples, now);
    }
    (void)meter.poll(now);
    while (const auto byte = mps2::uart_receive()) answer(meter, line.take(*byte, now_us), now);
    answer(meter, line.poll(now_us), now);
    mps2::wait();
  }
}
