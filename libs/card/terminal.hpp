// SPDX-License-Identifier: Apache-2.0
// A reader's dialogue with a card, for whoever can wait for an answer (the desk, tools, tests); the meter's
// slot takes the same steps one by one (meter/card/exchange.hpp). One object for one insertion of one card.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "card/apdu.hpp"
#include "card/exchange_keys.hpp"
#include "card/files.hpp"
#include "card/secure_channel.hpp"
#include "card/statement.hpp"

namespace lk::card {

// A reader with a card in it.
class Reader {
 public:
  // Sends a command and waits for the response; nothing where the card or the reader is gone.
  [[nodiscard]] virtual std::optional<std::span<const std::byte>> transmit(
      std::span<const std::byte> command, std::span<std::byte, response_max_bytes> room) = 0;

 protected:
  ~Reader() = default;
};

// Why a step of a dialogue failed.
enum class Trouble : std::uint8_t {
  gone,       // no answer: the card was pulled, or the reader is gone
  foreign,    // it is not a Latchkey card
  forged,     // the card could not show that it has the key
  refused,    // the card could not be convinced, or did not do it
  disturbed,  // what came is not what the card sent, or cannot be
};

// One piece of a file that one sealed command can carry.
inline constexpr std::size_t piece_bytes = 192;

class Terminal {
 public:
  explicit Terminal(Reader& reader) : reader_(reader) {}

  // Opens the application and reads what the card is.
  [[nodiscard]] std::expected<About, Trouble> open();
  // Both ends prove that they have the key of this role; what follows is sealed.
  [[nodiscard]] std::expected<void, Trouble> authenticate(Role role, const Key& key,
                                                          const Challenge& challenge);
  // Fills `to` from a file's offset.
  [[nodiscard]] std::expected<void, Trouble> read(File file, std::size_t offset, std::span<std::byte> to);
  // Writes to a file's offset, piece after piece; each piece is whole or absent.
  [[nodiscard]] std::expected<void, Trouble> write(File file, std::size_t offset,
                                                   std::span<const std::byte> bytes);
  // Says what the card is for and gives it its keys, and empties it: in one step.
  [[nodiscard]] std::expected<void, Trouble> personalise(const About& about, const Key& meter,
                                                         const Key& desk);
  // What a query card has collected, from 1; nothing behind the last one.
  [[nodiscard]] std::expected<std::optional<StatementBytes>, Trouble> collected(std::uint8_t number);
  [[nodiscard]] std::expected<void, Trouble> erase_collected();

 private:
  using Data = std::expected<std::span<const std::byte>, Trouble>;
  [[nodiscard]] std::expected<Response, Trouble> exchange(const Command& command);
  [[nodiscard]] Data must(const Command& command);

  Reader& reader_;
  std::uint64_t serial_ = 0;
  std::optional<SecureChannel> channel_;
  std::array<std::byte, response_max_bytes> response_{};
  SecureChannel::DataRoom data_{};
};

// The two commands that stand in front of a session, for all who open one.
[[nodiscard]] Command select_command();
[[nodiscard]] Command about_command();
// A piece of a file by its short identifier, or, beyond the first 256 bytes, of the file that is current.
[[nodiscard]] Command read_command(File file, std::size_t offset, std::size_t size_bytes);
[[nodiscard]] Command write_command(File file, std::size_t offset, std::span<const std::byte> piece);

}  // namespace lk::card
