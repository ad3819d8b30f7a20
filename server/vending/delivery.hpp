// SPDX-License-Identifier: Apache-2.0
// What a gateway tells of a token that it gave to a meter, and what is sent next. A purchase or an
// engineering token is a list: the sections of a key change, then the token itself. Each goes out when the
// one before it is answered:
//
//   section ─► section ─► … ─► token ─► accepted
//      └ wrong key: the meter may have the new key already, so the next one is tried
//   token under the new key refused: the sections once more (some may have been lost in between), then over
//
// A repeat of any answer changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/meters/commands.hpp"
#include "server/meters/ports.hpp"

namespace lk::store {
struct Unit;
}

namespace lk::vending {

struct Delivery {
  meters::Ended command;
  std::string meter;
  std::string state;  // done, refused, expired, failed
  std::optional<std::int64_t> result;
  std::string detail;
  std::int64_t ts = 0;
};

// Brings a purchase or an engineering token one step further.
void take_delivery(store::Unit& unit, const meters::Ports& ports, const Delivery& delivery);

// What comes after an answer. Pure.
enum class Step { next, again, accepted, ended };
struct Answered {
  std::size_t index = 0;     // of the token that was answered
  std::size_t sections = 0;  // tokens of key changes; what is behind them is the token itself
  std::size_t size = 1;      // all
  std::string_view state;
  std::optional<std::int64_t> result;
  bool may_repeat = false;  // the list was sent once only
};
[[nodiscard]] Step step_after(const Answered& answered);

}  // namespace lk::vending
