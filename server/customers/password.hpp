// SPDX-License-Identifier: Apache-2.0
// Passwords as Argon2id hashes and session tokens as random bits of which only the hash is kept (libsodium).
#pragma once

#include <string>

namespace lk::customers {

// An Argon2id hash with its salt and cost, for the database. Takes some 50 ms and 64 MiB on purpose.
[[nodiscard]] std::string hash_password(const std::string& password);
// Whether the password is the one of the hash. Takes as long as hash_password, also for a wrong one.
[[nodiscard]] bool password_fits(const std::string& hash, const std::string& password);
// Takes the time of a check, for a user that does not exist, so that the answer's time does not tell.
void check_in_vain(const std::string& password);

// 256 random bits in hexadecimal.
[[nodiscard]] std::string random_token();
// What the database keeps of a token: its BLAKE2b hash in hexadecimal.
[[nodiscard]] std::string token_hash(const std::string& token);
// A random UUID (version 4).
[[nodiscard]] std::string random_uuid();

}  // namespace lk::customers
