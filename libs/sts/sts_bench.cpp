// SPDX-License-Identifier: Apache-2.0
// Tokens and keys a second, on one core and on two at once.
#include <benchmark/benchmark.h>

#include "sts/codec.hpp"
#include "sts/key_generation.hpp"

namespace lk::sts {
namespace {

// The key of meter `number`: each sale has another.
DecoderKey key_of(EncryptionAlgorithm algorithm, std::uint32_t number) {
  if (algorithm == EncryptionAlgorithm::ea07) {
    return DecoderKey::ea07(0x0ABC12DEF3456789 + number, sample_tables);
  }
  std::array<std::byte, 16> key{};
  bytes::Writer{key}.big(number);
  return DecoderKey::ea11(key);
}

// A token as a sale makes it: key schedule, amount, check, cipher, digits.
void encode_currency_tokens(benchmark::State& state, EncryptionAlgorithm algorithm) {
  std::uint32_t tid = 0;
  for (auto _ : state) {
    tid = (tid + 1) & tid_max;
    const auto amount = encode_currency(quantity::Money::of(1'000'000 + tid));
    benchmark::DoNotOptimize(encode(CurrencyCredit{4, tid, *amount}, key_of(algorithm, tid)));
  }
  state.SetItemsProcessed(state.iterations());
}

void decode_currency_tokens(benchmark::State& state, EncryptionAlgorithm algorithm) {
  const DecoderKey key = key_of(algorithm, 1);
  std::array<Digits, 1024> tokens;
  for (std::uint32_t i = 0; i < tokens.size(); ++i)
    tokens[i] = encode(CurrencyCredit{4, i, {0, 0x60AA}}, key);
  std::size_t next = 0;
  for (auto _ : state) {
    const Digits& digits = tokens[next++ % tokens.size()];
    const auto token = decode({digits.data(), digits.size()}, key);
    if (!token.has_value()) state.SkipWithError("not decoded");
    benchmark::DoNotOptimize(token);
  }
  state.SetItemsProcessed(state.iterations());
}

void derive_keys(benchmark::State& state) {
  const VendingKey vending{std::array<std::byte, 20>{}};
  KeyAttributes attributes{.pan = *pan_of("00000000000"), .supply_group_code = 201'457};
  for (auto _ : state) {
    attributes.tariff_index = static_cast<std::uint8_t>((attributes.tariff_index + 1) % 100);
    benchmark::DoNotOptimize(vending.derive_ea11(attributes));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(encode_currency_tokens, ea11, EncryptionAlgorithm::ea11);
BENCHMARK_CAPTURE(encode_currency_tokens, ea07, EncryptionAlgorithm::ea07);
BENCHMARK_CAPTURE(encode_currency_tokens, ea11, EncryptionAlgorithm::ea11)->Threads(2)->UseRealTime();
BENCHMARK_CAPTURE(encode_currency_tokens, ea07, EncryptionAlgorithm::ea07)->Threads(2)->UseRealTime();
BENCHMARK_CAPTURE(decode_currency_tokens, ea11, EncryptionAlgorithm::ea11);
BENCHMARK_CAPTURE(decode_currency_tokens, ea07, EncryptionAlgorithm::ea07);
BENCHMARK(derive_keys);
BENCHMARK(derive_keys)->Threads(2)->UseRealTime();

}  // namespace
}  // namespace lk::sts
