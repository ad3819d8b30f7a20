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

// Mean power over windows of the clock, side by side. A window that the clock was set in, or that had no
// power at its start, is left out.
class Demand {
 public:
  // `minutes` 1 to 60.
  void restart() { has_begun_ = false; }
  // Energy that was used until `time_s`. Returns whether a whole window has ended; `mean` is then its power.
  bool add(quantity::Energy used, std::uint32_t time_s, std::uint16_t minutes, quantity::Power& mean);
  // The end of the last window that `add` told of.
  [[nodiscard]] std::uint32_t window_end_s() const { return end_s_; }

 private:
  bool has_begun_ = false;
  bool is_whole_ = false;
  std::uint32_t window_ = 0;
  std::uint32_t end_s_ = 0;
  quantity::Energy used_;
};

}  // namespace lk::records
