// SPDX-License-Identifier: Apache-2.0
// The people and companies that the meters are of.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"

namespace lk::store {
class Session;
}

namespace lk::customers {

struct Customer {
  std::string id;
  std::string name;
  std::string phone;
  std::string email;
  quantity::Money credit_limit = {};  // what it may owe for purchases of its own

  bool operator==(const Customer&) const = default;
};

// Why a customer was not added.
enum class CustomerRefusal { id_reused };

// True where the customer is new, false where the same one was added before.
[[nodiscard]] std::expected<bool, CustomerRefusal> add_customer(store::Session& session,
                                                                const Customer& customer,
                                                                std::int64_t now_ms);
// All, or the one with the id where it is not empty.
[[nodiscard]] std::vector<Customer> list_customers(store::Session& session, const std::string& id);

}  // namespace lk::customers
