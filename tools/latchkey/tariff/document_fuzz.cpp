// SPDX-License-Identifier: Apache-2.0
// Any text as a tariff: reading it is safe, and what is valid is valid to the meter too and can be told in
// words.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tariff/validate.hpp"
#include "tools/latchkey/tariff/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = lk::tools::parse_tariff({reinterpret_cast<const char*>(data), size});
  if (!document.is_valid()) return 0;
  if (lk::tariff::find_fault(document.set) || lk::tools::explain(document).empty()) std::abort();
  return 0;
}
