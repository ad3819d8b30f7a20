// SPDX-License-Identifier: Apache-2.0
// What vending asks of whoever holds the vending keys, shaped after what the field's security modules offer
// (STS 600-8-6: credit, management, key change, verify, group attributes): the embedded vault is one
// (`Vault`, over a sealed file or a PKCS#11 module), a remote module would be another.
//
//   vending ──TokenRequest──► SecurityModule ──► checks, limits, audit entry ──► decoder key ──► 20 digits
//
// Requests say all that the token holds (identifier, random nibble), so the same request gives the same
// token: after a lost answer it may be asked again. It is counted and audited each time.
//
// A use is on disk when the call returns, unless `settle_later` is set: then the caller calls `settle` before
// anybody sees the token, once for many. An audit entry whose token was never sold (the caller's transaction
// was undone) is harmless; a token without an entry cannot be.
//
// All functions may be called from any thread at once. They wait for the module, for at most its own
// time-out.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "server/vault/key_group.hpp"
#include "server/vault/refusal.hpp"
#include "sts/decoder_key.hpp"
#include "sts/token.hpp"

namespace lk::vault {

// How a token gets into the meter (IEC 62055-41, 6.1.3).
enum class TokenTechnology : std::uint8_t {
  magnetic_card = 1,
  keypad = 2,
  virtual_token = 7,
};

// What a meter's decoder key is made from.
struct MeterKey {
  std::string number;  // DRN, 11 or 13 digits
  GroupName group;
  std::uint8_t tariff_index = 1;  // 0 to 99
  sts::EncryptionAlgorithm algorithm = sts::EncryptionAlgorithm::ea11;
  TokenTechnology technology = TokenTechnology::keypad;
};

// Who wants it and what for; both go into the audit, at most 64 printable characters of each.
struct Cause {
  std::string user;
  std::string reference;  // the purchase's or order's identity
};

// Class 0 and class 2 but key changes; class 1 (sts::Test) is for all meters and needs no key.
using TokenContent = std::variant<sts::UnitCredit, sts::CurrencyCredit, sts::Management>;

struct TokenRequest {
  MeterKey meter;
  TokenContent content;
  Cause cause;
  bool settle_later = false;
};

struct IssuedToken {
  std::string digits;  // 20
  std::uint64_t audit_number = 0;
};

struct KeyChangeRequest {
  MeterKey from;                   // the key in the meter: the tokens are encrypted under it
  MeterKey to;                     // same number, encryption algorithm and technology
  bool with_supply_group = false;  // EA07: three tokens, the third carries the supply group code
  std::uint32_t tid = 0;  // of now, under the new key's base date: refused where the new key is expired
  Cause cause;
  bool settle_later = false;
};

struct IssuedKeyChange {
  std::vector<std::string> tokens;  // in the order of their sections: 2, 3 or 4
  bool roll_over = false;           // the meter's identifiers begin anew
  std::uint8_t key_expiry_number = 255;
  std::uint64_t audit_number = 0;
};

struct VerifyRequest {
  MeterKey meter;
  std::string digits;
  Cause cause;
};

enum class Standing : std::uint8_t {
  valid,
  key_expired,  // authentic, its identifier is beyond the key expiry number
  default_key,  // authentic, credit under a default key: no meter takes it
};

struct VerifiedToken {
  sts::Token content;
  Standing standing = Standing::valid;
};

class SecurityModule {
 public:
  // A credit or management token. The limits count the units or money that the token carries.
  [[nodiscard]] virtual Answer<IssuedToken> issue_token(const TokenRequest& request) = 0;
  // The set of tokens that brings a meter from one key to another. The old key may be expired, the new one
  // not.
  [[nodiscard]] virtual Answer<IssuedKeyChange> issue_key_change(const KeyChangeRequest& request) = 0;
  // What a token says, if it was made under the meter's key. Counts against no limit; has its audit entry.
  [[nodiscard]] virtual Answer<VerifiedToken> verify_token(const VerifyRequest& request) = 0;
  // Puts all uses so far on disk.
  [[nodiscard]] virtual Answer<void> settle() = 0;

  // What is public of a group: base date and KEN for token identifiers, dates, limits, what is used of them.
  [[nodiscard]] virtual Answer<KeyGroup> group(const GroupName& name) = 0;
  [[nodiscard]] virtual std::vector<KeyGroup> groups() = 0;
  // Whether the module answers now; reconnects where it was gone.
  [[nodiscard]] virtual Answer<void> probe() = 0;

 protected:
  ~SecurityModule() = default;
};

}  // namespace lk::vault
