// SPDX-License-Identifier: Apache-2.0
// Who makes the keys of cards out of the meters' order keys (docs/formats/card.md). A meter's card key opens
// no credit and no order, only its cards and statements; so the desk may be given what is derived from it for
// one card. Any thread.
#pragma once

#include <string>

#include "card/exchange_keys.hpp"
#include "server/vault/refusal.hpp"

namespace lk::vault {

class CardKeeper {
 public:
  // The card key of a meter; of the site's query cards that of number 00000000000. Refused where the module
  // does not answer.
  [[nodiscard]] virtual Answer<card::Key> card_key(const std::string& number) = 0;

 protected:
  ~CardKeeper() = default;
};

}  // namespace lk::vault
