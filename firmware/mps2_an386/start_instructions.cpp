// SPDX-License-Identifier: Apache-2.0
// Counts the instructions that a meter needs from power to the end of its start, with a vault and long
// records in full use and a write torn by the cut before. QEMU with `-icount shift=0` gives every instruction
// one nanosecond, and SysTick runs at 25 MHz of that time, so that the same image gives the same figures on
// every machine. Prints one JSON line and ends; start_test.py and tools/bench/instructions.py run it.
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>

#include "firmware/mps2_an386/mains.hpp"
#include "meter/core/meter.hpp"
#include "port/mps2_an386/instructions.hpp"
#include "port/mps2_an386/led_relay.hpp"
#include "port/mps2_an386/ram_flash.hpp"
#include "port/mps2_an386/semihosting.hpp"
#include "sts/codec.hpp"

namespace {

using namespace lk;  // NOLINT(google-build-using-namespace): this file is the program

using quantity::Instant;

constexpr meter::Configuration configuration{
    .number = {'0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0'},
    .line = {.address = 1},
    .decoder_key = {},
    .order_key = {},
    .price = quantity::Price::of(12'000),
    .preset_credit = quantity::units(5'000'000),
    .low_credit = quantity::units(2),
};
using Vault = mps2::RamFlashOf<meter::vault_pages>;
using Records = mps2::RamFlashOf<128>;

alignas(meter::SinglePhaseMeter) std::array<std::byte, sizeof(meter::SinglePhaseMeter)> room;

meter::SinglePhaseMeter& new_meter(port::Flash& vault, port::Flash& records, port::Relay& relay) {
  return *new (room.data())
      meter::SinglePhaseMeter{configuration, {.board = firmware::Mains::board()}, vault, relay, &records};
}

// Fifty purchases for the log of tokens, then a hundred days of load: a profile that is full and a vault that
// has gone round many times.
Instant live(meter::SinglePhaseMeter& meter, Instant now) {
  const sts::DecoderKey key = sts::DecoderKey::ea11(configuration.decoder_key);
  for (std::uint32_t tid = 1000; tid < 1050; ++tid) {
    const auto field = sts::encode_currency(quantity::units(1));
    ensure(field.has_value());
    (void)meter.enter_token(sts::encode(sts::CurrencyCredit{4, tid, *field}, key), now);
  }
  constexpr int quarters = 100 * 96;
  for (int i = 0; i < quarters; ++i) {
    now = now + quantity::minutes(15);
    meter.count({quantity::wh(100), {}}, now);
    (void)meter.poll(now);
  }
  return now;
}

}  // namespace

int main() {
  static Vault vault;
  static Records records;
  static mps2::LedRelay relay;
  mps2::count_instructions();
  Instant now = Instant::of(1'790'000'000'000);
  {
    meter::SinglePhaseMeter& meter = new_meter(vault, records, relay);
    meter.start(now);
    now = live(meter, now);
  }
  // Cuts in the next checkpoint, at places over more than a page, so that the torn end is met near the
  // beginning of a page as well as near its end.
  std::uint32_t greatest = 0;
  constexpr std::uint32_t cuts = 24;
  for (std::uint32_t i = 0; i < cuts; ++i) {
    vault.restore_power();
    const std::uint32_t begun = mps2::instructions();
    meter::SinglePhaseMeter& meter = new_meter(vault, records, relay);
    meter.start(now);
    const std::uint32_t taken = mps2::instructions_since(begun);
    greatest = taken > greatest ? taken : greatest;
    now = now + quantity::minutes(10);
    vault.cut_after(40 + i * 16);
    meter.count({quantity::wh(10), {}}, now);
    (void)meter.poll(now);
  }
  mps2::print("{\"start\": ");
  mps2::print_number(greatest);
  mps2::print(", \"vault_bytes\": ");
  mps2::print_number(meter::vault_pages * 4096);
  mps2::print(", \"meter_bytes\": ");
  mps2::print_number(sizeof(meter::SinglePhaseMeter));
  mps2::print("}\n");
  mps2::exit_with(0);
}
