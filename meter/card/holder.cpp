// SPDX-License-Identifier: Apache-2.0
#include "meter/card/holder.hpp"

namespace lk::card {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::metal:
      return "metal";
    case Outcome::mute:
      return "mute";
    case Outcome::forged:
      return "forged";
    case Outcome::unconvinced:
      return "unconvinced";
    case Outcome::blank:
      return "blank";
    case Outcome::foreign:
      return "foreign";
    case Outcome::not_allowed:
      return "not_allowed";
    case Outcome::other_meter:
      return "other_meter";
    case Outcome::other_card:
      return "other_card";
    case Outcome::damaged:
      return "damaged";
    case Outcome::not_opened:
      return "not_opened";
    case Outcome::stale:
      return "stale";
    case Outcome::disturbed:
      return "disturbed";
    case Outcome::pulled:
      return "pulled";
    case Outcome::over_limit:
      return "over_limit";
    case Outcome::not_ready:
      return "not_ready";
    case Outcome::item_refused:
      return "item_refused";
  }
  return "unknown";
}

}  // namespace lk::card
