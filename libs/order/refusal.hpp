// SPDX-License-Identifier: Apache-2.0
// Why a meter does not do an order. The numbers are the detail of the event `order refused`
// (docs/formats/modbus-map.md); towards the link all are answered alike.
#pragma once

#include <cstdint>

namespace lk::order {

enum class Refusal : std::uint8_t {
  forged = 1,        // the seal does not fit the bytes and this meter's key
  stale = 2,         // the sequence is not above the last accepted one: late, or replayed
  expired = 3,       // the meter's clock is past the expiry
  foreign = 4,       // for another meter
  unknown_verb = 5,  // sealed well, but this meter does not know the verb
  bad_argument = 6,  // sealed well, but the arguments have a wrong size or a value out of range
  malformed = 7,     // not an order: wrong size, or a version that this meter does not know
};

}  // namespace lk::order
