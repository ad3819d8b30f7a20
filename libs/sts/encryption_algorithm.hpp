// SPDX-License-Identifier: Apache-2.0
// The encryption algorithms of IEC 62055-41, by the numbers that the standard gives them.
#pragma once

#include <cstdint>

namespace lk::sts {

enum class EncryptionAlgorithm : std::uint8_t {
  ea07 = 7,   // STA, 64-bit key
  ea11 = 11,  // MISTY1, 128-bit key
};

}  // namespace lk::sts
