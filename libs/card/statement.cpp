// SPDX-License-Identifier: Apache-2.0
#include "card/statement.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/cmac.hpp"

namespace lk::card {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t seal_bytes = 16;

using quantity::Energy;
using quantity::Instant;
using quantity::Money;

}  // namespace

StatementBytes seal(const Statement& statement, const Key& meter_card_key) {
  StatementBytes bytes{};
  bytes::Writer to{bytes};
  to.byte(version);
  to.big(static_cast<std::uint16_t>(statement.meter >> 32U));
  to.big(static_cast<std::uint32_t>(statement.meter));
  to.big(statement.serial);
  to.big(statement.load);
  to.byte(statement.done_count);
  for (const ItemResult result : statement.results) to.byte(result);
  to.big(statement.clock.unix_ms());
  to.big(statement.balance.count());
  to.big(statement.credited.count());
  to.big(statement.deducted.count());
  to.big(statement.priced_energy.count());
  to.big(statement.import_energy.count());
  to.big(statement.export_energy.count());
  to.big(statement.token_count);
  to.big(statement.order_sequence);
  to.big(statement.order_value);
  to.big(statement.event_count);
  to.big(statement.hold_reasons);
  to.big(statement.alarms);
  to.big(statement.tariff_version);
  to.big(statement.start_count);
  to.big(statement.refused_count);
  to.big(statement.refund.count());
  to.big(statement.refund_sequence);
  to.copy(statement.refund_proof);
  to.copy(crypto::cmac(statement_key(meter_card_key), to.written()));
  ensure(to.ok() && to.size_bytes() == statement_bytes);
  return bytes;
}

std::optional<Statement> decode_statement(std::span<const std::byte> bytes) {
  bytes::Reader from{bytes};
  if (bytes.size() != statement_bytes || from.byte() != version) return std::nullopt;
  Statement read;
  read.meter = std::uint64_t{from.big<std::uint16_t>()} << 32U;
  read.meter |= from.big<std::uint32_t>();
  read.serial = from.big<std::uint64_t>();
  read.load = from.big<std::uint32_t>();
  read.done_count = from.byte();
  for (ItemResult& result : read.results) result = from.byte();
  read.clock = Instant::of(from.big<std::int64_t>());
  read.balance = Money::of(from.big<std::int64_t>());
  read.credited = Money::of(from.big<std::int64_t>());
  read.deducted = Money::of(from.big<std::int64_t>());
  read.priced_energy = Energy::of(from.big<std::int64_t>());
  read.import_energy = Energy::of(from.big<std::int64_t>());
  read.export_energy = Energy::of(from.big<std::int64_t>());
  read.token_count = from.big<std::uint32_t>();
  read.order_sequence = from.big<std::uint32_t>();
  read.order_value = from.big<std::int64_t>();
  read.event_count = from.big<std::uint32_t>();
  read.hold_reasons = from.big<std::uint16_t>();
  read.alarms = from.big<std::uint16_t>();
  read.tariff_version = from.big<std::uint32_t>();
  read.start_count = from.big<std::uint32_t>();
  read.refused_count = from.big<std::uint32_t>();
  read.refund = Money::of(from.big<std::int64_t>());
  read.refund_sequence = from.big<std::uint32_t>();
  for (std::byte& b : read.refund_proof) b = std::byte{from.byte()};
  if (read.done_count > item_max) return std::nullopt;
  return read;
}

std::optional<Statement> open_statement(std::span<const std::byte> bytes, const Key& meter_card_key) {
  const auto statement = decode_statement(bytes);
  if (!statement) return std::nullopt;
  const auto sealed = bytes.first(bytes.size() - seal_bytes);
  const auto tag = bytes.last<seal_bytes>();
  if (!crypto::cmac_verifies(statement_key(meter_card_key), sealed, tag)) return std::nullopt;
  return statement;
}

}  // namespace lk::card
