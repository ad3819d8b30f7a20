// SPDX-License-Identifier: Apache-2.0
// Shared by the sources of the C interface, and by nobody else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sts/c/latchkey_sts.h"
#include "sts/decoder_key.hpp"
#include "sts/key_generation.hpp"

namespace lk::sts::c {

[[nodiscard]] constexpr bool is_algorithm(std::uint8_t number) {
  return number == static_cast<std::uint8_t>(EncryptionAlgorithm::ea07) ||
         number == static_cast<std::uint8_t>(EncryptionAlgorithm::ea11);
}

}  // namespace lk::sts::c
