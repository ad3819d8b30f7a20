// SPDX-License-Identifier: Apache-2.0
#include "server/vault/vault_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <filesystem>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "server/vault/module_custody.hpp"
#include "server/vault/sealed_custody.hpp"

namespace lk::vault {
namespace {

template <class T>
std::unexpected<Refusal> in_file(const std::string& path, const Answer<T>& answer) {
  return refuse(answer.error().reason, path + ": " + answer.error().text);
}

Answer<std::unique_ptr<ModuleCustody>> open_module(const Opening& opening, const VaultId& id, bool changes) {
  auto library = opening.library ? Answer<std::shared_ptr<Pkcs11Library>>(opening.library)
                                 : Pkcs11Library::load(opening.module);
  if (!library) return std::unexpected(std::move(library.error()));
  auto pin = read_secret(opening.secret, "PIN of token " + opening.token);
  if (!pin) return std::unexpected(std::move(pin.error()));
  auto token = Pkcs11Token::open(std::move(*library), {opening.token, opening.session_count, changes},
                                 std::move(*pin));
  if (!token) return std::unexpected(std::move(token.error()));
  return std::make_unique<ModuleCustody>(std::move(*token), id);
}

// A key file beside the vault file is taken where no other source is named.
Answer<Secret> read_file_secret(const Opening& opening, KeyDerivation derivation) {
  const std::string beside = opening.path + ".key";
  const bool is_named = !opening.secret.file.empty() || !opening.secret.credential.empty();
  if (!is_named && derivation == KeyDerivation::key && std::filesystem::exists(beside)) {
    return read_secret({beside, {}}, {});
  }
  return read_secret(opening.secret,
                     (derivation == KeyDerivation::passphrase ? "passphrase of " : "key of ") + opening.path);
}

// The order master key is where it should be, and no key lies open in a module's file.
bool fits_form(const Contents& contents, Form form) {
  if (contents.order_master_key.empty() != (form == Form::module)) return false;
  return form == Form::module || std::ranges::all_of(contents.groups, [](const GroupRecord& record) {
           return record.key.size() == (record.group.check_value ? key_bytes(record.group.generation) : 0);
         });
}

}  // namespace

Answer<VaultFile> VaultFile::open(const Opening& opening, Access access) {
  const auto bytes = read_private_file(opening.path);
  if (!bytes) return std::unexpected(bytes.error());
  const auto header = decode_header(*bytes);
  if (!header) return refuse(Reason::damaged, opening.path + ": is no vault file, or was cut short");
  if (header->form != opening.form) {
    return refuse(Reason::mistaken,
                  opening.path + (header->form == Form::file
                                      ? ": is a vault of kind \"file\"; say so"
                                      : ": is a vault of kind \"pkcs11\"; name module and token"));
  }
  VaultFile vault(opening.path);
  if (header->form == Form::file) {
    const auto secret = read_file_secret(opening, header->derivation);
    if (!secret) return std::unexpected(secret.error());
    auto key = SealingKey::for_file(*header, *secret);
    if (!key) return in_file(opening.path, key);
    auto contents = key->open(*bytes);
    if (!contents) return in_file(opening.path, contents);
    vault.contents_ = std::move(*contents);
    vault.sealing_key_ = std::move(*key);
  } else {
    const auto clear = std::span{*bytes}.subspan(header_bytes, header->payload_bytes - tag_bytes);
    auto contents = decode_contents(clear);
    if (!contents)
      return refuse(Reason::damaged, opening.path + ": holds what this version of Latchkey does not know");
    vault.contents_ = std::move(*contents);
  }
  if (!fits_form(vault.contents_, header->form)) {
    return refuse(Reason::damaged, opening.path + ": its keys do not fit its form");
  }
  if (header->form == Form::file) {
    vault.custody_ = std::make_unique<SealedCustody>(vault.contents_);
    return vault;
  }
  auto module = open_module(opening, vault.contents_.id, access == Access::change);
  if (!module) return std::unexpected(std::move(module.error()));
  const auto signed_part = std::span{*bytes}.first(bytes->size() - tag_bytes);
  const auto tag = (*module)->authenticate(signed_part);
  if (!tag) return std::unexpected(tag.error());
  if (!crypto::equal_in_constant_time(*tag, std::span{*bytes}.last(tag_bytes))) {
    return refuse(Reason::damaged,
                  opening.path + ": is not what was written: damaged, or changed by somebody");
  }
  (*module)->learn(vault.contents_);
  vault.custody_ = std::move(*module);
  return vault;
}

Answer<VaultFile> VaultFile::create(const Opening& opening, KeyDerivation derivation) {
  ensure(sodium_init() >= 0);
  VaultFile vault(opening.path);
  randombytes_buf(vault.contents_.id.data(), vault.contents_.id.size());
  vault.contents_.serial = 1;
  if (opening.form == Form::file) {
    const auto secret = read_file_secret(opening, derivation);
    if (!secret) return std::unexpected(secret.error());
    auto key = SealingKey::make(derivation, *secret);
    if (!key) return in_file(opening.path, key);
    vault.sealing_key_ = std::move(*key);
    vault.contents_.order_master_key = Secret::random(16);
    vault.custody_ = std::make_unique<SealedCustody>(vault.contents_);
  } else {
    auto module = open_module(opening, vault.contents_.id, true);
    if (!module) return std::unexpected(std::move(module.error()));
    if (auto made = (*module)->make_vault_objects(); !made) return std::unexpected(std::move(made.error()));
    vault.custody_ = std::move(*module);
  }
  if (auto written = vault.write(Overwrite::no); !written) return std::unexpected(std::move(written.error()));
  return vault;
}

Answer<void> VaultFile::save() {
  ++contents_.serial;
  return write(Overwrite::yes);
}

Answer<void> VaultFile::write(Overwrite overwrite) {
  if (sealing_key_) return write_private_file(path_, sealing_key_->seal(contents_), overwrite);
  const Secret clear = encode(contents_);
  Header header{.form = Form::module, .derivation = KeyDerivation::none};
  header.payload_bytes = static_cast<std::uint32_t>(clear.size() + tag_bytes);
  const auto head = encode(header);
  std::vector<std::byte> file(head.begin(), head.end());
  file.insert(file.end(), clear.bytes().begin(), clear.bytes().end());
  const auto tag = custody_->authenticate(file);
  if (!tag) return std::unexpected(tag.error());
  file.insert(file.end(), tag->begin(), tag->end());
  return write_private_file(path_, file, overwrite);
}

Answer<void> VaultFile::reseal(KeyDerivation derivation, const Secret& given) {
  if (!sealing_key_)
    return refuse(Reason::mistaken, path_ + ": is not sealed; the module's PIN guards its keys");
  auto key = SealingKey::make(derivation, given);
  if (!key) return in_file(path_, key);
  sealing_key_ = std::move(*key);
  return {};
}

}  // namespace lk::vault
