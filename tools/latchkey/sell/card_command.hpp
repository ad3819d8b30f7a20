// SPDX-License-Identifier: Apache-2.0
// What the desk does with cards: `latchkey sell card …`, and `latchkey sell purchase --card`.
#pragma once

#include <string>

#include "tools/latchkey/sell/desk.hpp"

namespace CLI {
class App;
}

namespace lk::tools::sell {

// Where the card is.
struct CardPlace {
  std::string reader;     // of PC/SC; empty: the first one with a card
  std::string card_file;  // of a software card, in place of a reader
  int wait_s = 30;        // for a card
};

void add_place_options(CLI::App* command, CardPlace& place);
// The card there. Throws DeviceError or UserError.
[[nodiscard]] Desk open_desk(const CardPlace& place);
// The 11 digits of the card's meter; throws DeviceError where it has none.
[[nodiscard]] std::string meter_of(const Desk& desk);
// Puts a sale on the card; what the card brought is booked before.
void put_on_card(Desk& desk, const std::string& purpose, const std::string& purchase);

void add_card_commands(CLI::App* sell);

}  // namespace lk::tools::sell
