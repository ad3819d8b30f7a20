// SPDX-License-Identifier: Apache-2.0
// The slot of a virtual meter as people use it: a card's file is put in and pulled out, or what else gets
// into slots. What is in it stays there when the meter loses its power. One thread.
#pragma once

#include <memory>
#include <string>

#include "port/posix/card_file.hpp"
#include "port/sim/card_contacts.hpp"

namespace lk::host {

class CardTray {
 public:
  explicit CardTray(std::uint64_t seed) : contacts_(seed) {}

  // Puts the card of this file in; empty, or a sentence that says why not.
  [[nodiscard]] std::string insert(const std::string& path);
  [[nodiscard]] std::string insert_metal();
  // The card the wrong way round; which one it is does not matter.
  [[nodiscard]] std::string insert_reversed();
  [[nodiscard]] std::string pull();
  // The meter is without power, and so is the card.
  void lose_power();

  [[nodiscard]] bool is_empty() { return !contacts_.is_inserted(); }
  [[nodiscard]] sim::CardContacts& contacts() { return contacts_; }

 private:
  sim::CardContacts contacts_;
  std::unique_ptr<posix::CardFile> card_;
};

}  // namespace lk::host
