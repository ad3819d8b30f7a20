// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/meters/ports.hpp"
#include "server/vending/purchases.hpp"

namespace lk::http {
class Router;
}

namespace lk::vending {

// Purchases. All that is handed in must outlive the router.
void add_routes(http::Router& router, const vault::Issuer& issuer, const meters::Ports& ports,
                const SaleRules& rules);

}  // namespace lk::vending
