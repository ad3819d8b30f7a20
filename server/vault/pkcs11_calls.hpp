// SPDX-License-Identifier: Apache-2.0
// PKCS#11's calls as this vault needs them: one-shot operations of a key, and templates of the keys that it
// makes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/vault/pkcs11_token.hpp"

namespace lk::vault {

// A MAC over `data`; `out` must have its size.
[[nodiscard]] CK_RV sign(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key,
                         std::span<const std::byte> data, std::span<std::byte> out);
// A cipher without padding; `initial` is empty for ECB. In and out have one size.
[[nodiscard]] CK_RV encrypt(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key,
                            std::span<const std::byte> initial, std::span<const std::byte> in,
                            std::span<std::byte> out);
[[nodiscard]] CK_RV decrypt(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism, CK_OBJECT_HANDLE key,
                            std::span<const std::byte> initial, std::span<const std::byte> in,
                            std::span<std::byte> out);

// The attributes of a secret key that stays in its token: private, sensitive, not extractable, not
// modifiable.
class KeyTemplate {
 public:
  KeyTemplate(CK_KEY_TYPE type, std::string id, std::string label);
  KeyTemplate(const KeyTemplate&) = delete;
  KeyTemplate& operator=(const KeyTemplate&) = delete;
  // Use of it: CKA_SIGN, CKA_ENCRYPT, …
  KeyTemplate& may(CK_ATTRIBUTE_TYPE use);
  KeyTemplate& value_bytes(CK_ULONG size);                // generated with this size
  KeyTemplate& value(std::span<const std::byte> secret);  // made from this; must outlive the template

  [[nodiscard]] CK_RV generate(const Pkcs11Token::Grip& grip, CK_MECHANISM_TYPE mechanism);
  [[nodiscard]] CK_RV make(const Pkcs11Token::Grip& grip, CK_OBJECT_HANDLE& made);

 private:
  CK_OBJECT_CLASS class_ = CKO_SECRET_KEY;
  CK_KEY_TYPE type_;
  std::string id_;
  std::string label_;
  CK_ULONG size_ = 0;
  CK_BBOOL yes_ = CK_TRUE;
  CK_BBOOL no_ = CK_FALSE;
  std::vector<CK_ATTRIBUTE> attributes_;
};

}  // namespace lk::vault
