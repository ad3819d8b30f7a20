// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace lk::http {
class Router;
}

namespace lk::customers {

class LoginLimit;

// Log-in, users and customers. `limit` must outlive the router.
void add_routes(http::Router& router, LoginLimit& limit);

}  // namespace lk::customers
