// SPDX-License-Identifier: Apache-2.0
// A building of flats behind one mains: gives what the converters of all its meters sample, flat by flat, and
// the feeder's, whose current is the sum of the flats' currents sample by sample. A flat has one phase of the
// mains, or all three with a load on each. One thread; the same configuration and calls give the same
// samples, whatever the block sizes.
//
//   Building building{configuration};
//   for (;;) {
//     building.advance(640);                                  // 100 ms at 6.4 kHz
//     for (std::size_t n = 0; n < flats; ++n) meter[n].feed(building.flat(n), building.now());
//     feeder.feed(building.feeder(), building.now());
//     building.set_closed(n, relay_is_closed);                // holds from the next sample on
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "meter/metrology/board_calibration.hpp"
#include "meter/metrology/sample_set.hpp"
#include "quantity/quantity.hpp"
#include "sim/appliance/appliance.hpp"
#include "sim/household/load_source.hpp"
#include "sim/mains/mains.hpp"

namespace lk::sim {

// What the converter of a meter with a sensor in the neutral reads at one instant.
using SampleSet = metrology::SampleSet<1>;
using ThreePhaseSet = metrology::SampleSet<3>;

// A meter's converter: turns volts and amperes into counts.
struct FrontEnd {
  metrology::Calibration calibration;  // its gains, of both currents; the rate is the building's
  unsigned bits = 24;                  // counts beyond this width clip
  double noise_counts = 8;             // RMS, white, on each channel
};

// A recording in place of a household: both channels come from the file, looped; the flat then has a mains of
// its own.
struct RecordedLoad {
  std::vector<metrology::Sample> samples;  // raw counts at the building's rate
  double counts_per_volt = 1;
  double counts_per_ampere = 1;
};

using Load = std::variant<std::unique_ptr<LoadSource>, RecordedLoad>;

struct FlatConfiguration {
  Load load;
  // Of phases 2 and 3, in a flat that has three: none or two, and no recordings.
  std::vector<Load> other_loads;
  std::size_t phase = 1;  // which one, in a flat that has one: 1 to 3
  FrontEnd front_end;
  std::uint64_t seed = 1;  // of its noise
};

struct BuildingConfiguration {
  std::uint32_t rate_hz = 6400;
  quantity::Instant start;
  MainsConfiguration mains;
  std::vector<FlatConfiguration> flats;
  FrontEnd feeder_front_end;
  bool has_three_phase_feeder = false;
  std::uint64_t seed = 1;
};

class Building {
 public:
  explicit Building(BuildingConfiguration configuration);
  Building(Building&&) noexcept;
  Building& operator=(Building&&) noexcept;
  ~Building();

  // Makes the next `count` samples of every flat and of the feeder, and lets their time pass.
  void advance(std::size_t count);
  // The samples of the last `advance`; valid until the next. Of a flat as it is: with one phase or three.
  // The feeder of one phase has phase 1's voltage, and the currents of all phases: it is for buildings of
  // one.
  [[nodiscard]] std::span<const SampleSet> flat(std::size_t index) const;
  [[nodiscard]] std::span<const ThreePhaseSet> three_phase_flat(std::size_t index) const;
  [[nodiscard]] std::span<const SampleSet> feeder() const;
  [[nodiscard]] std::span<const ThreePhaseSet> three_phase_feeder() const;
  [[nodiscard]] std::size_t flat_count() const;
  // The time of the next sample.
  [[nodiscard]] quantity::Instant now() const;

  // The flat's relay contact; open means no current. All are closed at first.
  void set_closed(std::size_t index, bool is_closed);
  // A resistor beside whatever else the flat has, at once and until changed; 0 W takes it away. In a flat of
  // three phases this and what follows is on phase 1.
  void set_extra_load(std::size_t index, double watts);
  // An appliance switched on beside it, in place of one of its kind; 0 W switches that off. False where the
  // flat's load is a recording.
  [[nodiscard]] bool set_appliance(std::size_t index, const Appliance& appliance);
  // A wire past the live conductor's sensor that takes this share (0 to 1) of the flat's current, as thieves
  // lay it: the neutral carries all. Without one, live and neutral are equal.
  void set_bypass(std::size_t index, double share);
  // A dip, swell or outage of the whole building.
  void disturb(const Disturbance& disturbance);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// How a load is written in configuration files:
//   flat                 a built-in household whose kind follows from the seed
//   family, dormitory, shop, solar
//   resistor:WATTS
//   profile:FILE.csv     see sim/household/profile.hpp
//   recording:FILE.i16   current first, at the building's rate; scales as of `counts_per_volt`,
//   `counts_per_ampere`
// The error says what is wrong (file and line where it is in a file) and what would be right.
struct LoadOptions {
  std::uint64_t seed = 1;
  int utc_offset_minutes = 0;
  double counts_per_volt = 100;  // of a recording
  double counts_per_ampere = 100;
};
[[nodiscard]] std::expected<Load, std::string> parse_load(std::string_view text, const LoadOptions& options);

// The board of one phase, or of three, that measures as this front end converts.
[[nodiscard]] metrology::BoardCalibration board_of(const FrontEnd& front_end, std::uint8_t phase_count = 1);
// A front end for direct connection: 24 bits, full scale 480 V and 160 A peak, with a calibration to match.
[[nodiscard]] FrontEnd direct_front_end(std::uint32_t rate_hz);
// The same for a feeder: full scale 480 V and 1 600 A peak.
[[nodiscard]] FrontEnd feeder_front_end(std::uint32_t rate_hz);

}  // namespace lk::sim
