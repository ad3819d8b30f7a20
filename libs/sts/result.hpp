// SPDX-License-Identifier: Apache-2.0
// What a meter answers to a token: the numbers of the token result register, as products list them in the
// order of IEC 62055-41 (TokenResult, ValidationResult, AuthenticationResult), and as
// docs/formats/modbus-map.md shows them.
#pragma once

#include <cstdint>

namespace lk::sts {

enum class TokenResult : std::uint16_t {
  none = 0,                // no token entered yet
  accept = 1,              // done
  first_key_change = 2,    // first section of a key change taken, more are needed
  second_key_change = 3,   // second section of a key change taken, more are needed
  overflow = 4,            // the credit register would overflow; not accepted
  key_type = 5,            // this change of key type is not allowed
  format = 6,              // not 20 digits, or not a token at all
  range = 7,               // a value is outside what this meter can do
  function = 8,            // this meter does not know the sub-class
  old = 9,                 // older than every token in the full store
  used = 10,               // accepted before
  key_expired = 11,        // issued after the expiry of the key
  default_key = 12,        // DDTKError: a credit token under a default key
  crc = 13,                // wrong check: mistyped, damaged or for another meter
  manufacturer_code = 14,  // a test token for another maker's meters
  locked_out = 15,         // too many wrong entries, wait
  not_ready = 16,          // could not be done now, enter it again
  third_key_change = 17,   // third section of a key change taken, more are needed; 17 and 18 are Latchkey's
  fourth_key_change = 18,  // fourth section of a key change taken, more are needed
};

}  // namespace lk::sts
