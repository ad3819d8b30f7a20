// SPDX-License-Identifier: Apache-2.0
// Bytes that must stay secret, in memory that is locked, left out of core dumps, fenced by guard pages and
// wiped (libsodium's guarded heap), and where a person or a service manager gives such bytes from.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "server/vault/refusal.hpp"

namespace lk::vault {

class Secret {
 public:
  Secret() = default;
  // Zeros. Throws std::bad_alloc where there is no memory.
  explicit Secret(std::size_t size_bytes);
  [[nodiscard]] static Secret copy_of(std::span<const std::byte> bytes);
  // From the system's random source.
  [[nodiscard]] static Secret random(std::size_t size_bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;

  [[nodiscard]] std::span<std::byte> bytes() { return {data_, size_bytes_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_bytes_}; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_bytes_}; }
  [[nodiscard]] std::size_t size() const { return size_bytes_; }
  [[nodiscard]] bool empty() const { return size_bytes_ == 0; }
  // Forgets all bytes from `size_bytes` on.
  void shorten(std::size_t size_bytes);

 private:
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

// Where a PIN, passphrase or key text comes from: a file of this user's with mode 0600, a credential of
// systemd (LoadCredential=, found in $CREDENTIALS_DIRECTORY), or, where both are empty, whoever sits at the
// terminal.
struct SecretSource {
  std::string file;
  std::string credential;
};

// The first line, without its end. `what` names it for the prompt: "PIN of token demo".
[[nodiscard]] Answer<Secret> read_secret(const SecretSource& source, const std::string& what);

// The bytes of a text of hexadecimal digits, which must be exactly `size_bytes`; spaces between them are
// skipped. Nothing else is said of a text that does not fit: it may be a key.
[[nodiscard]] Answer<Secret> secret_of_hex(std::string_view hex, std::size_t size_bytes);

}  // namespace lk::vault
