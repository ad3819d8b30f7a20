// SPDX-License-Identifier: Apache-2.0
// Secure messaging of ISO 7816-4 with AES (the objects and rules of ICAO 9303-11, 9.8.7): every command and
// every response is encrypted and sealed, and counted, so that nothing between the ends can read, change,
// leave out or repeat one. One object is one end of one session; where anything is wrong the session is over.
//
//   command   0C INS P1 P2 Lc │ 87 L 01 cryptogram │ 97 01 Le │ 8E 08 seal │ 00
//   response                    87 L 01 cryptogram │ 99 02 SW │ 8E 08 seal │ 90 00
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "card/apdu.hpp"
#include "card/exchange_keys.hpp"
#include "crypto/aes128.hpp"

namespace lk::card {

// The class byte of a sealed command.
inline constexpr std::uint8_t secure_class = 0x0C;
// What a sealed command or response can carry.
inline constexpr std::size_t secure_data_max_bytes = 223;

class SecureChannel {
 public:
  using DataRoom = std::array<std::byte, answer_max_bytes>;

  explicit SecureChannel(const SessionKeys& keys);
  ~SecureChannel();
  SecureChannel(const SecureChannel&) = default;
  SecureChannel& operator=(const SecureChannel&) = default;

  // Terminal: seals a command of at most `secure_data_max_bytes` of data. Its class is left out.
  [[nodiscard]] std::span<const std::byte> seal(const Command& command,
                                                std::span<std::byte, command_max_bytes> room);
  // Terminal: what the card answered to it, data in `room`; nothing where it is not what the card sent.
  [[nodiscard]] std::optional<Response> open(const Response& response, DataRoom& room);

  // Card: the command that was sealed, its data in `room`; else the status to refuse it with.
  [[nodiscard]] std::expected<Command, Status> open(const Command& sealed, DataRoom& room);
  // Card: seals a good answer with at most `secure_data_max_bytes` of data.
  [[nodiscard]] std::span<const std::byte> seal_answer(std::span<const std::byte> data,
                                                       std::span<std::byte, response_max_bytes> room);

 private:
  using Block = crypto::Aes128::Block;

  void count();
  [[nodiscard]] std::array<std::byte, 8> tag_of(std::span<const std::byte> message) const;
  std::size_t encrypt(std::span<const std::byte> data, std::span<std::byte> to) const;
  [[nodiscard]] std::optional<std::size_t> decrypt(std::span<const std::byte> cryptogram, DataRoom& to) const;
  [[nodiscard]] bool verifies(const Command* command, std::span<const std::byte> objects,
                              std::span<const std::byte> tag) const;

  crypto::Aes128 encryption_;
  Key authentication_;
  Block counter_{};
};

}  // namespace lk::card
