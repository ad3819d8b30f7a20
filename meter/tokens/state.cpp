// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/state.hpp"

#include <array>

#include "crypto/secret.hpp"

namespace lk::tokens {
namespace {

constexpr std::uint32_t no_supply_group = 0xFFFF'FFFF;
constexpr std::uint32_t supply_group_max = 0xFF'FFFF;

void encode(const KeyRegister& key, bytes::Writer& to) {
  to.byte(static_cast<std::uint8_t>(key.key.algorithm));
  to.copy(key.key.bytes);
  to.byte(static_cast<std::uint8_t>(key.key_type));
  to.byte(key.key_revision_number);
  to.byte(key.key_expiry_number);
  to.byte(key.tariff_index);
  to.little(key.supply_group_code.value_or(no_supply_group));
}

bool decode(bytes::Reader& from, KeyRegister& key) {
  const std::uint8_t algorithm = from.byte();
  if (algorithm != static_cast<std::uint8_t>(sts::EncryptionAlgorithm::ea07) &&
      algorithm != static_cast<std::uint8_t>(sts::EncryptionAlgorithm::ea11)) {
    return false;
  }
  key.key.algorithm = static_cast<sts::EncryptionAlgorithm>(algorithm);
  for (std::byte& b : key.key.bytes) b = std::byte{from.byte()};
  const std::uint8_t key_type = from.byte();
  key.key_type = static_cast<sts::KeyType>(key_type & 3U);
  key.key_revision_number = from.byte();
  key.key_expiry_number = from.byte();
  key.tariff_index = from.byte();
  const auto group = from.little<std::uint32_t>();
  key.supply_group_code = std::nullopt;
  if (group != no_supply_group) key.supply_group_code = group;
  return key_type <= 3 && (group == no_supply_group || group <= supply_group_max);
}

void encode(const Settings& settings, bytes::Writer& to) {
  to.little(settings.power_limit_w);
  to.little(settings.unbalance_limit_w);
  to.little(settings.tariff_rate);
  to.little(settings.water_factor);
  to.little(settings.extended_flags);
  to.little(settings.extended_control);
}

void decode(bytes::Reader& from, Settings& settings) {
  settings.power_limit_w = from.little<std::uint32_t>();
  settings.unbalance_limit_w = from.little<std::uint32_t>();
  settings.tariff_rate = from.little<std::uint16_t>();
  settings.water_factor = from.little<std::uint16_t>();
  settings.extended_flags = from.little<std::uint16_t>();
  settings.extended_control = from.little<std::uint16_t>();
}

void encode(const sts::TidStore& store, bytes::Writer& to) {
  to.byte(static_cast<std::uint8_t>(store.entries().size()));
  for (const std::uint32_t tid : store.entries()) {
    to.little(static_cast<std::uint16_t>(tid));
    to.byte(static_cast<std::uint8_t>(tid >> 16U));
  }
}

bool decode(bytes::Reader& from, sts::TidStore& store) {
  std::array<std::uint32_t, sts::TidStore::capacity> tids{};
  const std::size_t count = from.byte();
  if (count > tids.size()) return false;
  for (std::uint32_t& tid : std::span{tids}.first(count)) {
    const std::uint32_t low = from.little<std::uint16_t>();
    tid = low | (std::uint32_t{from.byte()} << 16U);
  }
  const auto read = sts::TidStore::from_entries(std::span{tids}.first(count));
  if (!read) return false;
  store = *read;
  return true;
}

}  // namespace

void encode(const State& state, bytes::Writer& to) {
  encode(state.key, to);
  encode(state.settings, to);
  to.little(state.entry_count);
  to.byte(state.wrong_entries);
  encode(state.used, to);
}

bool decode(bytes::Reader& from, State& state, bool counts_wrong_entries) {
  State read;
  if (!decode(from, read.key)) return false;
  decode(from, read.settings);
  read.entry_count = from.little<std::uint32_t>();
  if (counts_wrong_entries) read.wrong_entries = from.byte();
  if (!decode(from, read.used) || !from.ok()) return false;
  state = read;
  return true;
}

void load(State& state, const sts::KeyChange& change) {
  std::array<std::byte, 16> key{};
  bytes::Writer writer{key};
  for (const std::uint32_t word : change.key_words) writer.big(word);
  state.key.key.algorithm = change.algorithm;
  state.key.key.bytes = key;
  crypto::wipe(key);
  state.key.key_type = change.key_type;
  state.key.key_revision_number = change.key_revision_number;
  state.key.key_expiry_number = change.key_expiry_number;
  state.key.tariff_index = change.tariff_index;
  if (change.supply_group_code) state.key.supply_group_code = change.supply_group_code;
  if (change.roll_over) state.used.clear();
}

}  // namespace lk::tokens
