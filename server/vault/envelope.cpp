// SPDX-License-Identifier: Apache-2.0
#include "server/vault/envelope.hpp"

#include <sodium.h>

#include <algorithm>
#include <string_view>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/secret.hpp"

namespace lk::vault {
namespace {

constexpr std::string_view magic = "LKVAULT1";
constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t seal_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::uint64_t memory_max_bytes = std::uint64_t{1}
                                           << 30U;  // a foreign file must not take the machine down
constexpr std::uint32_t operations_max = 16;
static_assert(key_bytes == 32 && crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24 &&
              crypto_pwhash_SALTBYTES == 16);

unsigned char* out(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
const unsigned char* in(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// What tells a wrong key from a damaged file; gives nothing away that the seal would not.
std::array<std::byte, 8> check_of(const Secret& key) {
  constexpr std::string_view label = "latchkey vault check";
  std::array<std::byte, crypto_generichash_BYTES_MIN> digest;
  crypto_generichash(out(digest), digest.size(), in(std::as_bytes(std::span{label})), label.size(),
                     in(key.bytes()), key.size());
  std::array<std::byte, 8> check;
  std::copy_n(digest.begin(), check.size(), check.begin());
  return check;
}

Answer<Secret> derive(const Header& header, const Secret& given) {
  if (header.derivation == KeyDerivation::key) {
    auto key = secret_of_hex(given.text(), key_bytes);
    if (!key) return refuse(Reason::module_locked, "the vault's key " + key.error().text);
    return key;
  }
  Secret key(key_bytes);
  const std::string_view passphrase = given.text();
  if (crypto_pwhash(out(key.bytes()), key.size(), passphrase.data(), passphrase.size(), in(header.salt),
                    header.operations, static_cast<std::size_t>(header.memory_bytes),
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return refuse(Reason::module_failed, "the passphrase needs " +
                                             std::to_string(header.memory_bytes >> 20U) +
                                             " MiB of memory to be worked out, and there is not so much");
  }
  return key;
}

}  // namespace

std::array<std::byte, header_bytes> encode(const Header& header) {
  std::array<std::byte, header_bytes> bytes;
  bytes::Writer writer{bytes};
  writer.copy(std::as_bytes(std::span{magic}));
  writer.byte(static_cast<std::uint8_t>(header.form));
  writer.byte(static_cast<std::uint8_t>(header.derivation));
  writer.big<std::uint16_t>(0);
  writer.big(header.operations);
  writer.big(header.memory_bytes);
  writer.copy(header.salt);
  writer.copy(header.key_check);
  writer.copy(header.nonce);
  writer.big(header.payload_bytes);
  ensure(writer.ok() && writer.size_bytes() == header_bytes);
  return bytes;
}

std::optional<Header> decode_header(std::span<const std::byte> file) {
  bytes::Reader reader{file};
  const auto mark = reader.take(magic.size());
  if (!std::ranges::equal(mark, std::as_bytes(std::span{magic}))) return std::nullopt;
  Header header;
  const std::uint8_t form = reader.byte();
  const std::uint8_t derivation = reader.byte();
  const auto zero = reader.big<std::uint16_t>();
  header.operations = reader.big<std::uint32_t>();
  header.memory_bytes = reader.big<std::uint64_t>();
  std::ranges::generate(header.salt, [&] { return std::byte{reader.byte()}; });
  std::ranges::generate(header.key_check, [&] { return std::byte{reader.byte()}; });
  std::ranges::generate(header.nonce, [&] { return std::byte{reader.byte()}; });
  header.payload_bytes = reader.big<std::uint32_t>();
  if (!reader.ok() || reader.left() != header.payload_bytes || zero != 0) return std::nullopt;
  header.form = static_cast<Form>(form);
  header.derivation = static_cast<KeyDerivation>(derivation);
  if (header.form == Form::module) {
    if (header.derivation != KeyDerivation::none || header.payload_bytes < tag_bytes) return std::nullopt;
    return header;
  }
  if (header.form != Form::file || header.payload_bytes < seal_bytes) return std::nullopt;
  if (header.derivation == KeyDerivation::key) return header;
  const bool is_payable =
      header.derivation == KeyDerivation::passphrase && header.operations >= crypto_pwhash_OPSLIMIT_MIN &&
      header.operations <= operations_max && header.memory_bytes >= crypto_pwhash_MEMLIMIT_MIN &&
      header.memory_bytes <= memory_max_bytes;
  if (!is_payable) return std::nullopt;
  return header;
}

Answer<SealingKey> SealingKey::make(KeyDerivation derivation, const Secret& given) {
  ensure(sodium_init() >= 0 && derivation != KeyDerivation::none);
  SealingKey made;
  made.header_.derivation = derivation;
  if (derivation == KeyDerivation::passphrase) {
    made.header_.operations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
    made.header_.memory_bytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;
    randombytes_buf(made.header_.salt.data(), made.header_.salt.size());
  }
  auto key = derive(made.header_, given);
  if (!key) return std::unexpected(std::move(key.error()));
  made.key_ = std::move(*key);
  made.header_.key_check = check_of(made.key_);
  return made;
}

Answer<SealingKey> SealingKey::for_file(const Header& header, const Secret& given) {
  ensure(sodium_init() >= 0);
  SealingKey made;
  made.header_ = header;
  auto key = derive(header, given);
  if (!key) return std::unexpected(std::move(key.error()));
  made.key_ = std::move(*key);
  if (!crypto::equal_in_constant_time(check_of(made.key_), header.key_check)) {
    return refuse(Reason::module_locked, header.derivation == KeyDerivation::key
                                             ? "this is not the key that the vault was sealed with"
                                             : "the passphrase is wrong");
  }
  return made;
}

std::vector<std::byte> SealingKey::seal(const Contents& contents) const {
  const Secret clear = encode(contents);
  Header header = header_;
  header.form = Form::file;
  randombytes_buf(header.nonce.data(), header.nonce.size());
  header.payload_bytes = static_cast<std::uint32_t>(clear.size() + seal_bytes);
  const auto head = encode(header);
  std::vector<std::byte> file(head.size() + header.payload_bytes);
  std::ranges::copy(head, file.begin());
  crypto_aead_xchacha20poly1305_ietf_encrypt(out(std::span{file}.subspan(head.size())), nullptr,
                                             in(clear.bytes()), clear.size(), in(head), head.size(), nullptr,
                                             in(header.nonce), in(key_.bytes()));
  return file;
}

Answer<Contents> SealingKey::open(std::span<const std::byte> file) const {
  const auto header = decode_header(file);
  if (!header || header->form != Form::file) return refuse(Reason::damaged, "is no sealed vault file");
  Secret clear(header->payload_bytes - seal_bytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out(clear.bytes()), nullptr, nullptr, in(file.subspan(header_bytes)), header->payload_bytes,
          in(file), header_bytes, in(header->nonce), in(key_.bytes())) != 0) {
    return refuse(Reason::damaged, "is not what was sealed: damaged, or changed by somebody; take the copy");
  }
  auto contents = decode_contents(clear.bytes());
  if (!contents) return refuse(Reason::damaged, "holds what this version of Latchkey does not know");
  return std::move(*contents);
}

}  // namespace lk::vault
