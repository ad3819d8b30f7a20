// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/sine.hpp"

namespace lk::metrology {
namespace {

constexpr std::int64_t one = std::int64_t{1} << 30U;
constexpr std::int64_t half_pi = 1'686'629'713;  // π/2 · 2^30

// sin(step/256 · π/2) of the first quarter by its series, all in 2^-30.
constexpr std::int64_t quarter_sine(std::uint32_t step) {
  const std::int64_t angle = half_pi * step / 256;
  std::int64_t term = angle;
  std::int64_t sum = angle;
  for (std::int64_t n = 2; n <= 16; n += 2) {
    term = -((term * angle / one) * angle / one) / (n * (n + 1));
    sum += term;
  }
  return sum;
}

constexpr std::array<std::int16_t, sine_steps> make_table() {
  std::array<std::int16_t, sine_steps> table{};
  for (std::uint32_t step = 0; step < sine_steps; ++step) {
    const std::uint32_t quarter = step / 256;
    const std::uint32_t within = step % 256;
    const std::int64_t value = quarter_sine(quarter % 2 == 0 ? within : 256 - within);
    const std::int64_t scaled = (value * sine_amplitude + one / 2) / one;
    table[step] = static_cast<std::int16_t>(quarter < 2 ? scaled : -scaled);
  }
  return table;
}

}  // namespace

constinit const std::array<std::int16_t, sine_steps> sine_table = make_table();

}  // namespace lk::metrology
