// SPDX-License-Identifier: Apache-2.0
// Why a security module did not do what it was asked. `reason` is for programs, `text` for people: what was
// wrong, where, and what to do. Neither ever holds a key, a half of one, a PIN or a passphrase.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace lk::vault {

enum class Reason : std::uint8_t {
  // what was asked
  meter_number,     // not a DRN of 11 or 13 digits with its check digit
  tariff_index,     // above 99
  unknown_group,    // no key of this supply group, revision and type
  key_not_loaded,   // the group is known, its key (or second half) has not been loaded
  not_yet_active,   // before the group's activation date
  key_retired,      // after the group's expiry date
  key_expired,      // the token identifier is beyond the key expiry number (KEN)
  limit_passed,     // the group's limit of uses, units or money is used up
  not_allowed,      // this module makes no such token; or a field does not fit its bits
  default_key,      // credit under a default key (DDTK)
  technology,       // a common key (DCTK) for a keypad meter
  algorithm,        // the key generation has no keys for this encryption algorithm (DKGA02 and EA11)
  no_tables,        // EA07 was asked and no table set is given
  key_type_change,  // the standard forbids this change of key type
  foreign_token,    // verify: not made under this key, mistyped, or damaged
  // the module: ask again later, nothing was issued
  module_locked,  // PIN or passphrase wrong, absent, or the token is locked
  module_gone,    // the module's file, token or connection is not there
  module_failed,  // the module answered with another failure
  audit_failed,   // the use could not be recorded on disk
  damaged,        // the vault's own files are not what was written
  in_use,         // another process works with these files
  mistaken,       // a wrong request of an officer; `text` tells
};

// A word for interfaces and logs: "unknown_group".
[[nodiscard]] std::string_view name(Reason reason);
// True where the fault is the module's: the same request may be answered later. False: it never will.
[[nodiscard]] bool is_fault_of_module(Reason reason);

struct Refusal {
  Reason reason = Reason::module_failed;
  std::string text;
};

template <class T>
using Answer = std::expected<T, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(Reason reason, std::string text) {
  return std::unexpected(Refusal{reason, std::move(text)});
}

}  // namespace lk::vault
