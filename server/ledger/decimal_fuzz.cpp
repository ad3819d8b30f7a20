// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "assert/assert.hpp"
#include "server/ledger/decimal.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view text(reinterpret_cast<const char*>(data), size_bytes);
  if (const auto amount = lk::ledger::parse_money(text)) {
    lk::ensure(lk::ledger::parse_money(lk::ledger::print(*amount)) == amount);
  }
  if (const auto price = lk::ledger::parse_price(text)) {
    lk::ensure(lk::ledger::parse_price(lk::ledger::print(*price)) == price);
  }
  return 0;
}
