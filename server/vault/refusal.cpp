// SPDX-License-Identifier: Apache-2.0
#include "server/vault/refusal.hpp"

#include "assert/assert.hpp"

namespace lk::vault {

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::meter_number:
      return "meter_number";
    case Reason::tariff_index:
      return "tariff_index";
    case Reason::unknown_group:
      return "unknown_group";
    case Reason::key_not_loaded:
      return "key_not_loaded";
    case Reason::not_yet_active:
      return "not_yet_active";
    case Reason::key_retired:
      return "key_retired";
    case Reason::key_expired:
      return "key_expired";
    case Reason::limit_passed:
      return "limit_passed";
    case Reason::not_allowed:
      return "not_allowed";
    case Reason::default_key:
      return "default_key";
    case Reason::technology:
      return "technology";
    case Reason::algorithm:
      return "algorithm";
    case Reason::no_tables:
      return "no_tables";
    case Reason::key_type_change:
      return "key_type_change";
    case Reason::foreign_token:
      return "foreign_token";
    case Reason::module_locked:
      return "module_locked";
    case Reason::module_gone:
      return "module_gone";
    case Reason::module_failed:
      return "module_failed";
    case Reason::audit_failed:
      return "audit_failed";
    case Reason::damaged:
      return "damaged";
    case Reason::in_use:
      return "in_use";
    case Reason::mistaken:
      return "mistaken";
  }
  ensure(false);
  return {};
}

bool is_fault_of_module(Reason reason) {
  return reason == Reason::module_locked || reason == Reason::module_gone ||
         reason == Reason::module_failed || reason == Reason::audit_failed || reason == Reason::damaged ||
         reason == Reason::in_use;
}

}  // namespace lk::vault
