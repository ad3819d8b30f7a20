// SPDX-License-Identifier: Apache-2.0
#include "order/command.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::order {
namespace {

constexpr bool clock_in_range(quantity::Instant time) {
  return time >= quantity::Instant{} && time <= clock_max;
}

// All of the arguments were read, and nothing is left.
std::expected<Command, Refusal> complete(const bytes::Reader& reader, const Command& command) {
  if (!reader.ok() || reader.left() != 0) return std::unexpected(Refusal::bad_argument);
  return command;
}

}  // namespace

bool is_valid(const Command& command) {
  if (const auto* const set = std::get_if<SetPrice>(&command)) {
    return set->price.count() >= 0 && set->price.count() <= 0xFFFF'FFFFLL;
  }
  if (const auto* const set = std::get_if<SetClock>(&command)) return clock_in_range(set->time);
  return true;
}

Arguments encode_arguments(const Command& command) {
  ensure(is_valid(command));
  Arguments arguments;
  bytes::Writer writer{arguments.bytes};
  if (const auto* const price = std::get_if<SetPrice>(&command)) {
    writer.big(static_cast<std::uint32_t>(price->price.count()));
    writer.big(price->tariff_version);
  } else if (const auto* const clock = std::get_if<SetClock>(&command)) {
    writer.big(clock->time.unix_ms());
  } else if (const auto* const low = std::get_if<SetLowCredit>(&command)) {
    writer.big(low->threshold.count());
  }
  arguments.size_bytes = static_cast<std::uint8_t>(writer.size_bytes());
  return arguments;
}

std::expected<Command, Refusal> decode_command(std::uint8_t verb, std::span<const std::byte> arguments) {
  bytes::Reader reader{arguments};
  switch (static_cast<Verb>(verb)) {
    case Verb::open:
      return complete(reader, Open{});
    case Verb::close:
      return complete(reader, Close{});
    case Verb::set_price: {
      const auto price = quantity::Price::of(reader.big<std::uint32_t>());
      const auto tariff_version = reader.big<std::uint32_t>();
      return complete(reader, SetPrice{price, tariff_version});
    }
    case Verb::set_clock: {
      const auto time = quantity::Instant::of(reader.big<std::int64_t>());
      if (!clock_in_range(time)) return std::unexpected(Refusal::bad_argument);
      return complete(reader, SetClock{time});
    }
    case Verb::set_low_credit:
      return complete(reader, SetLowCredit{quantity::Money::of(reader.big<std::int64_t>())});
  }
  return std::unexpected(Refusal::unknown_verb);
}

}  // namespace lk::order
