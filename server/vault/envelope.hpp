// SPDX-License-Identifier: Apache-2.0
// The outside of a vault file (docs/formats/vault-file.md): a header, and the contents, sealed with
// XChaCha20-Poly1305 or, where a module holds the keys, in clear with an authentication tag of that module.
//
//   "LKVAULT1" │ form │ derivation │ 0 │ operations │ memory │ salt │ key check │ nonce │ size │ payload
//       8         1         1        2       4           8       16        8        24      4     size
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/vault/contents.hpp"
#include "server/vault/opening.hpp"
#include "server/vault/refusal.hpp"
#include "server/vault/secret.hpp"

namespace lk::vault {

enum class KeyDerivation : std::uint8_t {
  none = 0,        // Form::module
  key = 1,         // a key of 256 bits as 64 hexadecimal digits
  passphrase = 2,  // Argon2id
};

inline constexpr std::size_t header_bytes = 76;
inline constexpr std::size_t tag_bytes = 32;  // Form::module

struct Header {
  Form form = Form::file;
  KeyDerivation derivation = KeyDerivation::key;
  std::uint32_t operations = 0;
  std::uint64_t memory_bytes = 0;
  std::array<std::byte, 16> salt{};
  std::array<std::byte, 8> key_check{};
  std::array<std::byte, 24> nonce{};
  std::uint32_t payload_bytes = 0;
};

[[nodiscard]] std::array<std::byte, header_bytes> encode(const Header& header);
// Nothing where the bytes begin with no header, or its payload is not exactly the rest of them.
[[nodiscard]] std::optional<Header> decode_header(std::span<const std::byte> file);

// The key that a file vault is sealed with, and how it came about.
class SealingKey {
 public:
  // From what a person or service manager gave. A passphrase costs half a second and 64 MiB.
  [[nodiscard]] static Answer<SealingKey> make(KeyDerivation derivation, const Secret& given);
  // The one that a file was sealed with; refused (module_locked) where `given` is another.
  [[nodiscard]] static Answer<SealingKey> for_file(const Header& header, const Secret& given);

  [[nodiscard]] std::vector<std::byte> seal(const Contents& contents) const;
  [[nodiscard]] Answer<Contents> open(std::span<const std::byte> file) const;

 private:
  Header header_;  // derivation, costs, salt and check
  Secret key_;
};

}  // namespace lk::vault
