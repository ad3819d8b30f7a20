// SPDX-License-Identifier: Apache-2.0
// The peer of derive_keys in sts_bench: the same derivation with OpenSSL's HMAC, its key blocks cached too.
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

#include "sts/key_generation.hpp"

namespace lk::sts {
namespace {

using Mac = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

void derive_keys_with_openssl(benchmark::State& state) {
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  const Mac mac{EVP_MAC_CTX_new(hmac), EVP_MAC_CTX_free};
  EVP_MAC_free(hmac);
  char digest_name[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
                                   OSSL_PARAM_construct_end()};
  const unsigned char vending_key[20] = {};
  if (EVP_MAC_init(mac.get(), vending_key, sizeof vending_key, parameters) != 1)
    state.SkipWithError("OpenSSL refuses the key");
  KeyAttributes attributes{.pan = *pan_of("00000000000"), .supply_group_code = 201'457};
  for (auto _ : state) {
    attributes.tariff_index = static_cast<std::uint8_t>((attributes.tariff_index + 1) % 100);
    const auto message = dkga04_message(attributes, EncryptionAlgorithm::ea11);
    unsigned char digest[32];
    std::size_t size = 0;
    EVP_MAC_init(mac.get(), nullptr, 0, nullptr);  // the same key again
    EVP_MAC_update(mac.get(), reinterpret_cast<const unsigned char*>(message->data()), message->size());
    EVP_MAC_final(mac.get(), digest, &size, sizeof digest);
    benchmark::DoNotOptimize(digest);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(derive_keys_with_openssl)->Threads(2)->UseRealTime();

}  // namespace
}  // namespace lk::sts
