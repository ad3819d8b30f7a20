// SPDX-License-Identifier: Apache-2.0
// Function 03 of DL/T 645-2007 carries what proves itself: sealed orders and tokens. The identifiers are this
// meter's own (docs/formats/dlt645.md); those of meters with a security chip are answered "authentication
// failed".
#include <algorithm>
#include <array>

#include "dlt645/words.hpp"
#include "meter/links/dlt645_slave.hpp"
#include "order/order.hpp"

namespace lk::links {
namespace {

using dictionary::Id;

constexpr std::uint32_t di_order = 0x070A'01FF;
constexpr std::uint32_t di_token = 0x070A'02FF;
constexpr std::size_t token_characters = 20;

// Result, sequence that it is of, value.
void answer_order(std::span<const std::byte> order, Device& device, bytes::Writer& to) {
  device.enter_order(order);
  to.byte(static_cast<std::uint8_t>(device.number(Id::order_result, 0)));
  to.little(static_cast<std::uint32_t>(device.number(Id::order_answered, 0)));
  to.little(device.number(Id::order_value, 0));
}

// Result, amount, identifier.
void answer_token(std::span<const std::byte> token, Device& device, bytes::Writer& to) {
  std::array<char, token_characters> characters{};
  std::ranges::transform(token, characters.begin(), [](std::byte b) { return static_cast<char>(b); });
  device.enter_token(characters);
  to.byte(static_cast<std::uint8_t>(device.number(Id::token_result, 0)));
  to.little(device.number(Id::token_amount, 0));
  to.little(static_cast<std::uint32_t>(device.number(Id::token_identifier, 0)));
}

}  // namespace

// DI, C0 C1 C2 C3, body.
bool serve_secure(std::span<const std::byte> data, const Dlt645Context& context, bytes::Writer& reply,
                  std::uint16_t& error) {
  bytes::Reader reader{data};
  const auto di = reader.little<std::uint32_t>();
  (void)reader.little<std::uint32_t>();
  const auto body = reader.take(reader.left());
  reply.little(di);
  if (reader.ok() && di == di_order && !body.empty() && body.size() <= order::order_max_bytes) {
    answer_order(body, context.device, reply);
    return true;
  }
  if (reader.ok() && di == di_token && body.size() == token_characters) {
    answer_token(body, context.device, reply);
    return true;
  }
  const bool is_of_a_chip = di >> 24U == 0x07 && di != di_order && di != di_token;
  error = is_of_a_chip ? dlt645::secure_error::authentication_failed : dlt645::secure_error::other;
  return false;
}

}  // namespace lk::links
