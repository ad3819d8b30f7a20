// SPDX-License-Identifier: Apache-2.0
#include "server/vault/module_custody.hpp"

#include <algorithm>
#include <utility>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/secret.hpp"
#include "crypto/sha256.hpp"
#include "server/vault/pkcs11_calls.hpp"

namespace lk::vault {
namespace {

using Grip = Pkcs11Token::Grip;
using Block = std::array<std::byte, 16>;
using sts::KeyGenerationAlgorithm;

constexpr std::size_t integrity_key_bytes = 32;
constexpr std::size_t half_bytes = 32;  // of a half, padded, before it is encrypted
constexpr std::byte is_des{1};          // first byte of what is kept of a DKGA02 or 03 key; else triple DES

std::array<std::byte, 8> bytes_of(std::uint64_t block) {
  std::array<std::byte, 8> bytes;
  bytes::Writer{bytes}.big(block);
  return bytes;
}

Secret padded(const Secret& key, std::size_t size_bytes) {
  Secret whole(size_bytes);
  std::ranges::copy(key.bytes(), whole.bytes().begin());
  return whole;
}

}  // namespace

ModuleCustody::ModuleCustody(std::unique_ptr<Pkcs11Token> token, const VaultId& id)
    : token_(std::move(token)), id_(id) {}

std::string ModuleCustody::id_of(char role) const {
  std::string id(reinterpret_cast<const char*>(id_.data()), id_.size());
  return id + role;
}

std::string ModuleCustody::id_of(const GroupName& group) const {
  std::array<std::byte, 6> name;
  bytes::Writer writer{name};
  writer.big(group.supply_group_code);
  writer.byte(group.key_revision_number);
  writer.byte(static_cast<std::uint8_t>(group.key_type));
  return id_of('v') + std::string(reinterpret_cast<const char*>(name.data()), name.size());
}

Answer<void> ModuleCustody::make_vault_objects() {
  return token_->run("the vault's own keys cannot be made", [&](const Grip& grip) {
    KeyTemplate integrity(CKK_GENERIC_SECRET, id_of('i'), "latchkey integrity key");
    integrity.may(CKA_SIGN).value_bytes(integrity_key_bytes);
    KeyTemplate custody(CKK_AES, id_of('c'), "latchkey custody key");
    custody.may(CKA_ENCRYPT).may(CKA_DECRYPT).value_bytes(32);
    KeyTemplate master(CKK_AES, id_of('o'), "latchkey order master key");
    master.may(CKA_SIGN).value_bytes(16);
    if (const CK_RV result = integrity.generate(grip, CKM_GENERIC_SECRET_KEY_GEN); result != CKR_OK)
      return result;
    if (const CK_RV result = custody.generate(grip, CKM_AES_KEY_GEN); result != CKR_OK) return result;
    return master.generate(grip, CKM_AES_KEY_GEN);
  });
}

void ModuleCustody::learn(const Contents& contents) {
  kept_.clear();
  for (const GroupRecord& record : contents.groups) {
    if (!record.key.empty()) kept_.emplace(record.group.name, Secret::copy_of(record.key.bytes()));
  }
}

Answer<sts::KeyBits> ModuleCustody::decoder_key(const GroupName& group, KeyGenerationAlgorithm generation,
                                                sts::EncryptionAlgorithm algorithm,
                                                const sts::KeyAttributes& attributes) {
  const std::string id = id_of(group);
  if (generation == KeyGenerationAlgorithm::dkga04) {
    const auto message = value_of(sts::dkga04_message(attributes, algorithm));
    crypto::Sha256::Digest digest;
    const auto done = token_->run(text(group), [&](const Grip& grip) {
      CK_OBJECT_HANDLE key = 0;
      if (const CK_RV result = grip.find(id, key); result != CKR_OK) return result;
      return sign(grip, CKM_SHA256_HMAC, key, message, digest);
    });
    if (!done) return std::unexpected(done.error());
    sts::KeyBits bits(algorithm,
                      std::span{digest}.first(algorithm == sts::EncryptionAlgorithm::ea11 ? 16 : 8));
    crypto::wipe(digest);
    return bits;
  }
  const std::uint64_t block = value_of(sts::dkga02_block(attributes));
  auto made = block_cipher(group, block, id);
  if (!made) return std::unexpected(made.error());
  std::uint64_t key = *made ^ block;
  if (generation == KeyGenerationAlgorithm::dkga02) {
    // The module decrypts the mask, which holds the vending key, and adds what is the initial vector.
    const Secret& kept = kept_.at(group);
    Block initial{};
    std::ranges::copy(bytes_of(key), initial.begin());
    Block sum;
    if (auto done = cbc(false, initial, kept.bytes().subspan(1), sum); !done)
      return std::unexpected(done.error());
    key = bytes::Reader{sum}.big<std::uint64_t>();
    crypto::wipe(sum);
    crypto::wipe(initial);
  }
  auto whole = bytes_of(key);
  sts::KeyBits bits(algorithm, whole);
  crypto::wipe(whole);
  crypto::wipe_value(key);
  crypto::wipe_value(*made);
  return bits;
}

// The block under a group's DES or triple DES key.
Answer<std::uint64_t> ModuleCustody::block_cipher(const GroupName& group, std::uint64_t block,
                                                  const std::string& id) {
  const auto found = kept_.find(group);
  if (found == kept_.end())
    return refuse(Reason::damaged, text(group) + ": the vault file does not tell its cipher");
  const CK_MECHANISM_TYPE mechanism = found->second.bytes().front() == is_des ? CKM_DES_ECB : CKM_DES3_ECB;
  const auto in = bytes_of(block);
  std::array<std::byte, 8> out;
  const auto done = token_->run(text(group), [&](const Grip& grip) {
    CK_OBJECT_HANDLE key = 0;
    if (const CK_RV result = grip.find(id, key); result != CKR_OK) return result;
    return encrypt(grip, mechanism, key, {}, in, out);
  });
  if (!done) return std::unexpected(done.error());
  const auto made = bytes::Reader{out}.big<std::uint64_t>();
  crypto::wipe(out);
  return made;
}

Answer<void> ModuleCustody::cbc(bool encrypts, std::span<const std::byte, 16> initial,
                                std::span<const std::byte> in, std::span<std::byte> out) {
  return token_->run("custody key", [&](const Grip& grip) {
    CK_OBJECT_HANDLE key = 0;
    if (const CK_RV result = grip.find(id_of('c'), key); result != CKR_OK) return result;
    return encrypts ? encrypt(grip, CKM_AES_CBC, key, initial, in, out)
                    : decrypt(grip, CKM_AES_CBC, key, initial, in, out);
  });
}

Answer<order::Key> ModuleCustody::order_key(std::uint64_t meter_number) {
  const auto text = order::derivation_text(meter_number);
  order::Key made;
  const auto done = token_->run("order master key", [&](const Grip& grip) {
    CK_OBJECT_HANDLE key = 0;
    if (const CK_RV result = grip.find(id_of('o'), key); result != CKR_OK) return result;
    return sign(grip, CKM_AES_CMAC, key, text, made);
  });
  if (!done) return std::unexpected(done.error());
  return made;
}

Answer<void> ModuleCustody::probe() {
  return token_->run("does not answer", [&](const Grip& grip) {
    CK_SESSION_INFO about{};
    const CK_RV result = grip.calls().C_GetSessionInfo(grip.session(), &about);
    if (result != CKR_OK) return result;
    const bool is_open = about.state == CKS_RO_USER_FUNCTIONS || about.state == CKS_RW_USER_FUNCTIONS;
    return is_open ? CK_RV{CKR_OK} : CK_RV{CKR_USER_NOT_LOGGED_IN};
  });
}

Answer<Secret> ModuleCustody::random(std::size_t size_bytes) {
  Secret bytes(size_bytes);
  auto done = token_->run("gives no random bytes", [&](const Grip& grip) {
    return grip.calls().C_GenerateRandom(grip.session(), reinterpret_cast<CK_BYTE_PTR>(bytes.bytes().data()),
                                         size_bytes);
  });
  if (!done) return std::unexpected(std::move(done.error()));
  return bytes;
}

Answer<Secret> ModuleCustody::keep_half(const Secret& half) {
  const auto initial = random(16);
  if (!initial) return std::unexpected(initial.error());
  Secret kept(16 + half_bytes);
  std::ranges::copy(initial->bytes(), kept.bytes().begin());
  if (auto done =
          cbc(true, kept.bytes().first<16>(), padded(half, half_bytes).bytes(), kept.bytes().subspan(16));
      !done) {
    return std::unexpected(std::move(done.error()));
  }
  return kept;
}

Answer<Secret> ModuleCustody::half_of(const Secret& kept, std::size_t size_bytes) {
  if (kept.size() != 16 + half_bytes) return refuse(Reason::damaged, "the first half is not as it was kept");
  Secret half(half_bytes);
  if (auto done = cbc(false, kept.bytes().first<16>(), kept.bytes().subspan(16), half.bytes()); !done) {
    return std::unexpected(std::move(done.error()));
  }
  half.shorten(size_bytes);
  return half;
}

Answer<Tag> ModuleCustody::authenticate(std::span<const std::byte> file) {
  const auto digest = crypto::Sha256::of(file);
  Tag tag;
  auto done = token_->run("integrity key", [&](const Grip& grip) {
    CK_OBJECT_HANDLE key = 0;
    if (const CK_RV result = grip.find(id_of('i'), key); result != CKR_OK) return result;
    return sign(grip, CKM_SHA256_HMAC, key, digest, tag);
  });
  if (!done) return std::unexpected(std::move(done.error()));
  return tag;
}

}  // namespace lk::vault
