// SPDX-License-Identifier: Apache-2.0
// The meter's dialogue with a card, command by command (docs/formats/card.md). Whoever has the line sends
// what `next` gives and hands the response to `take`; between the two the meter goes on.
//
//   select ─► what are you? ─► challenge, proofs ─► load ─► items into the meter, one by one ─► statement
//                  └ query card ─────────────────────────────────────────────────────────────► statement
//
// Each item is stored in the meter with the mark that it is done; the statement comes after all. So a card
// that is pulled, or a power cut, at any place leaves an item done and marked, or neither, and the next
// insertion goes on from there. One object serves one insertion after another.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "card/apdu.hpp"
#include "card/files.hpp"
#include "card/secure_channel.hpp"
#include "meter/card/holder.hpp"

namespace lk::card {

class Exchange {
 public:
  explicit Exchange(Holder& holder) : holder_(holder) {}

  // A card with this serial has answered its reset.
  void begin(std::uint64_t serial);
  // The next command; nothing where there is work for the meter, or the dialogue is over.
  [[nodiscard]] std::optional<std::span<const std::byte>> next(std::span<std::byte, command_max_bytes> room,
                                                               quantity::Instant now);
  void take(std::span<const std::byte> response, quantity::Instant now);
  // True while items are to be given to the meter: `work` gives it one.
  [[nodiscard]] bool is_working() const { return step_ == Step::working; }
  void work(quantity::Instant now);

  [[nodiscard]] bool is_over() const { return step_ == Step::over; }
  [[nodiscard]] Outcome outcome() const { return outcome_; }
  [[nodiscard]] Purpose purpose() const { return load_.purpose; }
  [[nodiscard]] std::uint64_t serial() const { return serial_; }

 private:
  enum class Step : std::uint8_t {
    select,
    about,
    challenge,
    authenticate,
    load_begin,
    load_rest,
    last_statement,
    working,
    statement,
    collect,
    over,
  };

  [[nodiscard]] Command command_of_step(quantity::Instant now);
  void end(Outcome outcome);
  void take_about(std::span<const std::byte> data);
  void take_proof(std::span<const std::byte> data);
  void take_load(std::span<const std::byte> data);
  void take_last_statement(std::span<const std::byte> data);
  [[nodiscard]] Outcome judge_card() const;
  void resume(const Statement& on_card);
  void refuse_for_now(ItemResult result, Outcome outcome);
  void make_statement(quantity::Instant now);

  Holder& holder_;
  Step step_ = Step::over;
  Outcome outcome_ = Outcome::done;
  std::uint64_t serial_ = 0;
  About about_;
  Handshake handshake_;
  std::optional<SecureChannel> channel_;
  std::array<std::byte, load_max_bytes> load_room_{};
  std::size_t load_read_ = 0;
  std::size_t load_bytes_ = 0;  // 0: there is none on the card
  Load load_;
  Memory next_;  // what is to be remembered with the next item
  std::uint8_t done_count_ = 0;
  std::array<ItemResult, item_max> results_{};
  std::array<std::byte, statement_bytes> statement_{};  // or a proof
  SecureChannel::DataRoom data_{};
};

}  // namespace lk::card
