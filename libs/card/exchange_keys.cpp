// SPDX-License-Identifier: Apache-2.0
#include "card/exchange_keys.hpp"

#include <string_view>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/cmac.hpp"

namespace lk::card {
namespace {

constexpr std::size_t text_bytes = 16;

// Labels of 16 characters each, so that no two derivations ever have the same input.
constexpr std::string_view label_meter_key = "latchkey card v1";
constexpr std::string_view label_role = "latchkey role v1";
constexpr std::string_view label_statement = "latchkey stmt v1";
constexpr std::string_view label_terminal = "latchkey term v1";
constexpr std::string_view label_card = "latchkey chip v1";
constexpr std::string_view label_encryption = "latchkey encr v1";
constexpr std::string_view label_authentication = "latchkey auth v1";

void write(bytes::Writer& to, std::string_view label) {
  ensure(label.size() == text_bytes);
  to.copy(std::as_bytes(std::span{label}));
}

Key of_label(const Key& key, std::string_view label) {
  std::array<std::byte, text_bytes> text{};
  bytes::Writer to{text};
  write(to, label);
  return crypto::cmac(key, text);
}

Key of_handshake(const Key& key, std::string_view label, const Handshake& handshake) {
  std::array<std::byte, text_bytes + 1 + 8 + 16 + 16> text{};
  bytes::Writer to{text};
  write(to, label);
  to.byte(static_cast<std::uint8_t>(handshake.role));
  to.big(handshake.serial);
  to.copy(handshake.of_terminal);
  to.copy(handshake.of_card);
  ensure(to.ok() && to.size_bytes() == text.size());
  return crypto::cmac(key, text);
}

}  // namespace

const Key& transport_key() {
  static constexpr Key key{std::byte{'l'}, std::byte{'a'}, std::byte{'t'}, std::byte{'c'},
                           std::byte{'h'}, std::byte{'k'}, std::byte{'e'}, std::byte{'y'},
                           std::byte{' '}, std::byte{'b'}, std::byte{'l'}, std::byte{'a'},
                           std::byte{'n'}, std::byte{'k'}, std::byte{' '}, std::byte{'1'}};
  return key;
}

Key card_key_of_meter(const Key& order_key) {
  return of_label(order_key, label_meter_key);
}

Key key_of_card(const Key& meter_card_key, Role role, std::uint64_t serial) {
  ensure(role == Role::meter || role == Role::desk);
  std::array<std::byte, text_bytes + 1 + 8> text{};
  bytes::Writer to{text};
  write(to, label_role);
  to.byte(static_cast<std::uint8_t>(role));
  to.big(serial);
  return crypto::cmac(meter_card_key, text);
}

Key statement_key(const Key& meter_card_key) {
  return of_label(meter_card_key, label_statement);
}

Cryptogram terminal_cryptogram(const Key& key, const Handshake& handshake) {
  return of_handshake(key, label_terminal, handshake);
}

Cryptogram card_cryptogram(const Key& key, const Handshake& handshake) {
  return of_handshake(key, label_card, handshake);
}

SessionKeys session_keys(const Key& key, const Handshake& handshake) {
  return {of_handshake(key, label_encryption, handshake), of_handshake(key, label_authentication, handshake)};
}

}  // namespace lk::card
