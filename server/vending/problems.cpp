// SPDX-License-Identifier: Apache-2.0
#include "server/vending/problems.hpp"

#include "server/ledger/decimal.hpp"

namespace lk::vending {

using http::Problem;

Problem problem_of(SaleRefusal refusal, const SaleRules& rules) {
  switch (refusal) {
    case SaleRefusal::unknown_meter:
      return {404, "unknown_meter", "There is no meter of this number; check it, or register it first.",
              "meter"};
    case SaleRefusal::id_reused:
      return {409, "id_reused", "This id belongs to another purchase; make a new id for each sale.", "id"};
    case SaleRefusal::id_void:
      return {
          409, "id_void",
          "Advice was asked for this id before its request came, so nothing is sold under it; make a new id.",
          "id"};
    case SaleRefusal::no_amount:
      return {422, "bad_field", "amount must be above zero", "amount"};
    case SaleRefusal::above_limit:
      return {422, "bad_field", "amount must be at most " + ledger::print(rules.most) + " at once", "amount"};
    case SaleRefusal::below_least:
      return {422, "below_least", "The tariff of this meter sells no less at once than its least amount.",
              "amount"};
    case SaleRefusal::day_limit:
      return {422, "day_limit", "This meter would be sold more in 24 hours than its tariff allows.",
              "amount"};
    case SaleRefusal::nothing_left:
      return {422, "nothing_left", "Debts, tax and charges of this meter take the whole amount; sell more.",
              "amount"};
    case SaleRefusal::credit_limit:
      return {402, "credit_limit", "The customer would owe more than it may: pay first, at a desk.",
              "amount"};
    case SaleRefusal::float_used_up:
      return {402, "float_used_up", "The agent has not paid in enough for this sale.", "amount"};
    case SaleRefusal::no_shift:
      return {409, "no_shift", "Open a shift before taking cash.", ""};
    case SaleRefusal::only_measures:
      return {422, "only_measures", "This is a feeder meter: it measures and takes no credit.", "meter"};
    case SaleRefusal::amount_range:
      return {422, "bad_field", "amount does not fit a token", "amount"};
    case SaleRefusal::foreign_keys:
      return {422, "foreign_keys",
              "The vault has no vending key of this meter's supply group and key revision.", "meter"};
    case SaleRefusal::key_expired:
      return {422, "key_expired",
              "The vending key of this meter's supply group is expired; move the meter to another key.",
              "meter"};
    case SaleRefusal::not_active_yet:
      return {422, "key_not_active", "The vending key of this meter's supply group is for a later date.",
              "meter"};
    case SaleRefusal::meter_number:
      return {422, "meter_number", "The meter's number has a wrong check digit; no token can be made for it.",
              "meter"};
    case SaleRefusal::limit_passed:
      return {503, "limit_passed",
              "The vending key has been used as much as it may; raise its limit in the vault.", ""};
    case SaleRefusal::no_identifier:
      return {503, "no_identifier", "No token identifier is left for this time; check the server's clock.",
              ""};
    case SaleRefusal::vault_unavailable:
      return {503, "vault_unavailable",
              "The vault is locked or does not answer. Nothing was sold; try again.", ""};
    case SaleRefusal::not_offered:
      return {422, "not_offered", "The vault makes no such token.", ""};
  }
  return {500, "internal", "", ""};
}

Problem problem_of(ReversalRefusal refusal) {
  switch (refusal) {
    case ReversalRefusal::unknown_purchase:
      return {404, "unknown_purchase", "There is no purchase of this id.", "id"};
    case ReversalRefusal::id_reused:
      return {409, "id_reused", "The id belongs to another reversal, or the purchase was reversed before.",
              "id"};
    case ReversalRefusal::taken:
      return {409, "token_taken", "The meter has the token: the purchase cannot be reversed.", ""};
    case ReversalRefusal::under_way:
      return {409, "token_under_way", "The token is on its way to the meter; wait for its result.", ""};
    case ReversalRefusal::not_latest:
      return {409, "not_latest",
              "Only the latest purchase of a meter, without a key change, can be reversed.", ""};
  }
  return {500, "internal", "", ""};
}

Problem problem_of(OfficeRefusal refusal) {
  switch (refusal) {
    case OfficeRefusal::id_reused:
      return {409, "id_reused", "The id belongs to something with other contents; make a new one.", "id"};
    case OfficeRefusal::unknown_tariff:
      return {404, "unknown_tariff", "There is no such tariff; add it first.", "code"};
    case OfficeRefusal::unknown_meter:
      return {404, "unknown_meter", "There is no meter of this number.", "number"};
    case OfficeRefusal::unknown_customer:
      return {422, "unknown_customer", "There is no such customer; add it first.", "customer"};
    case OfficeRefusal::unknown_agent:
      return {422, "unknown_agent", "There is no such agent; add it first.", "agent"};
    case OfficeRefusal::unknown_shift:
      return {404, "unknown_shift", "There is no shift of this id.", "id"};
    case OfficeRefusal::shift_open:
      return {409, "shift_open", "You have an open shift; close it first.", ""};
    case OfficeRefusal::shift_closed:
      return {409, "shift_closed", "This shift was closed with another count.", "counted"};
  }
  return {500, "internal", "", ""};
}

}  // namespace lk::vending
