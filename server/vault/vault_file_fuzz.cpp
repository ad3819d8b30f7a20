// SPDX-License-Identifier: Apache-2.0
// A vault file and an audit from anybody: whatever decodes must encode to the same bytes.
#include <algorithm>
#include <string_view>

#include "assert/assert.hpp"
#include "server/vault/audit_entry.hpp"
#include "server/vault/contents.hpp"
#include "server/vault/envelope.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::vault;
  const std::span<const std::byte> bytes{reinterpret_cast<const std::byte*>(data), size};
  if (const auto header = decode_header(bytes)) {
    lk::ensure(std::ranges::equal(encode(*header), bytes.first(header_bytes)));
  }
  if (const auto contents = decode_contents(bytes)) {
    const Secret again = encode(*contents);
    const auto twice = decode_contents(again.bytes());
    lk::ensure(twice.has_value() && std::ranges::equal(encode(*twice).bytes(), again.bytes()));
  }
  AuditHead head;
  (void)entry_of({reinterpret_cast<const char*>(data), size}, head);
  return 0;
}
