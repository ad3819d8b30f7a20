// SPDX-License-Identifier: Apache-2.0
#include "meter/records/quality.hpp"

#include <algorithm>
#include <limits>

namespace lk::records {
namespace {

constexpr std::int64_t mw_per_dw = 100;

std::uint32_t fitted(std::int64_t value) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

void Quality::observe(quantity::Voltage voltage, const VoltageLimits& limits, std::uint32_t seconds) {
  const std::uint32_t mv = fitted(voltage.count());
  const bool is_first = lowest_mv == 0 && highest_mv == 0;
  lowest_mv = is_first ? mv : std::min(lowest_mv, mv);
  highest_mv = std::max(highest_mv, mv);
  std::uint32_t& spent = voltage < limits.low ? under_s : voltage > limits.high ? over_s : inside_s;
  spent += seconds;
}

void Quality::observe_demand(quantity::Power mean, std::uint32_t time_s) {
  const std::uint32_t dw = fitted(mean.count() / mw_per_dw);
  if (dw <= demand_dw) return;
  demand_dw = dw;
  demand_time_s = time_s;
}

void Quality::encode(bytes::Writer& to) const {
  for (const std::uint32_t field :
       {demand_dw, demand_time_s, inside_s, under_s, over_s, lowest_mv, highest_mv}) {
    to.little(field);
  }
}

Quality Quality::decode(bytes::Reader& from) {
  Quality read;
  for (std::uint32_t* field : {&read.demand_dw, &read.demand_time_s, &read.inside_s, &read.under_s,
                               &read.over_s, &read.lowest_mv, &read.highest_mv}) {
    *field = from.little<std::uint32_t>();
  }
  return read;
}

bool Demand::add(quantity::Energy used, std::uint32_t time_s, std::uint16_t minutes, quantity::Power& mean) {
  const std::uint32_t length_s = minutes * 60U;
  const std::uint32_t window = time_s / length_s;
  if (!has_begun_) {
    has_begun_ = true;
    is_whole_ = false;
    window_ = window;
    used_ = {};
  }
  if (window == window_) {
    used_ += used;
    return false;
  }
  // What was used across the boundary belongs to the window that ends: the meter looks every second.
  const bool was_next = window == window_ + 1;
  const bool is_told = is_whole_ && was_next;
  if (is_told) {
    mean = quantity::Power::of((used_ + used).count() / length_s);
    end_s_ = window * length_s;
  }
  window_ = window;
  is_whole_ = was_next;
  used_ = {};
  return is_told;
}

}  // namespace lk::records
