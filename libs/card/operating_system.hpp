// SPDX-License-Identifier: Apache-2.0
// A Latchkey card's operating system as docs/formats/card.md specifies it: commands in, responses out, files
// in a journal, so that each command that writes is done whole or not at all, whenever the card is pulled.
// It runs in `latchkey card`, in the virtual meter's slot and in tests, and is the model that a real card's
// applet is checked against. No heap; the memory must outlive it. One thread.
//
//   reset ─► ∅ ──select──► open files ──challenge, authenticate──► sealed commands by the key's role
//            ▲                                                          │ any refusal, any wrong seal
//            └──────────────────────────────────────────────────────────┘
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "card/apdu.hpp"
#include "card/exchange_keys.hpp"
#include "card/files.hpp"
#include "card/secure_channel.hpp"
#include "card/statement.hpp"
#include "journal/journal.hpp"

namespace lk::card {

class OperatingSystem {
 public:
  // The smallest memory it can live in: pages of 2 KiB, four of them.
  static constexpr journal::Geometry usual_geometry{
      .page_size_bytes = 2048, .page_count = 8, .program_size_bytes = 8};

  explicit OperatingSystem(journal::Storage& memory);
  OperatingSystem(const OperatingSystem&) = delete;
  OperatingSystem& operator=(const OperatingSystem&) = delete;

  // Makes a blank card of an erased memory; false where the memory fails or holds a card already.
  [[nodiscard]] bool make(std::uint64_t serial);
  // The card gets power, or a reset: all but its files is forgotten. `entropy` is from the chip's random
  // source and must differ each time. False where the memory holds no card: it then does not answer.
  [[nodiscard]] bool reset(const Challenge& entropy);
  // Answer to reset.
  [[nodiscard]] std::array<std::byte, 13> answer_to_reset() const;
  // One command; the response stands in `room`. Any bytes are safe.
  [[nodiscard]] std::span<const std::byte> serve(std::span<const std::byte> command,
                                                 std::span<std::byte, response_max_bytes> room);

  // What its owner may see without a key, for a tool.
  [[nodiscard]] const About& about() const { return about_; }
  // A file as stored (also what the card itself would not give without a key); empty where there is none.
  [[nodiscard]] std::span<const std::byte> file(File file, std::span<std::byte, load_max_bytes> room);

 private:
  struct Answer {
    Status status = Status::done;
    std::size_t size_bytes = 0;  // in `answer_`
  };

  [[nodiscard]] Answer act(const Command& command, bool is_sealed);
  [[nodiscard]] Answer select(const Command& command);
  [[nodiscard]] Answer give_challenge(const Command& command);
  [[nodiscard]] Answer authenticate(const Command& command);
  [[nodiscard]] Answer read(const Command& command);
  [[nodiscard]] Answer update(const Command& command);
  [[nodiscard]] Answer read_record(const Command& command);
  [[nodiscard]] Answer append_record(const Command& command);
  [[nodiscard]] Answer erase(const Command& command);
  [[nodiscard]] Answer personalise(const Command& command);
  [[nodiscard]] bool is_readable(File file) const;
  [[nodiscard]] bool is_writable(File file) const;
  [[nodiscard]] std::optional<File> file_of(const Command& command, std::size_t& offset);
  [[nodiscard]] bool store_file(File file, std::span<const std::byte> bytes);
  [[nodiscard]] std::optional<Key> key_of(Role role);
  [[nodiscard]] std::uint8_t collected_count();
  void end_session();

  static constexpr std::size_t key_count = 5 + 1 + collected_max;

  std::array<journal::Slot, key_count> slots_{};
  journal::Journal journal_;
  About about_;
  Challenge random_{};
  std::optional<Challenge> challenge_;
  std::optional<SecureChannel> channel_;
  Role role_ = Role::none;
  File current_ = File::about;
  bool is_selected_ = false;
  std::array<std::byte, answer_max_bytes> answer_{};
};

}  // namespace lk::card
