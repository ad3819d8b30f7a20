// SPDX-License-Identifier: Apache-2.0
// Any text as a token, and any block with a right check: decoding is safe, and what decodes encodes to the
// same digits.
#include <cstdlib>

#include "sts/codec.hpp"

namespace {

void check(std::string_view digits, const lk::sts::DecoderKey& key) {
  using namespace lk::sts;
  const auto token = decode(digits, key);
  if (!token.has_value() || std::holds_alternative<UnknownToken>(*token)) return;
  if (const auto* const group = std::get_if<SupplyGroupSection>(&*token); group != nullptr)
    return;  // has padding
  const Digits again = encode(*token, key);
  if (std::string_view{again.data(), again.size()} != digits) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::sts;
  static const DecoderKey ea11 = DecoderKey::ea11(std::array<std::byte, 16>{});
  static const DecoderKey ea07 = DecoderKey::ea07(0x0ABC12DEF3456789, sample_tables);
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check(text, ea11);
  check(text, ea07);
  if (size < 9) return 0;
  // Search near the given block for one whose check is right: the fuzzer cannot invert the cipher.
  std::uint64_t block = 0;
  for (std::size_t i = 0; i < 8; ++i) block = (block << 8U) | data[i];
  const auto token_class = static_cast<TokenClass>(data[8] & 3U);
  for (std::uint64_t low = 0; low <= 0xFF; ++low) {
    for (const DecoderKey* const key : {&ea11, &ea07}) {
      const Digits digits = to_digits({token_class, key->encrypt((block & ~0xFFULL) | low)});
      check({digits.data(), digits.size()}, *key);
    }
  }
  return 0;
}
