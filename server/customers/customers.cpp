// SPDX-License-Identifier: Apache-2.0
#include "server/customers/customers.hpp"

#include "server/store/session.hpp"

namespace lk::customers {

std::expected<bool, CustomerRefusal> add_customer(store::Session& session, const Customer& customer,
                                                  std::int64_t now_ms) {
  if (const auto known = list_customers(session, customer.id); !known.empty()) {
    if (known.front() == customer) return false;
    return std::unexpected(CustomerRefusal::id_reused);
  }
  session.run("insert into customer (id, name, phone, email, made, credit_limit) values (?, ?, ?, ?, ?, ?)",
              {customer.id, customer.name, customer.phone, customer.email, now_ms, customer.credit_limit});
  return true;
}

std::vector<Customer> list_customers(store::Session& session, const std::string& id) {
  std::vector<Customer> customers;
  for (auto& [key, name, phone, email, limit] :
       session.rows<std::string, std::string, std::string, std::string, quantity::Money>(
           "select id, name, phone, email, credit_limit from customer where ? = '' or id = ? order by name, "
           "id",
           {id, id})) {
    customers.push_back({std::move(key), std::move(name), std::move(phone), std::move(email), limit});
  }
  return customers;
}

}  // namespace lk::customers
