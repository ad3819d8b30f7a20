// SPDX-License-Identifier: Apache-2.0
#include "server/cards/sequence.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "order/order.hpp"
#include "server/store/session.hpp"
#include "server/vault/vault.hpp"

namespace lk::cards {

Result<SealedHere> seal_next(store::Session& session, vault::OrderSealer& sealer, const std::string& meter,
                             const order::Command& command) {
  constexpr std::int64_t last_sequence = 0xFFFF'FFFF;
  const auto shown = session.one<std::int64_t>(
      "select coalesce(max(order_sequence), 0) from reading where meter = ?", {meter});
  const auto given = session.one<std::int64_t>("select last_sequence from meter where number = ?", {meter});
  const std::int64_t sequence = std::max(shown, given) + 1;
  if (sequence > last_sequence) return std::unexpected(Refusal::sequence_ended);
  const auto sealed =
      sealer.sealed_order(meter, static_cast<std::uint32_t>(sequence), order::never_expires, command);
  if (!sealed) return std::unexpected(Refusal::vault_unavailable);
  session.run("update meter set last_sequence = ? where number = ?", {sequence, meter});
  return SealedHere{sequence, *sealed};
}

// Version, meter, sequence, expiry, verb, size (docs/formats/order.md); then the arguments, then the seal.
order::Command command_in(const std::string& sealed) {
  const auto bytes = value_of(bytes_of_hex(sealed));
  ensure(bytes.size() >= order::header_bytes + order::seal_bytes);
  const auto verb = std::to_integer<std::uint8_t>(bytes[order::header_bytes - 2]);
  const std::size_t arguments_bytes = bytes.size() - order::header_bytes - order::seal_bytes;
  const auto command =
      order::decode_command(verb, std::span{bytes}.subspan(order::header_bytes, arguments_bytes));
  ensure(command.has_value());
  return *command;
}

}  // namespace lk::cards
