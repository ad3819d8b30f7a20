// SPDX-License-Identifier: Apache-2.0
// Tokens and keys a second on one core.
#include <benchmark/benchmark.h>

#include "sts/codec.hpp"
#include "sts/key_generation.hpp"

namespace lk::sts {
namespace {

DecoderKey key_of(EncryptionAlgorithm algorithm) {
  return algorithm == EncryptionAlgorithm::ea11 ? DecoderKey::ea11(std::array<std::byte, 16>{std::byte{1}})
                                                : DecoderKey::ea07(0x0ABC12DEF3456789, sample_tables);
}

void encode_currency_tokens(benchmark::State& state, EncryptionAlgorithm algorithm) {
  const DecoderKey key = key_of(algorithm);
  std::uint32_t tid = 0;
  for (auto _ : state) {
    tid = (tid + 1) & tid_max;
    const auto amount = encode_currency(quantity::Money::of(1'000'000 + tid));
    benchmark::DoNotOptimize(encode(CurrencyCredit{4, tid, *amount}, key));
  }
  state.SetItemsProcessed(state.iterations());
}

void decode_currency_tokens(benchmark::State& state, EncryptionAlgorithm algorithm) {
  const DecoderKey key = key_of(algorithm);
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
BENCHMARK_CAPTURE(decode_currency_tokens, ea11, EncryptionAlgorithm::ea11);
BENCHMARK_CAPTURE(decode_currency_tokens, ea07, EncryptionAlgorithm::ea07);
BENCHMARK(derive_keys);

}  // namespace
}  // namespace lk::sts
