// SPDX-License-Identifier: Apache-2.0
#include "sim/household/building.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "assert/assert.hpp"
#include "sim/household/converter.hpp"
#include "sim/household/flat.hpp"
#include "sim/mains/random.hpp"

namespace lk::sim {
namespace {

constexpr std::uint64_t renewals_per_second = 10;
constexpr std::size_t max_phases = metrology::max_phases;

}  // namespace

struct Building::State {
  struct Part {
    std::vector<Flat> phases;  // one, or three
    std::size_t first_phase;   // of the mains
    std::optional<Converter<1>> converter;
    std::optional<Converter<3>> three_phase_converter;
    std::vector<SampleSet> samples;
    std::vector<ThreePhaseSet> three_phase_samples;
  };
  // What one phase of the building carries.
  struct Wave {
    std::vector<float> volts;
    std::vector<float> amperes;
    std::vector<float> live_amperes;
    std::vector<float> sum_amperes;  // of all flats
  };

  explicit State(BuildingConfiguration configuration)
      : rate_hz(configuration.rate_hz),
        mains(configuration.mains, configuration.rate_hz, configuration.start),
        feeder_converter(configuration.feeder_front_end, seed_of(configuration.seed, 1)),
        three_phase_feeder_converter(configuration.feeder_front_end, seed_of(configuration.seed, 1)) {
    ensure(rate_hz >= renewals_per_second);
    has_three_phases = configuration.has_three_phase_feeder;
    for (FlatConfiguration& flat : configuration.flats)
      parts.push_back(part_of(flat, configuration.mains.voltage));
    for (const Part& part : parts) has_three_phases |= part.phases.size() > 1 || part.first_phase > 1;
  }

  static Part part_of(FlatConfiguration& flat, double nominal_voltage) {
    ensure(flat.other_loads.empty() || flat.other_loads.size() == 2);
    ensure(flat.phase >= 1 && flat.phase <= max_phases);
    if (const auto* const recording = std::get_if<RecordedLoad>(&flat.load))
      ensure(!recording->samples.empty() && flat.other_loads.empty());
    Part part{.first_phase = flat.other_loads.empty() ? flat.phase : 1};
    part.phases.emplace_back(std::move(flat.load), nominal_voltage);
    for (Load& load : flat.other_loads) part.phases.emplace_back(std::move(load), nominal_voltage);
    const std::uint64_t noise_seed = seed_of(flat.seed, 7);
    if (part.phases.size() == 1) {
      part.converter.emplace(flat.front_end, noise_seed);
    } else {
      part.three_phase_converter.emplace(flat.front_end, noise_seed);
    }
    return part;
  }

  void run(std::size_t first, std::size_t count) {
    std::array<MainsBlock, max_phases> blocks{mains.advance(count)};
    if (has_three_phases) blocks = {blocks[0], mains.phase(2), mains.phase(3)};
    for (Wave& wave : waves) wave.sum_amperes.assign(count, 0.0F);
    for (Part& part : parts) run(part, blocks, first, count);
    all_amperes = waves[0].sum_amperes;
    if (has_three_phases) {
      for (std::size_t k = 0; k < count; ++k)
        all_amperes[k] += waves[1].sum_amperes[k] + waves[2].sum_amperes[k];
      three_phase_feeder_converter.convert({{{blocks[0].voltage, waves[0].sum_amperes},
                                             {blocks[1].voltage, waves[1].sum_amperes},
                                             {blocks[2].voltage, waves[2].sum_amperes}}},
                                           all_amperes,
                                           std::span{three_phase_feeder_samples}.subspan(first, count));
    }
    feeder_converter.convert({{{blocks[0].voltage, all_amperes}}}, all_amperes,
                             std::span{feeder_samples}.subspan(first, count));
    sample_index += count;
  }

  void run(Part& part, const std::array<MainsBlock, max_phases>& blocks, std::size_t first,
           std::size_t count) {
    neutral_amperes.assign(count, 0.0F);
    for (std::size_t p = 0; p < part.phases.size(); ++p) {
      Flat& flat = part.phases[p];
      const std::size_t of_mains = part.first_phase - 1 + p;
      Wave& wave = waves[of_mains];
      wave.volts.resize(count);
      wave.amperes.resize(count);
      flat.run(blocks[of_mains], wave.volts, wave.amperes);
      for (std::size_t k = 0; k < count; ++k) {
        wave.sum_amperes[k] += wave.amperes[k];
        neutral_amperes[k] += wave.amperes[k];
      }
      wave.live_amperes = wave.amperes;
      if (flat.live_share() < 1)
        for (float& value : wave.live_amperes) value *= flat.live_share();
    }
    const auto seen = [this](std::size_t phase) {
      return std::pair{std::span<const float>{waves[phase].volts},
                       std::span<const float>{waves[phase].live_amperes}};
    };
    if (part.converter) {
      const auto [volts, amperes] = seen(part.first_phase - 1);
      part.converter->convert({{{volts, amperes}}}, neutral_amperes,
                              std::span{part.samples}.subspan(first, count));
    } else {
      std::array<Converter<3>::Wave, max_phases> all;
      for (std::size_t p = 0; p < max_phases; ++p) all[p] = {seen(p).first, seen(p).second};
      value_of(part.three_phase_converter)
          .convert(all, neutral_amperes, std::span{part.three_phase_samples}.subspan(first, count));
    }
  }

  void renew() {
    for (Part& part : parts)
      for (Flat& flat : part.phases) flat.renew(mains.now());
    const std::uint64_t tick = sample_index * renewals_per_second / rate_hz;
    renewal_index =
        std::max(sample_index + 1, ((tick + 1) * rate_hz + renewals_per_second - 1) / renewals_per_second);
  }

  std::uint32_t rate_hz;
  Mains mains;
  std::vector<Part> parts;
  Converter<1> feeder_converter;
  Converter<3> three_phase_feeder_converter;
  bool has_three_phases = false;
  std::vector<SampleSet> feeder_samples;
  std::vector<ThreePhaseSet> three_phase_feeder_samples;
  std::uint64_t sample_index = 0;
  std::uint64_t renewal_index = 0;
  std::array<Wave, max_phases> waves;
  std::vector<float> neutral_amperes;
  std::vector<float> all_amperes;
};

Building::Building(BuildingConfiguration configuration)
    : state_(std::make_unique<State>(std::move(configuration))) {}
Building::Building(Building&&) noexcept = default;
Building& Building::operator=(Building&&) noexcept = default;
Building::~Building() = default;

void Building::advance(std::size_t count) {
  for (State::Part& part : state_->parts) {
    if (part.converter) {
      part.samples.resize(count);
    } else {
      part.three_phase_samples.resize(count);
    }
  }
  state_->feeder_samples.resize(count);
  if (state_->has_three_phases) state_->three_phase_feeder_samples.resize(count);
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

std::span<const ThreePhaseSet> Building::three_phase_flat(std::size_t index) const {
  ensure(index < state_->parts.size());
  return state_->parts[index].three_phase_samples;
}

std::span<const SampleSet> Building::feeder() const {
  return state_->feeder_samples;
}

std::span<const ThreePhaseSet> Building::three_phase_feeder() const {
  return state_->three_phase_feeder_samples;
}

std::size_t Building::flat_count() const {
  return state_->parts.size();
}
quantity::Instant Building::now() const {
  return state_->mains.now();
}

void Building::set_closed(std::size_t index, bool is_closed) {
  ensure(index < state_->parts.size());
  for (Flat& flat : state_->parts[index].phases) flat.set_closed(is_closed);
}

void Building::set_extra_load(std::size_t index, double watts) {
  ensure(index < state_->parts.size() && watts >= 0);
  state_->parts[index].phases.front().set_extra_load(watts);
}

bool Building::set_appliance(std::size_t index, const Appliance& appliance) {
  ensure(index < state_->parts.size() && appliance.watts >= 0);
  return state_->parts[index].phases.front().set_appliance(appliance, now());
}

void Building::set_bypass(std::size_t index, double share) {
  ensure(index < state_->parts.size() && share >= 0 && share <= 1);
  state_->parts[index].phases.front().set_bypass(share);
}

void Building::disturb(const Disturbance& disturbance) {
  state_->mains.disturb(disturbance);
}

}  // namespace lk::sim
