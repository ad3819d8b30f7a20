// SPDX-License-Identifier: Apache-2.0
#include "order/order.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "crypto/cmac.hpp"
#include "crypto/secret.hpp"

namespace lk::order {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint64_t number_end = 100'000'000'000;  // the first number of 12 digits
constexpr std::string_view derivation_label = "latchkey order v1 ";

}  // namespace

std::optional<std::uint64_t> meter_number(std::string_view digits) {
  if (digits.size() != meter_number_digits) return std::nullopt;
  std::uint64_t number = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

DerivationText derivation_text(std::uint64_t number) {
  ensure(number < number_end);
  static_assert(std::tuple_size_v<DerivationText> == derivation_label.size() + meter_number_digits);
  DerivationText text;
  std::ranges::transform(derivation_label, text.begin(), [](char c) { return static_cast<std::byte>(c); });
  for (std::size_t i = text.size(); i-- > derivation_label.size(); number /= 10) {
    text[i] = static_cast<std::byte>('0' + number % 10);
  }
  return text;
}

Key derive_key(const Key& master, std::uint64_t number) {
  return crypto::cmac(master, derivation_text(number));
}

SealedOrder seal(const Order& order, const Key& key) {
  ensure(order.meter_number < number_end);
  const Arguments arguments = encode_arguments(order.command);
  SealedOrder sealed;
  bytes::Writer writer{sealed.bytes};
  writer.byte(version);
  writer.big(static_cast<std::uint16_t>(order.meter_number >> 32U));
  writer.big(static_cast<std::uint32_t>(order.meter_number));
  writer.big(order.sequence);
  writer.big(order.expiry_unix_s);
  writer.byte(static_cast<std::uint8_t>(verb_of(order.command)));
  writer.byte(arguments.size_bytes);
  writer.copy(arguments.view());
  writer.copy(crypto::cmac(key, writer.written()));
  ensure(writer.ok());
  sealed.size_bytes = static_cast<std::uint8_t>(writer.size_bytes());
  return sealed;
}

std::expected<Opened, Refusal> open(std::span<const std::byte> bytes, std::uint64_t own_number,
                                    const Key& key) {
  bytes::Reader reader{bytes};
  const std::uint8_t got_version = reader.byte();
  std::uint64_t number = std::uint64_t{reader.big<std::uint16_t>()} << 32U;
  number |= reader.big<std::uint32_t>();
  Opened order;
  order.sequence = reader.big<std::uint32_t>();
  order.expiry_unix_s = reader.big<std::uint32_t>();
  order.verb = reader.byte();
  const std::uint8_t size_bytes = reader.byte();
  order.arguments = reader.take(size_bytes);
  const std::span<const std::byte> seal = reader.take(seal_bytes);
  if (!reader.ok() || reader.left() != 0 || size_bytes > arguments_max_bytes || got_version != version) {
    return std::unexpected(Refusal::malformed);
  }
  if (number != own_number) return std::unexpected(Refusal::foreign);
  std::ranges::copy(seal, order.seal.begin());
  if (!crypto::cmac_verifies(key, bytes.first(bytes.size() - seal_bytes), order.seal)) {
    return std::unexpected(Refusal::forged);
  }
  return order;
}

std::expected<Standing, Refusal> judge(const Opened& order, const Accepted& last, quantity::Instant now) {
  if (order.sequence == last.sequence && order.sequence != 0 &&
      crypto::equal_in_constant_time(order.seal, last.seal)) {
    return Standing::repeated;
  }
  if (order.expiry_unix_s != never_expires && now.unix_s() > std::int64_t{order.expiry_unix_s}) {
    return std::unexpected(Refusal::expired);
  }
  if (order.sequence <= last.sequence) return std::unexpected(Refusal::stale);
  return Standing::fresh;
}

}  // namespace lk::order
