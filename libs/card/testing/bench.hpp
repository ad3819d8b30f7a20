// SPDX-License-Identifier: Apache-2.0
// A software card on a flash in memory and a reader round it, for tests.
#pragma once

#include <cstdint>

#include "assert/assert.hpp"
#include "card/operating_system.hpp"
#include "card/terminal.hpp"
#include "port/sim/flash.hpp"

namespace lk::card::testing {

inline constexpr std::uint64_t card_serial = 0x1122'3344'5566'7788;
inline constexpr std::uint64_t meter_number = 7'000'000'013;

inline Key key(std::uint8_t seed) {
  Key key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = std::byte{static_cast<std::uint8_t>(seed + 7 * i)};
  return key;
}

inline const Key meter_card_key = card_key_of_meter(key(1));

// A card and the contacts that it is on; pulled, it answers nothing.
class Bench final : public Reader {
 public:
  explicit Bench(std::uint64_t serial = card_serial, std::uint64_t seed = 1)
      : flash(OperatingSystem::usual_geometry, seed), card(flash) {
    ensure(card.make(serial));
    reset();
  }

  void reset() {
    flash.restore_power();
    is_in = card.reset(key(static_cast<std::uint8_t>(++resets)));
  }

  std::optional<std::span<const std::byte>> transmit(std::span<const std::byte> command,
                                                     std::span<std::byte, response_max_bytes> room) override {
    if (!is_in) return std::nullopt;
    return card.serve(command, room);
  }

  // A customer's card of `meter`.
  void personalise(Kind kind = Kind::user, std::uint64_t of_meter = meter_number,
                   const Key& of_card_key = meter_card_key) {
    Terminal terminal(*this);
    const auto blank = terminal.open();
    ensure(blank.has_value());
    ensure(terminal.authenticate(Role::transport, transport_key(), key(9)).has_value());
    ensure(terminal
               .personalise({kind, of_meter, blank->serial},
                            key_of_card(of_card_key, Role::meter, blank->serial),
                            key_of_card(of_card_key, Role::desk, blank->serial))
               .has_value());
    reset();
  }

  sim::SimFlash flash;
  OperatingSystem card;
  bool is_in = false;
  unsigned resets = 0;
};

}  // namespace lk::card::testing
