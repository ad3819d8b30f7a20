// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/meters/ports.hpp"

namespace lk::http {
class Router;
}
namespace lk::vault {
class CardKeeper;
class OrderSealer;
}  // namespace lk::vault

namespace lk::cards {

// What the routes stand on; all of it must outlive the router.
struct Desk {
  vault::CardKeeper& keeper;
  vault::OrderSealer& sealer;
  meters::Ports ports;
};

// Cards: register, show, load, book what came back.
void add_routes(http::Router& router, const Desk& desk);

}  // namespace lk::cards
