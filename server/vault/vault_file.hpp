// SPDX-License-Identifier: Apache-2.0
// A vault file together with the custody of its keys: what `Vault` uses and `Administration` changes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/vault/contents.hpp"
#include "server/vault/custody.hpp"
#include "server/vault/envelope.hpp"
#include "server/vault/file.hpp"
#include "server/vault/opening.hpp"
#include "server/vault/secret.hpp"

namespace lk::vault {

class VaultFile {
 public:
  enum class Access : bool { read, change };

  [[nodiscard]] static Answer<VaultFile> open(const Opening& opening, Access access);
  // A new vault: its file and, in a module, its objects. Never takes the place of a file that is there.
  [[nodiscard]] static Answer<VaultFile> create(const Opening& opening, KeyDerivation derivation);

  [[nodiscard]] Contents& contents() { return contents_; }
  [[nodiscard]] Custody& custody() const { return *custody_; }
  // The serial rises by one, then the file is replaced in one step.
  [[nodiscard]] Answer<void> save();
  // The file's key or passphrase from the next `save` on. Only of a file vault.
  [[nodiscard]] Answer<void> reseal(KeyDerivation derivation, const Secret& given);
  [[nodiscard]] Form form() const { return sealing_key_ ? Form::file : Form::module; }

 private:
  explicit VaultFile(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Answer<void> write(Overwrite overwrite);

  std::string path_;
  Contents contents_;
  std::unique_ptr<Custody> custody_;
  std::optional<SealingKey> sealing_key_;
};

}  // namespace lk::vault
