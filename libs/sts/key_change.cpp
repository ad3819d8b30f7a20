// SPDX-License-Identifier: Apache-2.0
#include "sts/key_change.hpp"

#include "assert/assert.hpp"

namespace lk::sts {
namespace {

// Takes a token where it is a section of this type that was not there yet.
template <class Section>
bool take(const Token& token, std::optional<Section>& to) {
  const auto* const section = std::get_if<Section>(&token);
  if (section == nullptr || to) return false;
  to = *section;
  return true;
}

}  // namespace

KeyChangeSet sections_of(const KeyChange& change) {
  const bool is_long = change.algorithm == EncryptionAlgorithm::ea11;
  ensure(!is_long || change.supply_group_code.has_value());
  KeyChangeSet set;
  set.tokens[set.count++] = FirstKeySection{
      .key_expiry_high = static_cast<std::uint8_t>(change.key_expiry_number >> 4U),
      .key_revision_number = change.key_revision_number,
      .roll_over = change.roll_over,
      .third_follows = !is_long && change.supply_group_code.has_value(),
      .key_type = change.key_type,
      .key_bits = change.key_words[0],
  };
  set.tokens[set.count++] = SecondKeySection{
      .key_expiry_low = static_cast<std::uint8_t>(change.key_expiry_number & 0xFU),
      .tariff_index = change.tariff_index,
      .key_bits = change.key_words[is_long ? 3 : 1],
  };
  if (!change.supply_group_code) return set;
  const std::uint32_t group = *change.supply_group_code;
  if (!is_long) {
    set.tokens[set.count++] = SupplyGroupSection{group};
    return set;
  }
  set.tokens[set.count++] = ThirdKeySection{static_cast<std::uint16_t>(group & 0xFFFU), change.key_words[1]};
  set.tokens[set.count++] = FourthKeySection{static_cast<std::uint16_t>(group >> 12U), change.key_words[2]};
  return set;
}

std::optional<KeyChange> combine(std::span<const Token> sections, EncryptionAlgorithm algorithm) {
  std::optional<FirstKeySection> first;
  std::optional<SecondKeySection> second;
  std::optional<SupplyGroupSection> group;
  std::optional<ThirdKeySection> third;
  std::optional<FourthKeySection> fourth;
  for (const Token& token : sections) {
    if (!take(token, first) && !take(token, second) && !take(token, group) && !take(token, third) &&
        !take(token, fourth)) {
      return std::nullopt;
    }
  }
  if (!first || !second) return std::nullopt;
  KeyChange change{
      .algorithm = algorithm,
      .key_type = first->key_type,
      .key_revision_number = first->key_revision_number,
      .key_expiry_number = static_cast<std::uint8_t>((first->key_expiry_high << 4U) | second->key_expiry_low),
      .tariff_index = second->tariff_index,
      .roll_over = first->roll_over,
  };
  if (algorithm == EncryptionAlgorithm::ea07) {
    if (third || fourth || first->third_follows != group.has_value()) return std::nullopt;
    change.key_words = {first->key_bits, second->key_bits, 0, 0};
    if (group) change.supply_group_code = group->supply_group_code;
    return change;
  }
  if (group || !third || !fourth) return std::nullopt;
  change.key_words = {first->key_bits, third->key_bits, fourth->key_bits, second->key_bits};
  change.supply_group_code = (std::uint32_t{fourth->supply_group_high} << 12U) | third->supply_group_low;
  return change;
}

}  // namespace lk::sts
