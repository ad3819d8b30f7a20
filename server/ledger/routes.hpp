// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace lk::http {
class Router;
}
namespace lk::store {
struct Unit;
}

namespace lk::ledger {

// The trial balance and the entries. `book_outstanding` books what is due but not yet booked, so that a
// balance is never behind the readings.
void add_routes(http::Router& router, std::function<void(store::Unit&)> book_outstanding);

}  // namespace lk::ledger
