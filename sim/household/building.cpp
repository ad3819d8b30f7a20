// SPDX-License-Identifier: Apache-2.0
#include "sim/household/building.hpp"

#include <algorithm>
#include <utility>

#include "assert/assert.hpp"
#include "sim/household/converter.hpp"
#include "sim/household/flat.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

constexpr std::uint64_t renewals_per_second = 10;

}  // namespace

struct Building::State {
  struct Part {
    Flat flat;
    Converter converter;
    std::vector<SampleSet> samples;
  };

  explicit State(BuildingConfiguration configuration)
      : rate_hz(configuration.rate_hz),
        mains(configuration.mains, configuration.rate_hz, configuration.start),
        feeder_converter(configuration.feeder_front_end, seed_of(configuration.seed, 1)) {
    ensure(rate_hz >= renewals_per_second);
    for (FlatConfiguration& flat : configuration.flats) {
      if (const auto* const recording = std::get_if<RecordedLoad>(&flat.load))
        ensure(!recording->samples.empty());
      parts.push_back({Flat{std::move(flat.load), configuration.mains.voltage},
                       Converter{flat.front_end, seed_of(flat.seed, 7)},
                       {}});
    }
  }

  void run(std::size_t first, std::size_t count) {
    const MainsBlock block = mains.advance(count);
    volts.resize(count);
    amperes.resize(count);
    sum_amperes.assign(count, 0.0F);
    for (Part& part : parts) {
      part.flat.run(block, volts, amperes);
      for (std::size_t k = 0; k < count; ++k) sum_amperes[k] += amperes[k];
      const float live_share = part.flat.live_share();
      live_amperes = amperes;
      if (live_share < 1)
        for (float& value : live_amperes) value *= live_share;
      part.converter.convert(volts, live_amperes, amperes, std::span{part.samples}.subspan(first, count));
    }
    feeder_converter.convert(block.voltage, sum_amperes, sum_amperes,
                             std::span{feeder_samples}.subspan(first, count));
    sample_index += count;
  }

  void renew() {
    for (Part& part : parts) part.flat.renew(mains.now());
    const std::uint64_t tick = sample_index * renewals_per_second / rate_hz;
    renewal_index =
        std::max(sample_index + 1, ((tick + 1) * rate_hz + renewals_per_second - 1) / renewals_per_second);
  }

  std::uint32_t rate_hz;
  Mains mains;
  std::vector<Part> parts;
  Converter feeder_converter;
  std::vector<SampleSet> feeder_samples;
  std::uint64_t sample_index = 0;
  std::uint64_t renewal_index = 0;
  std::vector<float> volts;
  std::vector<float> amperes;
  std::vector<float> live_amperes;
  std::vector<float> sum_amperes;
};

Building::Building(BuildingConfiguration configuration)
    : state_(std::make_unique<State>(std::move(configuration))) {}
Building::Building(Building&&) noexcept = default;
Building& Building::operator=(Building&&) noexcept = default;
Building::~Building() = default;

void Building::advance(std::size_t count) {
  for (State::Part& part : state_->parts) part.samples.resize(count);
  state_->feeder_samples.resize(count);
  std::size_t done = 0;
  while (done < count) {
    if (state_->sample_index >= state_->renewal_index) state_->renew();
    const auto part = static_cast<std::size_t>(
        std::min<std::uint64_t>(count - done, state_->renewal_index - state_->sample_index));
    state_->run(done, part);
    done += part;
  }
}

std::span<const SampleSet> Building::flat(std::size_t index) const {
  ensure(index < state_->parts.size());
  return state_->parts[index].samples;
}

std::span<const SampleSet> Building::feeder() const {
  return state_->feeder_samples;
}
std::size_t Building::flat_count() const {
  return state_->parts.size();
}
quantity::Instant Building::now() const {
  return state_->mains.now();
}

void Building::set_closed(std::size_t index, bool is_closed) {
  ensure(index < state_->parts.size());
  state_->parts[index].flat.set_closed(is_closed);
}

void Building::set_extra_load(std::size_t index, double watts) {
  ensure(index < state_->parts.size() && watts >= 0);
  state_->parts[index].flat.set_extra_load(watts);
}

bool Building::set_appliance(std::size_t index, const Appliance& appliance) {
  ensure(index < state_->parts.size() && appliance.watts >= 0);
  return state_->parts[index].flat.set_appliance(appliance, now());
}

void Building::set_bypass(std::size_t index, double share) {
  ensure(index < state_->parts.size() && share >= 0 && share <= 1);
  state_->parts[index].flat.set_bypass(share);
}

void Building::disturb(const Disturbance& disturbance) {
  state_->mains.disturb(disturbance);
}

}  // namespace lk::sim
