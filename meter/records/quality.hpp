// SPDX-License-Identifier: Apache-2.0
// Demand and voltage of a billing period: the highest mean power of a window and when it was, how long the
// voltage was inside and outside its limits, and its extremes. Plain values; the owner stores them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bytes/bytes.hpp"
#include "quantity/quantity.hpp"

namespace lk::records {

struct VoltageLimits {
  quantity::Voltage low;   // below: under
  quantity::Voltage high;  // above: over
};

// The highest mean of a window, and when that window ended.
struct DemandPeak {
  static constexpr std::size_t stored_bytes = 8;

  std::uint32_t power = 0;   // 0.1 W or 0.1 var
  std::uint32_t time_s = 0;  // UTC; 0: none yet

  // A window ended at `end_s`; of equal ones the first counts.
  void observe(quantity::Power mean, std::uint32_t end_s);

  void encode(bytes::Writer& to) const;
  [[nodiscard]] static DemandPeak decode(bytes::Reader& from);
  bool operator==(const DemandPeak&) const = default;
};

struct Quality {
  static constexpr std::size_t stored_bytes = 28;

  std::uint32_t demand_dw = 0;      // 0.1 W
  std::uint32_t demand_time_s = 0;  // end of that window, UTC
  std::uint32_t inside_s = 0;
  std::uint32_t under_s = 0;
  std::uint32_t over_s = 0;
  std::uint32_t lowest_mv = 0;  // 0 before the first observation
  std::uint32_t highest_mv = 0;

  // `seconds` passed at this voltage.
  void observe(quantity::Voltage voltage, const VoltageLimits& limits, std::uint32_t seconds);
  // A demand window ended at `time_s`.
  void observe_demand(quantity::Power mean, std::uint32_t time_s);

  void encode(bytes::Writer& to) const;
  [[nodiscard]] static Quality decode(bytes::Reader& from);
  bool operator==(const Quality&) const = default;
};

}  // namespace lk::records
