// SPDX-License-Identifier: Apache-2.0
// How vending gets tokens from a security module, whose refusals become vending's own. One per process; any
// thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"
#include "server/vending/pricing.hpp"

namespace lk::vault {
class SecurityModule;
}

namespace lk::vending {

// The key in a meter, as its record says.
struct MeterKey {
  std::string number;
  std::string supply_group_code;
  int key_revision_number = 1;
  int tariff_index = 1;

  bool operator==(const MeterKey&) const = default;
};
// "201457-1/01": supply group, revision, tariff index.
[[nodiscard]] std::string text_of(const MeterKey& key);

// What is public of a meter's vending key.
struct KeyFacts {
  std::int64_t base_date = 2014;  // year in which its identifiers begin
  std::int64_t key_expiry_number = 255;
};

// Who wants a token and what for: it goes into the vault's audit.
struct Wanted {
  std::string user;
  std::string reference;
};

struct CreditToken {
  std::string digits;
  quantity::Money credited;
};

struct KeyChange {
  std::vector<std::string> tokens;  // sections, in their order
  bool roll_over = false;           // the meter's identifiers begin anew
};

class TokenMaker {
 public:
  explicit TokenMaker(vault::SecurityModule& module) : module_(module) {}

  [[nodiscard]] std::expected<KeyFacts, SaleRefusal> facts(const MeterKey& key) const;
  // The token identifier after `last` under a base date, at this time.
  [[nodiscard]] static std::expected<std::int64_t, SaleRefusal> identifier(std::int64_t base_date,
                                                                           std::int64_t last,
                                                                           std::int64_t now_ms);
  // A currency credit token; nobody may see it, or what the two below make, before `settle` has returned.
  [[nodiscard]] std::expected<CreditToken, SaleRefusal> credit(const MeterKey& key, std::int64_t tid,
                                                               quantity::Money amount,
                                                               const Wanted& wanted) const;
  // A token of class 2 that is no key change: sub-class and 16-bit value of the standard.
  [[nodiscard]] std::expected<std::string, SaleRefusal> management(const MeterKey& key, std::int64_t tid,
                                                                   std::uint8_t sub_class,
                                                                   std::uint16_t value, std::uint8_t random,
                                                                   const Wanted& wanted) const;
  // The set that brings a meter from one key to another. `not_active_yet` where the new key is for later.
  [[nodiscard]] std::expected<KeyChange, SaleRefusal> key_change(const MeterKey& from, const MeterKey& to,
                                                                 std::int64_t now_ms,
                                                                 const Wanted& wanted) const;
  // Puts all uses so far on disk.
  [[nodiscard]] std::expected<void, SaleRefusal> settle() const;

 private:
  vault::SecurityModule& module_;
};

}  // namespace lk::vending
