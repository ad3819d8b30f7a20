// SPDX-License-Identifier: Apache-2.0
// Single DES (FIPS 46-3), encryption only: the old decoder-key generation DKGA02 of STS needs it, nothing
// else may use it. Blocks and keys are numbers with bit 1 of the standard as the most significant bit. Slow
// and small.
#pragma once

#include <cstdint>

namespace lk::crypto {

// The cipher of one block; the eight parity bits of the key are ignored.
[[nodiscard]] std::uint64_t des_encrypt(std::uint64_t key, std::uint64_t plain);

// True where each byte of the key has an odd number of ones, as FIPS 46-3 asks of a DES key.
[[nodiscard]] bool des_key_has_odd_parity(std::uint64_t key);

}  // namespace lk::crypto
