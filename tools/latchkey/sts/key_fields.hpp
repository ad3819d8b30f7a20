// SPDX-License-Identifier: Apache-2.0
// The `key` object of a line: a decoder key derived from a vending key and what the meter is, or given as it
// is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sts/decoder_key.hpp"
#include "sts/key_generation.hpp"
#include "tools/latchkey/sts/fields.hpp"

namespace lk::tools {

struct KeyFields {
  sts::EncryptionAlgorithm algorithm = sts::EncryptionAlgorithm::ea11;
  std::array<std::uint32_t, 4> words{};          // most significant first; two are used under EA07
  std::optional<sts::KeyAttributes> attributes;  // absent where the key was given (dkga 0)
  std::optional<sts::BaseDate> base_date;

  // The tables must outlive the result.
  [[nodiscard]] sts::DecoderKey decoder_key(const sts::StaTables& tables) const;
};

// Throws FieldError.
[[nodiscard]] KeyFields read_key(const Fields& key);

}  // namespace lk::tools
