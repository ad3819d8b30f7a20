// SPDX-License-Identifier: Apache-2.0
// Any text as a token: decoding is safe. Any fields as a token: what is encoded decodes to the same fields,
// and a change of any digit is either refused or decodes safely.
#include <cstdlib>

#include "bytes/bytes.hpp"
#include "sts/codec.hpp"

namespace {

using namespace lk::sts;

Token token_of(lk::bytes::Reader& reader, bool long_key) {
  const std::uint8_t kind = reader.byte();
  const auto four_bits = static_cast<std::uint8_t>(reader.byte() & 0xFU);
  const std::uint32_t tid = reader.big<std::uint32_t>() & tid_max;
  const auto word = reader.big<std::uint32_t>();
  const auto half = static_cast<std::uint16_t>(word);
  const auto sub = static_cast<std::uint8_t>(kind >> 4U);
  constexpr std::uint8_t management[] = {0, 1, 2, 5, 6, 7, 10, 10};
  if ((kind & 8U) != 0) {
    const auto token_class = static_cast<TokenClass>(four_bits % 3U);
    const auto algorithm = long_key ? EncryptionAlgorithm::ea11 : EncryptionAlgorithm::ea07;
    if (is_unknown(token_class, sub, algorithm)) {
      return UnknownToken{token_class, sub, (std::uint64_t{tid} << 20U) | (word & 0xF'FFFFU)};
    }
  }
  switch (kind & 7U) {
    case 0:
      return UnitCredit{static_cast<std::uint8_t>(sub & 3U), four_bits, tid, half};
    case 1:
      return CurrencyCredit{static_cast<std::uint8_t>(4U | (sub & 3U)), tid, {four_bits, half}};
    case 2:
      return Management{management[sub & 7U], four_bits, tid, half};
    case 3:
      return Test{1, word & 0xFFF'FFFFU, half};
    case 4:
      return FirstKeySection{four_bits,       static_cast<std::uint8_t>(sub),   (tid & 1U) != 0,
                             (tid & 2U) != 0, static_cast<KeyType>(tid >> 22U), word};
    case 5:
      return SecondKeySection{four_bits, static_cast<std::uint8_t>(tid), word};
    case 6:
      if (long_key) return FourthKeySection{static_cast<std::uint16_t>(tid & 0xFFFU), word};
      return SupplyGroupSection{tid};
    default:
      if (long_key) return ThirdKeySection{static_cast<std::uint16_t>(tid & 0xFFFU), word};
      return Test{2, word, static_cast<std::uint16_t>(half & 0xFFU)};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const DecoderKey ea11 = DecoderKey::ea11(std::array<std::byte, 16>{});
  static const DecoderKey ea07 = DecoderKey::ea07(0x0ABC12DEF3456789, sample_tables);
  const auto input = std::as_bytes(std::span{data, size});
  for (const DecoderKey* const key : {&ea11, &ea07}) {
    (void)decode({reinterpret_cast<const char*>(data), size}, *key);

    lk::bytes::Reader reader{input};
    const Token token = token_of(reader, key == &ea11);
    Digits digits = encode(token, *key);
    const auto back = decode({digits.data(), digits.size()}, *key);
    if (!back.has_value() || !(*back == token)) std::abort();

    digits[reader.byte() % digits.size()] = static_cast<char>(reader.byte());
    (void)decode({digits.data(), digits.size()}, *key);
  }
  return 0;
}
