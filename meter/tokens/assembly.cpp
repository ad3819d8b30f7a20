// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/assembly.hpp"

#include <type_traits>
#include <variant>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"

namespace lk::tokens {

using quantity::Duration;
using quantity::Instant;
using sts::TokenResult;

bool Assembly::is_section(const sts::Token& token) {
  return std::holds_alternative<sts::FirstKeySection>(token) ||
         std::holds_alternative<sts::SecondKeySection>(token) ||
         std::holds_alternative<sts::SupplyGroupSection>(token) ||
         std::holds_alternative<sts::ThirdKeySection>(token) ||
         std::holds_alternative<sts::FourthKeySection>(token);
}

// Another section of the same name is of another set: what is there of the old one would make a key that
// nobody knows.
template <class Section>
void Assembly::put(std::optional<Section> Sections::* place, const Section& section) {
  if ((sections_.*place).has_value() && sections_.*place != section) drop();
  sections_.*place = section;
}

TokenResult Assembly::take(const sts::Token& section, Instant now, Duration timeout) {
  ensure(is_section(section));
  if (count() > 0 && now - taken_at_ > timeout) drop();
  taken_at_ = now;
  if (const auto* first = std::get_if<sts::FirstKeySection>(&section)) {
    put(&Sections::first, *first);
    return TokenResult::first_key_change;
  }
  if (const auto* second = std::get_if<sts::SecondKeySection>(&section)) {
    put(&Sections::second, *second);
    return TokenResult::second_key_change;
  }
  if (const auto* group = std::get_if<sts::SupplyGroupSection>(&section)) {
    put(&Sections::group, *group);
    return TokenResult::third_key_change;
  }
  if (const auto* third = std::get_if<sts::ThirdKeySection>(&section)) {
    put(&Sections::third, *third);
    return TokenResult::third_key_change;
  }
  if (const auto* fourth = std::get_if<sts::FourthKeySection>(&section)) put(&Sections::fourth, *fourth);
  return TokenResult::fourth_key_change;
}

std::optional<sts::KeyChange> Assembly::complete(sts::EncryptionAlgorithm algorithm) const {
  std::array<sts::Token, 4> set;
  std::size_t used = 0;
  if (sections_.first) set[used++] = *sections_.first;
  if (sections_.second) set[used++] = *sections_.second;
  if (algorithm == sts::EncryptionAlgorithm::ea07) {
    // A supply group that the first section does not speak of is of no set.
    const bool is_wanted = sections_.first && sections_.first->third_follows;
    if (is_wanted && sections_.group) set[used++] = *sections_.group;
  } else {
    if (sections_.third) set[used++] = *sections_.third;
    if (sections_.fourth) set[used++] = *sections_.fourth;
  }
  auto change = sts::combine(std::span{set}.first(used), algorithm);
  for (sts::Token& section : set) section = sts::Token{};
  return change;
}

void Assembly::drop() {
  static_assert(std::is_trivially_copyable_v<Sections>);
  crypto::wipe_value(sections_);
  sections_ = {};
}

std::size_t Assembly::count() const {
  return static_cast<std::size_t>(sections_.first.has_value()) + sections_.second.has_value() +
         sections_.group.has_value() + sections_.third.has_value() + sections_.fourth.has_value();
}

}  // namespace lk::tokens
