// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/meters/meters.hpp"
#include "server/meters/orders.hpp"
#include "server/meters/ports.hpp"

namespace lk::http {
class Router;
}
namespace lk::vault {
class OrderSealer;
class SecurityModule;
}  // namespace lk::vault

namespace lk::meters {

// Who holds the keys.
struct Keepers {
  vault::SecurityModule& module;  // of the vending keys
  vault::OrderSealer& sealer;     // of the order keys
};

// The site, meters, tariffs, orders and alarms. All that is handed in must outlive the router.
void add_routes(http::Router& router, const Keepers& keepers, const Ports& ports, const OrderRules& rules,
                const SiteName& site);

}  // namespace lk::meters
