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

void DemandPeak::observe(quantity::Power mean, std::uint32_t end_s) {
  const std::uint32_t tenths = fitted(mean.count() / mw_per_dw);
  if (tenths <= power) return;
  power = tenths;
  time_s = end_s;
}

void DemandPeak::encode(bytes::Writer& to) const {
  to.little(power);
  to.little(time_s);
}

DemandPeak DemandPeak::decode(bytes::Reader& from) {
  return {from.little<std::uint32_t>(), from.little<std::uint32_t>()};
}

void Quality::observe_demand(quantity::Power mean, std::uint32_t time_s) {
  DemandPeak peak{demand_dw, demand_time_s};
  peak.observe(mean, time_s);
  demand_dw = peak.power;
  demand_time_s = peak.time_s;
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

}  // namespace lk::records
