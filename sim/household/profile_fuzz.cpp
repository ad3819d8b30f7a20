// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "sim/household/profile.hpp"

// Any text is either refused with words or gives a profile that answers for any time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  auto profile = lk::sim::parse_profile(text, "fuzz.csv");
  if (!profile) {
    if (profile.error().problem.empty()) std::abort();
    return 0;
  }
  if (profile->rows.size() < 2 || profile->interval_s <= 0) std::abort();
  const auto source = lk::sim::make_profile_source(std::move(*profile));
  for (const std::int64_t ms : {0LL, -1LL, 1'750'000'000'000LL, 253'402'300'799'000LL}) {
    if (std::isnan(source->at(lk::quantity::Instant::of(ms)).resistive_w)) std::abort();
  }
  return 0;
}
