// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/pulse_output.hpp"

#include "assert/assert.hpp"
#include "quantity/quantity.hpp"

namespace lk::metrology {
namespace {

bool is_less(Wide a, Wide b) {
  return (a - b).is_negative();
}

}  // namespace

PulseOutput::PulseOutput(std::uint32_t pulses_per_kwh) {
  set_constant(pulses_per_kwh);
}

void PulseOutput::set_constant(std::uint32_t pulses_per_kwh) {
  ensure(pulses_per_kwh > 0);
  energy_per_pulse_ = divide(Wide{static_cast<std::uint64_t>(quantity::mj_per_kwh), 0}, pulses_per_kwh);
}

void PulseOutput::add(Wide energy, std::uint32_t window_samples) {
  ensure(!energy.is_negative());
  let_out(waiting_);
  waiting_ = energy;
  per_sample_ = window_samples == 0 ? energy : divide(energy, window_samples);
}

void PulseOutput::advance(std::uint32_t sample_count) {
  const Wide share = {per_sample_.high * sample_count + multiply(per_sample_.low, sample_count).high,
                      per_sample_.low * sample_count};
  const Wide part = is_less(share, waiting_) ? share : waiting_;
  waiting_ = waiting_ - part;
  let_out(part);
}

std::uint32_t PulseOutput::take() {
  const std::uint32_t pulses = due_;
  due_ = 0;
  return pulses;
}

// A long division, so that a large constant behind large transformers costs no more time than a small one.
void PulseOutput::let_out(Wide energy) {
  let_out_ = let_out_ + energy;
  if (is_less(let_out_, energy_per_pulse_)) return;
  for (unsigned bit = 30; bit < 31; --bit) {
    const Wide pulses = shift_left(energy_per_pulse_, bit);
    if (is_less(let_out_, pulses)) continue;
    let_out_ = let_out_ - pulses;
    due_ += std::uint32_t{1} << bit;
  }
}

}  // namespace lk::metrology
