// SPDX-License-Identifier: Apache-2.0
// What vending's refusals say to who asked.
#pragma once

#include "server/http/message.hpp"
#include "server/vending/office.hpp"
#include "server/vending/purchases.hpp"

namespace lk::vending {

[[nodiscard]] http::Problem problem_of(SaleRefusal refusal, const SaleRules& rules);
[[nodiscard]] http::Problem problem_of(ReversalRefusal refusal);
[[nodiscard]] http::Problem problem_of(OfficeRefusal refusal);

}  // namespace lk::vending
