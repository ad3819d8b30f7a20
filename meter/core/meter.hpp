// SPDX-License-Identifier: Apache-2.0
// The meter as one object: metrology → tariff → credit → supply, records, and the Modbus slave, on a port's flash
// and relay. A pure state machine: samples, frames, tokens and time come in; relay pulses, stored records and
// answers go out. Many meters live in one process; one thread each. No heap.
//
//   samples ──► metrology ──energy──► tariff+credit ──► supply ──► relay
//                                        │  ▲  ▲           ▲
//                                     journal │  └ token    └ sealed order   (Modbus, later other links)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "meter/metrology/metrology.hpp"
#include "port/flash.hpp"
#include "port/relay.hpp"
#include "quantity/quantity.hpp"

namespace lk::meter {

// What the factory and the installer put in. Kept by the body; later versions store it in the journal.
struct Configuration {
  std::array<char, 11> number;            // decoder reference number (DRN), ASCII digits, Luhn-checked
  std::uint8_t modbus_address = 1;        // 1 to 247
  metrology::Calibration calibration;
  std::array<std::byte, 16> decoder_key;  // EA11 (MISTY1): all 16 bytes
  std::uint8_t key_expiry_number = 255;   // KEN
  std::array<std::byte, 16> order_key;    // AES-CMAC key of this meter's sealed orders
  quantity::Price price;                  // flat price until an order replaces it
  quantity::Money preset_credit;          // in a new meter only
  quantity::Money low_credit;             // alarm at and below
  quantity::Duration checkpoint_interval = quantity::seconds(60);  // longest time between two stored account records
  bool credit_controlled = true;          // false for a feeder meter: it measures, it never switches off for credit
};

class Meter {
 public:
  // The flash and relay must outlive the meter.
  Meter(const Configuration& configuration, port::Flash& flash, port::Relay& relay);
  // Recovers state from flash; call once before anything else.
  void start(quantity::Instant now);
  void feed(std::span<const metrology::Sample> samples, quantity::Instant now);
  // Lets time pass: returns when it wants to be called again.
  quantity::Instant poll(quantity::Instant now);
  // The mains is going: writes the account record (a real port has some ms of hold-up for this).
  void power_failing(quantity::Instant now);
  // One whole Modbus RTU frame (address to CRC) as received; returns the size of the answer, 0 for silence.
  std::size_t serve(std::span<const std::byte> frame, std::span<std::byte, 256> answer, quantity::Instant now);
};

}  // namespace lk::meter
