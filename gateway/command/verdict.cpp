// SPDX-License-Identifier: Apache-2.0
#include "gateway/command/verdict.hpp"

#include <algorithm>
#include <array>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "dictionary/codes.hpp"

namespace lk::gateway {
namespace {

using dictionary::Id;
using dictionary::OrderResult;

// Token result register of IEC 62055-41, as far as it decides about the command.
constexpr std::int64_t token_none = 0;
constexpr std::int64_t token_accepted = 1;
constexpr std::array<std::int64_t, 4> token_sections{2, 3, 17, 18};  // taken, more of the set are needed
constexpr std::int64_t token_used = 10;
constexpr std::int64_t token_locked_out = 15;  // somebody guesses on that line: this one was not judged
constexpr std::int64_t token_not_ready = 16;
constexpr std::size_t order_sequence_offset = 7;

std::uint8_t nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  return static_cast<std::uint8_t>((c | 0x20) - 'a' + 10);
}

std::vector<std::byte> bytes_of_hex(std::string_view hex) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(std::byte{static_cast<std::uint8_t>(nibble(hex[i]) << 4U | nibble(hex[i + 1]))});
  }
  return bytes;
}

std::int64_t sequence_of(const Command& order) {
  const auto bytes = bytes_of_hex(order.body);
  ensure(bytes.size() > order_sequence_offset + 4);
  bytes::Reader reader{std::span{bytes}.subspan(order_sequence_offset)};
  return reader.big<std::uint32_t>();
}

Verdict judge_token(const Command& command, std::span<const std::byte> registers, bool confirmed) {
  bytes::Reader reader{registers};
  const auto entry = reader.take(command.body.size());
  const std::string_view last{reinterpret_cast<const char*>(entry.data()), entry.size()};
  Verdict verdict;
  verdict.result = reader.big<std::uint16_t>();
  verdict.value = reader.big<std::int64_t>();
  if (last != command.body || verdict.result == token_none) return verdict;
  const bool is_section = std::ranges::find(token_sections, verdict.result) != token_sections.end();
  if (verdict.result == token_accepted || verdict.result == token_used || is_section) {
    verdict.kind = Verdict::Kind::done;
  } else if (verdict.result == token_not_ready || verdict.result == token_locked_out) {
    verdict.kind = Verdict::Kind::again;
  } else if (confirmed) {
    verdict.kind = Verdict::Kind::refused;
  }
  return verdict;
}

Verdict judge_order(const Command& command, std::span<const std::byte> registers, bool confirmed) {
  bytes::Reader reader{registers};
  Verdict verdict;
  verdict.result = reader.big<std::uint16_t>();
  const std::int64_t answered = reader.big<std::uint32_t>();
  verdict.value = reader.big<std::int64_t>();
  if (answered != sequence_of(command)) return verdict;
  switch (static_cast<OrderResult>(verdict.result)) {
    case OrderResult::done:
    case OrderResult::already_done:
      // A sequence number is accepted once, and only the platform can seal one: whoever entered it, it is
      // this order.
      verdict.kind = Verdict::Kind::done;
      break;
    case OrderResult::refused:
      if (confirmed) verdict.kind = Verdict::Kind::refused;
      break;
    case OrderResult::not_ready:
      verdict.kind = Verdict::Kind::again;
      break;
    case OrderResult::none:
      break;
  }
  return verdict;
}

}  // namespace

Block entry_block(const Command& command) {
  const std::uint16_t address =
      dictionary::row(command.kind == CommandKind::token ? Id::token_entry : Id::order_entry).address;
  return Block{address, static_cast<std::uint16_t>(entry_registers(command).size() / 2)};
}

std::vector<std::byte> entry_registers(const Command& command) {
  std::vector<std::byte> registers;
  if (command.kind == CommandKind::token) {
    for (const char digit : command.body) registers.push_back(std::byte{static_cast<std::uint8_t>(digit)});
    return registers;
  }
  const auto order = bytes_of_hex(command.body);
  registers = {std::byte{0}, std::byte{static_cast<std::uint8_t>(order.size())}};
  registers.insert(registers.end(), order.begin(), order.end());
  if (registers.size() % 2 != 0) registers.push_back(std::byte{0});
  return registers;
}

Block result_block(CommandKind kind) {
  return kind == CommandKind::token ? block_of(Id::token_entry, Id::token_identifier)
                                    : block_of(Id::order_result, Id::order_value);
}

Verdict judge(const Command& command, std::span<const std::byte> registers, bool confirmed) {
  ensure(registers.size() == std::size_t{2} * result_block(command.kind).count);
  return command.kind == CommandKind::token ? judge_token(command, registers, confirmed)
                                            : judge_order(command, registers, confirmed);
}

}  // namespace lk::gateway
