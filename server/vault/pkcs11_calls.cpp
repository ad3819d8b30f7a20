// SPDX-License-Identifier: Apache-2.0
#include "server/vault/pkcs11_calls.hpp"

#include <utility>

namespace lk::vault {
namespace {

// PKCS#11 takes its inputs as pointers to what may change; it does not change them.
CK_BYTE_PTR raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<CK_BYTE_PTR>(const_cast<std::byte*>(bytes.data()));
}

using Begin = CK_RV (*)(CK_SESSION_HANDLE, CK_MECHANISM_PTR, CK_OBJECT_HANDLE);
using Finish = CK_RV (*)(CK_SESSION_HANDLE, CK_BYTE_PTR, CK_ULONG, CK_BYTE_PTR, CK_ULONG_PTR);

CK_RV one_shot(Begin begin, Finish finish, CK_SESSION_HANDLE session, CK_MECHANISM mechanism,
               CK_OBJECT_HANDLE key, std::span<const std::byte> in, std::span<std::byte> out) {
  if (const CK_RV result = begin(session, &mechanism, key); result != CKR_OK) return result;
  CK_ULONG size = out.size();
  const CK_RV result = finish(session, raw(in), in.size(), raw(out), &size);
  if (result == CKR_OK && size != out.size()) return CKR_DATA_LEN_RANGE;
  return result;
}

CK_MECHANISM mechanism_of(CK_MECHANISM_TYPE type, std::span<const std::byte> parameter) {
  return {type, parameter.empty() ? nullptr : raw(parameter), parameter.size()};
}

}  // namespace

CK_RV sign(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key,
           std::span<const std::byte> data, std::span<std::byte> out) {
  return one_shot(grip.calls().C_SignInit, grip.calls().C_Sign, grip.session(), mechanism_of(mechanism, {}),
                  key, data, out);
}

CK_RV encrypt(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key,
              std::span<const std::byte> initial, std::span<const std::byte> in, std::span<std::byte> out) {
  return one_shot(grip.calls().C_EncryptInit, grip.calls().C_Encrypt, grip.session(),
                  mechanism_of(mechanism, initial), key, in, out);
}

CK_RV decrypt(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key,
              std::span<const std::byte> initial, std::span<const std::byte> in, std::span<std::byte> out) {
  return one_shot(grip.calls().C_DecryptInit, grip.calls().C_Decrypt, grip.session(),
                  mechanism_of(mechanism, initial), key, in, out);
}

KeyTemplate::KeyTemplate(CK_KEY_TYPE type, std::string id, std::string label)
    : type_(type), id_(std::move(id)), label_(std::move(label)) {
  attributes_ = {{CKA_CLASS, &class_, sizeof class_}, {CKA_KEY_TYPE, &type_, sizeof type_},
                 {CKA_ID, id_.data(), id_.size()},    {CKA_LABEL, label_.data(), label_.size()},
                 {CKA_TOKEN, &yes_, sizeof yes_},     {CKA_PRIVATE, &yes_, sizeof yes_},
                 {CKA_SENSITIVE, &yes_, sizeof yes_}, {CKA_EXTRACTABLE, &no_, sizeof no_},
                 {CKA_MODIFIABLE, &no_, sizeof no_}};
}

KeyTemplate& KeyTemplate::may(CK_ATTRIBUTE_TYPE use) {
  attributes_.push_back({use, &yes_, sizeof yes_});
  return *this;
}

KeyTemplate& KeyTemplate::value_bytes(CK_ULONG size) {
  size_ = size;
  attributes_.push_back({CKA_VALUE_LEN, &size_, sizeof size_});
  return *this;
}

KeyTemplate& KeyTemplate::value(std::span<const std::byte> secret) {
  attributes_.push_back({CKA_VALUE, raw(secret), secret.size()});
  return *this;
}

CK_RV KeyTemplate::generate(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism) {
  CK_MECHANISM how = mechanism_of(mechanism, {});
  CK_OBJECT_HANDLE made = 0;
  return grip.calls().C_GenerateKey(grip.session(), &how, attributes_.data(), attributes_.size(), &made);
}

CK_RV KeyTemplate::make(const Pkcs11Token::Grip& grip, CK_OBJECT_HANDLE& made) {
  return grip.calls().C_CreateObject(grip.session(), attributes_.data(), attributes_.size(), &made);
}

}  // namespace lk::vault
