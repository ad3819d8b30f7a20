// SPDX-License-Identifier: Apache-2.0
// The highest demands of the billing period by tariff rate: a window counts for a rate where that rate was in
// force during all of it. They change seldom, so they stand in the journal under a key of their own and go
// with a state only when they did. Bytes: docs/formats/meter-state.md. Plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/records/freeze.hpp"
#include "meter/records/quality.hpp"
#include "quantity/quantity.hpp"

namespace lk::records {

inline constexpr std::size_t demand_count = 4;  // active and reactive, import and export

class RateDemands {
 public:
  static constexpr std::size_t stored_bytes = 1 + rate_count * demand_count * DemandPeak::stored_bytes;

  // The highest of a rate (from 0) and a register (by metrology::DemandRegister).
  [[nodiscard]] const DemandPeak& peak(std::size_t rate, std::size_t which) const {
    return peaks_[rate][which];
  }
  // A window of this rate ended at `end_s`.
  void observe(std::size_t rate, std::size_t which, quantity::Power mean, std::uint32_t end_s);
  // A new billing period, or reset by authority.
  void clear();
  // Another number after each change since the start: what is stored is up to date where it is the same.
  [[nodiscard]] std::uint32_t revision() const { return revision_; }

  [[nodiscard]] std::array<std::byte, stored_bytes> encode() const;
  // False where the bytes are none; this is then unchanged.
  [[nodiscard]] bool decode(std::span<const std::byte> bytes);

 private:
  std::array<std::array<DemandPeak, demand_count>, rate_count> peaks_{};
  std::uint32_t revision_ = 0;
};

}  // namespace lk::records
