// SPDX-License-Identifier: Apache-2.0
// A card slot in memory: a software card behind its contacts, character by character in their own time, or
// what else people put in. The card can be pulled after any number of characters. All chance comes from the
// seed. The card must outlive its stay; time goes on with `advance` only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>

#include "card/operating_system.hpp"
#include "card/t0_card.hpp"
#include "port/card_slot.hpp"
#include "quantity/quantity.hpp"

namespace lk::sim {

class CardContacts final : public port::CardSlot, private card::T0Card::Applet {
 public:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  explicit CardContacts(std::uint64_t seed) : seed_(seed), line_(*this) {}

  void insert(card::OperatingSystem& card);
  // A card the wrong way round: its contacts touch nothing.
  void insert_reversed() { put(Content::reversed); }
  void insert_metal() { put(Content::metal); }
  // A card of another maker, which answers its reset with this and refuses every command.
  void insert_foreign(std::span<const std::byte> answer_to_reset);
  void pull();
  // The card is pulled when so many more characters have gone over the line, either way.
  void pull_after(std::uint64_t characters) { left_ = characters; }
  [[nodiscard]] std::uint64_t character_count() const { return character_count_; }
  [[nodiscard]] bool has_supply() const { return has_supply_; }

  // Lets the line go on until now; to be called before the slot is polled.
  void advance(quantity::Instant now);

  [[nodiscard]] bool is_inserted() override { return content_ != Content::nothing; }
  [[nodiscard]] bool is_overloaded() override { return has_supply_ && content_ == Content::metal; }
  void set(port::CardContact contact, bool is_on) override;
  [[nodiscard]] bool can_send() override { return has_supply_ && to_card_.size() < fifo_characters; }
  void send(std::byte character) override;
  [[nodiscard]] std::optional<std::byte> receive() override;

 private:
  enum class Content : std::uint8_t { nothing, card, foreign, reversed, metal };
  struct Character {
    std::byte value;
    std::int64_t at_us;  // when it is whole
  };
  static constexpr std::size_t fifo_characters = 16;

  std::span<const std::byte> serve(std::span<const std::byte> command,
                                   std::span<std::byte, card::response_max_bytes> room) override;
  void put(Content content);
  void reset_card();
  void let_card_speak(std::int64_t from_us);
  [[nodiscard]] bool count_character();

  std::uint64_t seed_;
  std::uint64_t reset_count_ = 0;
  Content content_ = Content::nothing;
  card::OperatingSystem* card_ = nullptr;
  std::array<std::byte, 33> foreign_answer_{};
  std::size_t foreign_bytes_ = 0;
  card::T0Card line_;
  bool has_supply_ = false;
  bool has_clock_ = false;
  bool is_reset_high_ = false;
  std::int64_t now_us_ = 0;
  std::int64_t free_at_us_ = 0;  // the line
  std::deque<Character> to_card_;
  std::deque<Character> to_reader_;
  std::uint64_t left_ = never;
  std::uint64_t character_count_ = 0;
};

}  // namespace lk::sim
