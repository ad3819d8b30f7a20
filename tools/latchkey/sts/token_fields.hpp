// SPDX-License-Identifier: Apache-2.0
// One token as the fields of a line, both ways (docs/formats/sts-lines.md).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "sts/encryption_algorithm.hpp"
#include "sts/token.hpp"
#include "tools/latchkey/sts/fields.hpp"

namespace lk::tools {

// The token that the fields ask for; not a key change. Base date and algorithm are those of the meter's
// key. Throws
// FieldError.
[[nodiscard]] sts::Token read_token(const Fields& line, std::optional<sts::BaseDate> base,
                                    sts::EncryptionAlgorithm algorithm);

// The fields of a token, of a single section of a key change too.
[[nodiscard]] nlohmann::ordered_json write_token(const sts::Token& token, std::optional<sts::BaseDate> base);

}  // namespace lk::tools
