// SPDX-License-Identifier: Apache-2.0
// The keys of cards, each the AES-CMAC of something under the one above it, and how two ends show each other
// that they have one (docs/formats/card.md):
//
//   site's order master key ─► meter's order key ─► meter's card key ─┬─► card's meter key, card's desk key
//                                                                     └─► statement key
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::card {

using Key = std::array<std::byte, 16>;
using Cryptogram = std::array<std::byte, 16>;
using Challenge = std::array<std::byte, 16>;

// Whose key is used; the reference in P2 of the command.
enum class Role : std::uint8_t {
  none = 0,
  meter = 1,
  desk = 2,
  transport = 3,  // of a blank card
};

// What a blank card is shipped with: a known key, so that who personalises it need not send keys in clear
// over a cable; it is gone after that.
[[nodiscard]] const Key& transport_key();

// A meter's card key from its order key.
[[nodiscard]] Key card_key_of_meter(const Key& order_key);
// The key of one card for one of its roles, `meter` or `desk`.
[[nodiscard]] Key key_of_card(const Key& meter_card_key, Role role, std::uint64_t serial);
// What seals the statements of a meter.
[[nodiscard]] Key statement_key(const Key& meter_card_key);

// What both ends have seen before they prove anything.
struct Handshake {
  Role role = Role::none;
  std::uint64_t serial = 0;  // of the card
  Challenge of_terminal{};
  Challenge of_card{};
};
[[nodiscard]] Cryptogram terminal_cryptogram(const Key& key, const Handshake& handshake);
[[nodiscard]] Cryptogram card_cryptogram(const Key& key, const Handshake& handshake);

struct SessionKeys {
  Key encryption{};
  Key authentication{};
};
[[nodiscard]] SessionKeys session_keys(const Key& key, const Handshake& handshake);

}  // namespace lk::card
