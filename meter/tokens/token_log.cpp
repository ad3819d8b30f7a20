// SPDX-License-Identifier: Apache-2.0
#include "meter/tokens/token_log.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "sts/digits.hpp"

namespace lk::tokens {
namespace {

constexpr std::uint8_t no_token = 0xFF;  // in place of the two topmost bits and the class

}  // namespace

// The digits are stored as their number: block, and class.
StoredLogEntry encode(const LogEntry& entry) {
  const auto token = sts::from_digits({entry.characters.data(), entry.characters.size()});
  StoredLogEntry stored{};
  bytes::Writer to{stored};
  to.little(entry.number);
  to.little(entry.time_s);
  to.byte(token ? static_cast<std::uint8_t>(token->token_class) : no_token);
  to.little(token ? token->block : 0);
  to.byte(static_cast<std::uint8_t>(entry.result));
  to.little(entry.token_identifier);
  to.little(entry.amount.count());
  ensure(to.ok() && to.size_bytes() == stored.size());
  return stored;
}

LogEntry decode_log_entry(std::span<const std::byte> bytes) {
  bytes::Reader from{bytes};
  LogEntry entry;
  entry.number = from.little<std::uint32_t>();
  entry.time_s = from.little<std::uint32_t>();
  const std::uint8_t token_class = from.byte();
  const auto block = from.little<std::uint64_t>();
  entry.characters.fill(' ');
  if (token_class <= 3) {
    entry.characters = sts::to_digits({static_cast<sts::TokenClass>(token_class), block});
  }
  entry.result = static_cast<sts::TokenResult>(from.byte());
  entry.token_identifier = from.little<std::uint32_t>();
  entry.amount = quantity::Money::of(from.little<std::int64_t>());
  if (!from.ok() || from.left() != 0 || (token_class > 3 && token_class != no_token)) return {};
  return entry;
}

void TokenLog::restore(const LogEntry& entry, std::uint32_t count) {
  const bool is_shown = entry.number != 0 && entry.number <= count && count - entry.number < log_slot_count;
  if (is_shown) show(entry);
}

void TokenLog::show(const LogEntry& entry) {
  slots_[log_slot_of(entry.number)] = encode(entry);
}

LogEntry TokenLog::at_slot(std::size_t slot_index) const {
  ensure(slot_index < log_slot_count);
  const LogEntry entry = decode_log_entry(slots_[slot_index]);
  return entry.number == 0 ? LogEntry{} : entry;
}

}  // namespace lk::tokens
