// SPDX-License-Identifier: Apache-2.0
// Loads as configuration files write them, and the usual front ends.
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <utility>

#include "sim/household/building.hpp"
#include "sim/household/household.hpp"
#include "sim/household/profile.hpp"
#include "sim/mains/random.hpp"
#include "sim/recording/recording.hpp"

namespace lk::sim {
namespace {

constexpr std::string_view known_loads =
    "flat, family, dormitory, shop, solar, resistor:WATTS, profile:FILE.csv or recording:FILE.i16";

class Resistor final : public LoadSource {
 public:
  explicit Resistor(double watts) : demand_{.resistive_w = watts} {}
  Demand at(quantity::Instant /*now*/) override { return demand_; }

 private:
  Demand demand_;
};

struct KindName {
  std::string_view name;
  HouseholdKind kind;
};
constexpr std::array<KindName, 4> kind_names = {{{"family", HouseholdKind::family},
                                                 {"dormitory", HouseholdKind::dormitory},
                                                 {"shop", HouseholdKind::shop},
                                                 {"solar", HouseholdKind::solar}}};

// Of ten flats six are families, three dormitory rooms, one a shop; solar is only where it is asked for.
HouseholdKind usual_kind(std::uint64_t seed) {
  const std::uint64_t draw = seed_of(seed, 9) % 10;
  if (draw < 6) return HouseholdKind::family;
  return draw < 9 ? HouseholdKind::dormitory : HouseholdKind::shop;
}

std::expected<Load, std::string> parse_resistor(std::string_view text) {
  double watts = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), watts);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(watts) || watts < 0 ||
      watts > 1e6) {
    return std::unexpected("resistor:" + std::string{text} +
                           ": expected watts from 0 to 1000000, as in resistor:2000");
  }
  return std::make_unique<Resistor>(watts);
}

std::expected<Load, std::string> parse_recording(std::string_view file, const LoadOptions& options) {
  if (!(options.counts_per_volt > 0) || !(options.counts_per_ampere > 0)) {
    return std::unexpected("the scales of a recording must be above 0 counts per volt and per ampere");
  }
  auto samples = read_recording(std::filesystem::path{file}, ChannelOrder::current_first);
  if (!samples) return std::unexpected(samples.error());
  return RecordedLoad{std::move(*samples), options.counts_per_volt, options.counts_per_ampere};
}

FrontEnd front_end(std::uint32_t rate_hz, double peak_amperes) {
  constexpr double full_scale = 8'388'607;
  constexpr double peak_volts = 480;
  return {.calibration = {.rate_hz = rate_hz,
                          .voltage_microcounts_per_volt = std::llround(full_scale / peak_volts * 1e6),
                          .current_microcounts_per_ampere = std::llround(full_scale / peak_amperes * 1e6)}};
}

}  // namespace

std::expected<Load, std::string> parse_load(std::string_view text, const LoadOptions& options) {
  if (text == "flat")
    return make_household(usual_kind(options.seed), options.seed, options.utc_offset_minutes);
  for (const KindName& known : kind_names) {
    if (text == known.name) return make_household(known.kind, options.seed, options.utc_offset_minutes);
  }
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (kind == "resistor") return parse_resistor(rest);
  if (kind == "recording" && !rest.empty()) return parse_recording(rest, options);
  if (kind == "profile" && !rest.empty()) {
    auto profile = read_profile(std::filesystem::path{rest});
    if (!profile) return std::unexpected(profile.error().text());
    return make_profile_source(std::move(*profile), options.utc_offset_minutes);
  }
  return std::unexpected("unknown load \"" + std::string{text} + "\"; expected " + std::string{known_loads});
}

metrology::BoardCalibration board_of(const FrontEnd& front_end, std::uint8_t phase_count) {
  const metrology::Calibration& gains = front_end.calibration;
  metrology::BoardCalibration board =
      metrology::design_calibration(phase_count, true, gains.rate_hz, gains.voltage_microcounts_per_volt,
                                    gains.current_microcounts_per_ampere);
  board.full_scale_count = (1 << (front_end.bits - 1)) - 1;
  return board;
}

FrontEnd direct_front_end(std::uint32_t rate_hz) {
  return front_end(rate_hz, 160);
}
FrontEnd feeder_front_end(std::uint32_t rate_hz) {
  return front_end(rate_hz, 1600);
}

}  // namespace lk::sim
