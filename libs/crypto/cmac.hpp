// SPDX-License-Identifier: Apache-2.0
// AES-CMAC (NIST SP 800-38B, RFC 4493): a 16-byte tag that only a holder of the key can make.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "crypto/aes128.hpp"

namespace lk::crypto {

using CmacTag = Aes128::Block;

// The tag of `message` (any size, also none) under a 16-byte key.
[[nodiscard]] CmacTag cmac(std::span<const std::byte, 16> key, std::span<const std::byte> message);

// True where `tag` is the tag of `message`; the time does not tell how much of a wrong tag was right.
[[nodiscard]] bool cmac_verifies(std::span<const std::byte, 16> key, std::span<const std::byte> message,
                                 std::span<const std::byte, 16> tag);

}  // namespace lk::crypto
