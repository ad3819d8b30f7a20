// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA-256, DES and triple DES, and the decoder keys made with them, against OpenSSL over random keys and
// messages. On a PC only.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bytes/bytes.hpp"
#include "crypto/des.hpp"
#include "crypto/hmac.hpp"
#include "sts/key_generation.hpp"

namespace lk::sts {
namespace {

std::uint64_t seed() {
  const char* const given = std::getenv("LK_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 2104;
}

const unsigned char* data_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::vector<std::byte> random_bytes(std::mt19937_64& random, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
  return bytes;
}

crypto::Sha256::Digest openssl_hmac(std::span<const std::byte> key, std::span<const std::byte> message) {
  crypto::Sha256::Digest digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), data_of(key), static_cast<int>(key.size()), data_of(message), message.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &size);
  EXPECT_EQ(size, digest.size());
  return digest;
}

// Single DES is triple DES with one key three times; OpenSSL 3 has the former in its legacy provider only.
std::uint64_t openssl_triple_des(std::uint64_t key_1, std::uint64_t key_2, std::uint64_t plain) {
  std::array<std::byte, 24> key{};
  bytes::Writer keys{key};
  for (const std::uint64_t part : {key_1, key_2, key_1}) keys.big(part);
  std::array<std::byte, 8> in{};
  bytes::Writer{in}.big(plain);
  std::array<std::byte, 16> out{};
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher{EVP_CIPHER_CTX_new(),
                                                                               EVP_CIPHER_CTX_free};
  int size = 0;
  EXPECT_EQ(EVP_EncryptInit_ex(cipher.get(), EVP_des_ede3_ecb(), nullptr, data_of(key), nullptr), 1);
  EVP_CIPHER_CTX_set_padding(cipher.get(), 0);
  EXPECT_EQ(
      EVP_EncryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(out.data()), &size, data_of(in), 8),
      1);
  EXPECT_EQ(size, 8);
  return bytes::Reader{out}.big<std::uint64_t>();
}

TEST(AgainstOpenssl, HmacOfAnyKeyAndMessage) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  std::mt19937_64 random{seed()};
  for (int i = 0; i < 300; ++i) {
    const auto key = random_bytes(random, 1 + random() % 100);
    const auto message = random_bytes(random, random() % 300);
    ASSERT_EQ(crypto::HmacSha256{key}.of(message), openssl_hmac(key, message)) << "message " << i;
  }
}

TEST(AgainstOpenssl, DesAndTripleDesOfAnyKeyAndBlock) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  std::mt19937_64 random{seed()};
  for (int i = 0; i < 300; ++i) {
    const std::uint64_t key_1 = random();
    const std::uint64_t key_2 = random();
    const std::uint64_t plain = random();
    ASSERT_EQ(crypto::des_encrypt(key_1, plain), openssl_triple_des(key_1, key_1, plain)) << "block " << i;
    ASSERT_EQ(crypto::des_decrypt(key_1, crypto::des_encrypt(key_1, plain)), plain) << "block " << i;
    ASSERT_EQ(crypto::triple_des_encrypt(key_1, key_2, plain), openssl_triple_des(key_1, key_2, plain))
        << "block " << i;
  }
}

TEST(AgainstOpenssl, DecoderKeysOfAnyMeter) {
  SCOPED_TRACE("seed " + std::to_string(seed()));
  std::mt19937_64 random{seed()};
  for (int i = 0; i < 200; ++i) {
    const auto vending = random_bytes(random, 20);
    const Drn drn = make_drn(static_cast<std::uint8_t>(random() % 100),
                             static_cast<std::uint32_t>(random() % 100'000'000));
    const KeyAttributes attributes{.pan = *pan_of(text(drn)),
                                   .key_type = static_cast<KeyType>(random() % 4),
                                   .supply_group_code = static_cast<std::uint32_t>(random() % 1'000'000),
                                   .tariff_index = static_cast<std::uint8_t>(random() % 100),
                                   .key_revision_number = static_cast<std::uint8_t>(1 + random() % 9),
                                   .base_date = static_cast<BaseDate>(random() % 3)};
    for (const auto algorithm : {EncryptionAlgorithm::ea07, EncryptionAlgorithm::ea11}) {
      const auto key = derive_key(KeyGenerationAlgorithm::dkga04, vending, algorithm, attributes);
      ASSERT_TRUE(key.has_value());
      const auto digest = openssl_hmac(vending, *dkga04_message(attributes, algorithm));
      ASSERT_TRUE(std::ranges::equal(key->view(), std::span{digest}.first(key->view().size())))
          << "key " << i;
    }
  }
}

}  // namespace
}  // namespace lk::sts
