// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/cards/cards.hpp"
#include "server/http/message.hpp"

namespace lk::cards {

[[nodiscard]] http::Problem problem_of(Refusal refusal);

}  // namespace lk::cards
