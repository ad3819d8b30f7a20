// SPDX-License-Identifier: Apache-2.0
// DES (FIPS 46-3) and triple DES with two keys: the old decoder-key generations DKGA02 and DKGA03 of STS need
// them, nothing else may use them. Blocks and keys are numbers with bit 1 of the standard as the most
// significant bit. Slow and small; the time does not depend on keys or blocks, and round keys are wiped.
#pragma once

#include <cstdint>

namespace lk::crypto {

// The cipher of one block; the eight parity bits of the key are ignored.
[[nodiscard]] std::uint64_t des_encrypt(std::uint64_t key, std::uint64_t plain);

// The inverse of des_encrypt.
[[nodiscard]] std::uint64_t des_decrypt(std::uint64_t key, std::uint64_t cipher);

// Encrypt, decrypt, encrypt (EDE) with two keys: FIPS 46-3, keying option 2.
[[nodiscard]] std::uint64_t triple_des_encrypt(std::uint64_t key_1, std::uint64_t key_2, std::uint64_t plain);

// True where each byte of the key has an odd number of ones, as FIPS 46-3 asks of a DES key.
[[nodiscard]] bool des_key_has_odd_parity(std::uint64_t key);

}  // namespace lk::crypto
