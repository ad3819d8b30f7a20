// SPDX-License-Identifier: Apache-2.0
// How a vending key gets into the token: made as a new object, seen to give its check value, then put in the
// old one's place.
#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "server/vault/module_custody.hpp"
#include "server/vault/pkcs11_calls.hpp"

namespace lk::vault {
namespace {

using Grip = Pkcs11Token::Grip;
using sts::KeyGenerationAlgorithm;

constexpr std::size_t hmac_key_bytes =
    32;  // zeros at an HMAC key's end change nothing, and modules ask for 32

// One way in which a token may hold a key; older ones know DES, newer ones only triple DES.
struct Shape {
  CK_KEY_TYPE type;
  CK_MECHANISM_TYPE mechanism;
  std::size_t size_bytes;
  std::byte mark;  // first byte of what the vault file holds
};
constexpr Shape hmac{CKK_GENERIC_SECRET, CKM_SHA256_HMAC, hmac_key_bytes, std::byte{0}};
constexpr Shape single_des{CKK_DES, CKM_DES_ECB, 8, std::byte{1}};
constexpr Shape triple_des{CKK_DES3, CKM_DES3_ECB, 24, std::byte{2}};

std::vector<Shape> shapes_of(KeyGenerationAlgorithm generation) {
  if (generation == KeyGenerationAlgorithm::dkga04) return {hmac};
  if (generation == KeyGenerationAlgorithm::dkga03) return {triple_des};
  return {single_des, triple_des};
}

// HMAC keys are followed by zeros; DES keys repeat, so that K K K is single DES and K1 K2 K1 what DKGA03
// wants.
Secret value_in(const Shape& shape, const Secret& key) {
  ensure(!key.empty());
  Secret value(shape.size_bytes);
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i < key.size()) {
      value.bytes()[i] = key.bytes()[i];
    } else if (shape.mechanism != CKM_SHA256_HMAC) {
      value.bytes()[i] = key.bytes()[i % key.size()];
    }
  }
  return value;
}

// Makes the object; true where it gives the check value, else it is destroyed again.
CK_RV make_and_try(const Grip& grip, const Shape& shape, KeyTemplate& key, const CheckValue& expected,
                   bool& is_right) {
  CK_OBJECT_HANDLE object = 0;
  if (const CK_RV result = key.make(grip, object); result != CKR_OK) return result;
  std::array<std::byte, 32> made{};
  const std::array<std::byte, 8> zeros{};
  const bool is_hmac = shape.mechanism == CKM_SHA256_HMAC;
  const CK_RV result = is_hmac ? sign(grip, shape.mechanism, object, zeros, made)
                               : encrypt(grip, shape.mechanism, object, {}, zeros, std::span{made}.first(8));
  is_right = result == CKR_OK && std::ranges::equal(expected, std::span{made}.first(expected.size()));
  if (!is_right) grip.calls().C_DestroyObject(grip.session(), object);
  return result;
}

}  // namespace

Answer<Secret> ModuleCustody::keep_key(const GroupName& group, KeyGenerationAlgorithm generation,
                                       const Secret& key) {
  ensure(key.size() == key_bytes(generation));
  const CheckValue expected = check_value_of(generation, key.bytes());
  const std::string id = id_of(group);
  Answer<void> done;
  for (const Shape& shape : shapes_of(generation)) {
    const Secret value = value_in(shape, key);
    bool is_right = false;
    done = token_->run("key " + text(group) + " cannot be made", [&](const Grip& grip) {
      std::vector<CK_OBJECT_HANDLE> old;
      if (const CK_RV result = grip.find_all(id, old); result != CKR_OK) return result;
      KeyTemplate object(shape.type, id, "latchkey vending key " + text(group));
      object.may(shape.mechanism == CKM_SHA256_HMAC ? CKA_SIGN : CKA_ENCRYPT).value(value.bytes());
      const CK_RV result = make_and_try(grip, shape, object, expected, is_right);
      for (const CK_OBJECT_HANDLE before : old) {
        if (is_right) grip.calls().C_DestroyObject(grip.session(), before);
      }
      return result;
    });
    token_->forget_objects();
    if (done && !is_right)
      done = refuse(Reason::module_failed, text(group) + ": the module makes another check value");
    if (!done) continue;

    Secret kept(shape.mechanism == CKM_SHA256_HMAC             ? 0
                : generation == KeyGenerationAlgorithm::dkga02 ? 17
                                                               : 1);
    if (!kept.empty()) kept.bytes().front() = shape.mark;
    if (kept.size() > 1) {
      Secret mask = Secret::random(16);
      std::ranges::copy(key.bytes(), mask.bytes().begin());
      const std::array<std::byte, 16> zeros{};
      if (auto hidden = cbc(true, zeros, mask.bytes(), kept.bytes().subspan(1)); !hidden) {
        return std::unexpected(std::move(hidden.error()));
      }
    }
    kept_.insert_or_assign(group, Secret::copy_of(kept.bytes()));
    return kept;
  }
  return std::unexpected(std::move(done.error()));
}

Answer<CheckValue> ModuleCustody::check_value(const GroupName& group, KeyGenerationAlgorithm generation) {
  std::array<std::byte, 32> made{};
  if (generation == KeyGenerationAlgorithm::dkga04) {
    const std::array<std::byte, 8> zeros{};
    const auto done = token_->run(text(group), [&](const Grip& grip) {
      CK_OBJECT_HANDLE key = 0;
      if (const CK_RV result = grip.find(id_of(group), key); result != CKR_OK) return result;
      return sign(grip, CKM_SHA256_HMAC, key, zeros, made);
    });
    if (!done) return std::unexpected(done.error());
  } else {
    const auto block = block_cipher(group, 0, id_of(group));
    if (!block) return std::unexpected(block.error());
    bytes::Writer{made}.big(*block);
  }
  CheckValue value;
  std::copy_n(made.begin(), value.size(), value.begin());
  return value;
}

Answer<void> ModuleCustody::forget_key(const GroupName& group) {
  kept_.erase(group);
  auto done = token_->run("key " + text(group) + " cannot be destroyed", [&](const Grip& grip) {
    std::vector<CK_OBJECT_HANDLE> objects;
    if (const CK_RV result = grip.find_all(id_of(group), objects); result != CKR_OK) return result;
    for (const CK_OBJECT_HANDLE object : objects) {
      if (const CK_RV result = grip.calls().C_DestroyObject(grip.session(), object); result != CKR_OK)
        return result;
    }
    return CK_RV{CKR_OK};
  });
  token_->forget_objects();
  return done;
}

}  // namespace lk::vault
