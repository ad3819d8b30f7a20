// SPDX-License-Identifier: Apache-2.0
// Which vault, and how it is opened: what a configuration file or a command line says of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/vault/secret.hpp"

namespace lk::vault {

class Pkcs11Library;

enum class Form : std::uint8_t {
  file = 1,    // the keys are in the file
  module = 2,  // the keys are in a PKCS#11 module
};

struct Opening {
  Form form = Form::file;
  std::string path;     // the vault file
  std::string audit;    // folder of the audit; empty: the path and ".audit"
  SecretSource secret;  // of the file: key or passphrase; of the module: PIN
  std::string module;   // PKCS#11 library
  std::string token;    // label of the token
  std::size_t session_count = 4;
  std::shared_ptr<Pkcs11Library> library;  // where it is set, in place of `module`

  [[nodiscard]] std::string audit_folder() const { return audit.empty() ? path + ".audit" : audit; }
};

}  // namespace lk::vault
