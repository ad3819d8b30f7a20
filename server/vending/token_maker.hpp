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
};

struct CreditToken {
  std::string digits;
  quantity::Money credited;
};

class TokenMaker {
 public:
  explicit TokenMaker(vault::SecurityModule& module) : module_(module) {}

  // The token identifier after `last` under this key, at this time.
  [[nodiscard]] std::expected<std::int64_t, SaleRefusal> identifier(const MeterKey& key, std::int64_t last,
                                                                    std::int64_t now_ms) const;
  // A currency credit token; nobody may see it before `settle` has returned.
  [[nodiscard]] std::expected<CreditToken, SaleRefusal> credit(const MeterKey& key, std::int64_t tid,
                                                               quantity::Money amount,
                                                               const std::string& user,
                                                               const std::string& reference) const;
  // Puts all uses so far on disk.
  [[nodiscard]] std::expected<void, SaleRefusal> settle() const;

 private:
  vault::SecurityModule& module_;
};

}  // namespace lk::vending
