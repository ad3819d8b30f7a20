// SPDX-License-Identifier: Apache-2.0
#include "meter/core/state.hpp"

#include "bytes/bytes.hpp"

namespace lk::meter {
namespace {

constexpr std::uint8_t version = 2;

void encode(const TokenAnswer& token, bytes::Writer& to) {
  to.copy(std::as_bytes(std::span{token.characters}));
  to.little(static_cast<std::uint16_t>(token.result));
  to.little(token.amount.count());
  to.little(token.token_identifier);
}

void decode(bytes::Reader& from, TokenAnswer& token) {
  for (char& c : token.characters) c = static_cast<char>(from.byte());
  token.result = static_cast<sts::TokenResult>(from.little<std::uint16_t>());
  token.amount = quantity::Money::of(from.little<std::int64_t>());
  token.token_identifier = from.little<std::uint32_t>();
}

}  // namespace

std::span<const std::byte> encode(const State& state, std::uint32_t event_count,
                                  std::span<std::byte, state_max_bytes> room) {
  bytes::Writer to{room};
  to.byte(version);
  state.account.encode(to);
  to.little(state.import_energy.count());
  to.little(state.export_energy.count());
  to.little(state.reasons.bits());
  to.byte(state.is_supply_closed ? 1 : 0);
  to.little(state.last_order.sequence);
  to.copy(state.last_order.seal);
  to.little(state.order_value);
  to.little(state.token_count);
  to.little(state.start_count);
  to.little(state.clock_step.count());
  to.little(event_count);
  encode(state.last_token, to);
  tokens::encode(state.tokens, to);
  ensure(to.ok());
  return to.written();
}

bool decode(std::span<const std::byte> bytes, State& state, std::uint32_t& event_count) {
  bytes::Reader from{bytes};
  State read;
  if (from.byte() != version || !read.account.decode(from)) return false;
  read.import_energy = quantity::Energy::of(from.little<std::int64_t>());
  read.export_energy = quantity::Energy::of(from.little<std::int64_t>());
  read.reasons = supply::Reasons::of_bits(from.little<std::uint16_t>());
  read.is_supply_closed = from.byte() != 0;
  read.last_order.sequence = from.little<std::uint32_t>();
  for (std::byte& b : read.last_order.seal) b = std::byte{from.byte()};
  read.order_value = from.little<std::int64_t>();
  read.token_count = from.little<std::uint32_t>();
  read.start_count = from.little<std::uint32_t>();
  read.clock_step = quantity::Duration::of(from.little<std::int64_t>());
  const auto events = from.little<std::uint32_t>();
  decode(from, read.last_token);
  if (!tokens::decode(from, read.tokens) || !from.ok() || from.left() != 0) return false;
  state = read;
  event_count = events;
  return true;
}

}  // namespace lk::meter
