// SPDX-License-Identifier: Apache-2.0
#include "order/command.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::order {
namespace {

constexpr std::int64_t ms_per_second = 1000;

constexpr bool clock_in_range(quantity::Instant time) {
  return time >= quantity::Instant{} && time <= clock_max;
}

// All of the arguments were read, and nothing is left.
std::expected<Command, Refusal> complete(const bytes::Reader& reader, const Command& command) {
  if (!reader.ok() || reader.left() != 0) return std::unexpected(Refusal::bad_argument);
  return command;
}

std::expected<Command, Refusal> tariff_chunk(bytes::Reader& reader) {
  TariffChunk chunk;
  chunk.version = reader.big<std::uint32_t>();
  chunk.index = reader.byte();
  const auto data = reader.take(reader.left());
  if (data.empty() || data.size() > tariff_chunk_bytes) return std::unexpected(Refusal::bad_argument);
  chunk.size_bytes = static_cast<std::uint8_t>(data.size());
  std::ranges::copy(data, chunk.bytes.begin());
  return complete(reader, chunk);
}

std::expected<Command, Refusal> tariff_activate(bytes::Reader& reader) {
  TariffActivate activate;
  activate.version = reader.big<std::uint32_t>();
  activate.size_bytes = reader.big<std::uint16_t>();
  activate.activation = quantity::Instant::of(reader.big<std::uint32_t>() * ms_per_second);
  std::ranges::copy(reader.take(activate.sha256.size()), activate.sha256.begin());
  return complete(reader, activate);
}

}  // namespace

bool is_valid(const Command& command) {
  if (const auto* const set = std::get_if<SetPrice>(&command)) {
    return set->price.count() >= 0 && set->price.count() <= 0xFFFF'FFFFLL;
  }
  if (const auto* const set = std::get_if<SetClock>(&command)) return clock_in_range(set->time);
  if (const auto* const chunk = std::get_if<TariffChunk>(&command)) {
    return chunk->size_bytes >= 1 && chunk->size_bytes <= tariff_chunk_bytes;
  }
  if (const auto* const activate = std::get_if<TariffActivate>(&command)) {
    return clock_in_range(activate->activation) && activate->activation.unix_ms() % ms_per_second == 0;
  }
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
  } else if (const auto* const chunk = std::get_if<TariffChunk>(&command)) {
    writer.big(chunk->version);
    writer.byte(chunk->index);
    writer.copy(chunk->view());
  } else if (const auto* const activate = std::get_if<TariffActivate>(&command)) {
    writer.big(activate->version);
    writer.big(activate->size_bytes);
    writer.big(static_cast<std::uint32_t>(activate->activation.unix_s()));
    writer.copy(activate->sha256);
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
    case Verb::tariff_chunk:
      return tariff_chunk(reader);
    case Verb::tariff_activate:
      return tariff_activate(reader);
  }
  return std::unexpected(Refusal::unknown_verb);
}

}  // namespace lk::order
