// SPDX-License-Identifier: Apache-2.0
// For tests: a bench whose orders number themselves, with parameters by name and tariff sets in one call.
#pragma once

#include <algorithm>
#include <array>

#include "crypto/sha256.hpp"
#include "meter/core/testing/bench.hpp"
#include "tariff/codec.hpp"
#include "tariff/transfer.hpp"

namespace lk::meter {

struct Ordered : Bench {
  explicit Ordered(const Configuration& with = test_configuration(), bool has_records = false)
      : Bench(with, 1, has_records) {
    wait(quantity::seconds(1));
  }

  // A refusal uses no sequence up.
  OrderAnswer order(const order::Command& command) {
    const OrderAnswer given = send(sequence + 1, command);
    if (given.result == dictionary::OrderResult::done) ++sequence;
    return given;
  }
  OrderAnswer set(std::uint16_t address, std::int64_t value) {
    return order(order::SetParameters{1, {{{address, value}}}});
  }
  // The whole set, chunk by chunk, to be in force from `activation` on.
  OrderAnswer bring(const tariff::TariffSet& set, quantity::Instant activation) {
    std::array<std::byte, tariff::set_max_bytes> room{};
    return bring(set.version, tariff::encode(set, room), activation);
  }
  // The same with bytes that may be wrong; their hash is right.
  OrderAnswer bring(std::uint32_t version, std::span<const std::byte> bytes, quantity::Instant activation) {
    for (std::size_t i = 0; !tariff::chunk_of(bytes, i).empty(); ++i) {
      const auto part = tariff::chunk_of(bytes, i);
      order::TariffChunk chunk{
          version, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(part.size()), {}};
      std::ranges::copy(part, chunk.bytes.begin());
      if (const OrderAnswer given = order(chunk); given.result != dictionary::OrderResult::done) return given;
    }
    order::TariffActivate activate{version, static_cast<std::uint16_t>(bytes.size()), activation, {}};
    std::ranges::copy(crypto::Sha256::of(bytes), activate.sha256.begin());
    return order(activate);
  }
  // The set in force from now on; energy or the next minute brings it.
  void price_by(const tariff::TariffSet& set) {
    ensure(bring(set, now).result == dictionary::OrderResult::done);
    wait(quantity::minutes(1));
    ensure(meter->tariff_sets().current.version == set.version);
  }

  std::uint32_t sequence = 0;
};

}  // namespace lk::meter
