// SPDX-License-Identifier: Apache-2.0
#include "firmware/mps2_an386/mains.hpp"

#include <algorithm>

#include "meter/metrology/sine.hpp"

namespace lk::firmware {
namespace {

constexpr std::uint32_t phase_step = (std::uint64_t{1} << 32U) * 50 / Mains::rate_hz;
constexpr std::uint32_t lag = 1U << 28U;  // a sixteenth of a turn: whole steps of the sine table

}  // namespace

metrology::BoardCalibration Mains::board() {
  constexpr std::int64_t microcounts_per_volt = 100'738'262;
  constexpr std::int64_t microcounts_per_ampere = 2'316'976'790;
  metrology::BoardCalibration board =
      metrology::design_calibration(1, true, rate_hz, microcounts_per_volt, microcounts_per_ampere);
  board.full_scale_count = 65'535;
  return board;
}

std::span<const metrology::SampleSet<1>> Mains::take(quantity::Instant now, port::Contact contact) {
  const std::int64_t due_count = (now - start_).count() * rate_hz / 1000 - given_count_;
  const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(due_count, 0, sets_.size()));
  for (metrology::SampleSet<1>& set : std::span{sets_}.first(count)) {
    const std::int32_t current = contact == port::Contact::closed ? metrology::sine(phase_ - lag) : 0;
    set = {{{{metrology::sine(phase_), current}}}, current};
    phase_ += phase_step;
  }
  given_count_ += static_cast<std::int64_t>(count);
  return std::span{sets_}.first(count);
}

}  // namespace lk::firmware
