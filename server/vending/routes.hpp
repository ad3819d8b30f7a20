// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/meters/ports.hpp"
#include "server/vending/purchases.hpp"
#include "server/vending/receipt.hpp"

namespace lk::http {
class Router;
}

namespace lk::vault {
class OrderSealer;
class SecurityModule;
}  // namespace lk::vault

namespace lk::vending {

// What the routes stand on; all of it must outlive the router.
struct Counter {
  const TokenMaker& tokens;
  meters::Ports ports;
  const SaleRules& rules;
  const ReceiptHead& head;
  vault::SecurityModule& module;
  vault::OrderSealer& sealer;
};

// Purchases: search, trial, purchase, reprint, advice, reversal, receipts.
void add_routes(http::Router& router, const Counter& counter);
// Engineering tokens: make, list, print again, send again.
void add_engineering_routes(http::Router& router, const Counter& counter);
// Key groups, and campaigns that bring meters from one key to another.
void add_campaign_routes(http::Router& router, const Counter& counter);
// Terms of tariffs, debts, agents, payments, shifts.
void add_office_routes(http::Router& router);

}  // namespace lk::vending
