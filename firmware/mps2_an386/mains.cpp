// SPDX-License-Identifier: Apache-2.0
#include "firmware/mps2_an386/mains.hpp"

#include <algorithm>

#include "meter/metrology/sine.hpp"

namespace lk::firmware {
namespace {

constexpr std::uint32_t phase_step = (std::uint64_t{1} << 32U) * 50 / Mains::rate_hz;
constexpr std::uint32_t lag = 1U << 28U;  // a sixteenth of a turn: whole steps of the sine table

}  // namespace

std::span<const metrology::Sample> Mains::take(quantity::Instant now, port::Contact contact) {
  const std::int64_t due_count = (now - start_).count() * rate_hz / 1000 - given_count_;
  const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(due_count, 0, samples_.size()));
  for (metrology::Sample& sample : std::span{samples_}.first(count)) {
    sample.voltage_count = metrology::sine(phase_);
    sample.current_count = contact == port::Contact::closed ? metrology::sine(phase_ - lag) : 0;
    phase_ += phase_step;
  }
  given_count_ += static_cast<std::int64_t>(count);
  return std::span{samples_}.first(count);
}

}  // namespace lk::firmware
