// SPDX-License-Identifier: Apache-2.0
#include "meter/links/password_rules.hpp"

#include <algorithm>
#include <variant>

#include "dictionary/dictionary.hpp"

namespace lk::links {

bool is_for_passwords(const dictionary::Row& parameter, Passwords kind) {
  using dictionary::Group;
  using dictionary::Id;
  if (!parameter.is_parameter()) return false;
  // DL/T 645 has functions for these two, and writes no other parameter.
  if (kind == Passwords::dlt645) return parameter.id == Id::dlt_address || parameter.id == Id::line_baud;
  return parameter.group != Group::credit_parameters && parameter.group != Group::guard_parameters &&
         parameter.group != Group::link_parameters;
}

bool is_for_passwords(const order::Command& command, Passwords kind) {
  const auto* const row = dictionary::find_verb(static_cast<std::uint8_t>(order::verb_of(command)));
  if (row == nullptr || !row->is_for(kind)) return false;
  const auto* const set = std::get_if<order::SetParameters>(&command);
  return set == nullptr || std::ranges::all_of(set->view(), [kind](const order::Parameter& parameter) {
           const auto place = dictionary::find(parameter.address);
           return place.row != nullptr && is_for_passwords(*place.row, kind);
         });
}

}  // namespace lk::links
