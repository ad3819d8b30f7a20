// SPDX-License-Identifier: Apache-2.0
#include "meter/records/rate_demands.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::records {
namespace {
constexpr std::uint8_t version = 1;
}

void RateDemands::observe(std::size_t rate, std::size_t which, quantity::Power mean, std::uint32_t end_s) {
  ensure(rate < rate_count && which < demand_count);
  DemandPeak& peak = peaks_[rate][which];
  const DemandPeak before = peak;
  peak.observe(mean, end_s);
  if (peak != before) ++revision_;
}

void RateDemands::clear() {
  peaks_ = {};
  ++revision_;
}

std::array<std::byte, RateDemands::stored_bytes> RateDemands::encode() const {
  std::array<std::byte, stored_bytes> bytes{};
  bytes::Writer to{bytes};
  to.byte(version);
  for (const auto& rate : peaks_) {
    for (const DemandPeak& peak : rate) peak.encode(to);
  }
  ensure(to.ok() && to.left() == 0);
  return bytes;
}

bool RateDemands::decode(std::span<const std::byte> bytes) {
  bytes::Reader from{bytes};
  if (bytes.size() != stored_bytes || from.byte() != version) return false;
  for (auto& rate : peaks_) {
    for (DemandPeak& peak : rate) peak = DemandPeak::decode(from);
  }
  return true;
}

}  // namespace lk::records
