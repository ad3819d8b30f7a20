// SPDX-License-Identifier: Apache-2.0
// What stands around the sale: the terms of tariffs, debts, agents, money paid in, and the shifts of those
// who take cash. Whatever carries an id answers its first result when it is asked again, and refuses other
// contents.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "quantity/quantity.hpp"
#include "server/vending/pricing.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::vending {

// Why something of the office was not done.
enum class OfficeRefusal {
  id_reused,  // the id belongs to something with other contents
  unknown_tariff,
  unknown_meter,
  unknown_customer,
  unknown_agent,
  unknown_shift,
  shift_open,    // this user has an open shift already
  shift_closed,  // it is closed with another count
};
template <class T>
using Office = std::expected<T, OfficeRefusal>;

// Sets what sales under a tariff take and give, from now on.
[[nodiscard]] Office<void> set_terms(store::Unit& unit, const std::string& tariff, const Terms& terms);
[[nodiscard]] Terms terms_of(store::Session& session, const std::string& tariff);

struct NewDebt {
  std::string id;
  std::string meter;
  std::string reason;
  quantity::Money amount;
  std::int64_t share_e4 = 10'000;       // of each purchase
  std::optional<quantity::Money> most;  // of one purchase
  std::string user;
};
struct OpenDebt {
  NewDebt asked;
  quantity::Money open;
  std::int64_t ts = 0;
};
// True where it is new.
[[nodiscard]] Office<bool> add_debt(store::Unit& unit, const NewDebt& debt);
[[nodiscard]] std::vector<OpenDebt> list_debts(store::Session& session, const std::string& meter);

struct Agent {
  std::string code;
  std::string name;
  std::int64_t commission_e4 = 0;
  quantity::Money left = {};  // paid in, and not yet sold
};
[[nodiscard]] Office<bool> add_agent(store::Unit& unit, const Agent& agent);
// All, or the one with this code.
[[nodiscard]] std::vector<Agent> list_agents(store::Session& session, const std::string& code);

// Cash paid in by a customer, against what it owes or for what it will buy, or by an agent for its float.
struct Payment {
  std::string id;
  std::string customer;  // one of the two
  std::string agent;
  quantity::Money amount;
  std::string user;
};
[[nodiscard]] Office<bool> pay(store::Unit& unit, const Payment& payment);
// What a customer owes; below zero what it has paid in.
[[nodiscard]] quantity::Money owed_by(store::Session& session, const std::string& customer);

struct Shift {
  std::string id;
  std::string user;
  std::int64_t opened = 0;
  quantity::Money opening;
  std::int64_t sales = 0;
  quantity::Money expected;  // opening, cash sales and payments, less cash reversals
  std::optional<std::int64_t> closed;
  quantity::Money counted;
};
[[nodiscard]] Office<bool> open_shift(store::Unit& unit, const std::string& id, const std::string& user,
                                      quantity::Money opening);
// Closes; a difference between counted and expected cash is booked. The same count again answers the same.
[[nodiscard]] Office<Shift> close_shift(store::Unit& unit, const std::string& id, quantity::Money counted);
[[nodiscard]] std::optional<Shift> find_shift(store::Session& session, const std::string& id);
// The newest first; of one user where that is not empty.
[[nodiscard]] std::vector<Shift> list_shifts(store::Session& session, const std::string& user,
                                             std::int64_t limit);

// Meters by the beginning of their number, or a part of their customer's name, phone or their own name.
struct Found {
  std::string meter;
  std::string name;
  std::string customer;
  std::string customer_name;
  std::string tariff;
};
[[nodiscard]] std::vector<Found> search(store::Session& session, const std::string& text, std::int64_t limit);

}  // namespace lk::vending
