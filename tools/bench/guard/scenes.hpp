// SPDX-License-Identifier: Apache-2.0
// The composed scenes on which the guard's recognition of resistive loads is measured: short ones in which
// one resistive appliance (or a trick with one) is switched on among others, and long ones of other loads
// alone. Everything follows from one seed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "meter/guard/malicious_load.hpp"
#include "sim/scene/recorded.hpp"
#include "sim/scene/scene.hpp"

namespace lk::bench_guard {

// What a scene has that is to be found.
enum class Trick : std::uint8_t { plain, diode, dimmer, steps, slow, capacitor };
inline constexpr std::size_t trick_count = 6;
[[nodiscard]] std::string_view name_of(Trick trick);
[[nodiscard]] std::string_view name_of(guard::LoadKind kind);

struct Range {
  double least, most;
};

struct Plan {
  Trick trick = Trick::plain;
  Range watts;
  Range background_amperes;
};

struct Outcome {
  sim::scene::Kind kind{};
  double watts = 0;
  bool is_found = false;
  guard::LoadKind found_as{};
  double found_watts = 0;
  double seconds = 0;  // from switching on (of the last step, or of the end of the rise) to the decision
  bool is_false_before = false;  // something was found before there was anything
  std::uint64_t seed = 0;
};

// One short scene.
[[nodiscard]] Outcome run_scene(const Plan& plan, const guard::RecognitionParameters& parameters,
                                std::span<const sim::scene::Recorded> recorded, std::uint64_t seed);

// Something found where nothing was.
struct FalseFinding {
  std::uint64_t house_seed = 0;
  double at_s = 0;
  guard::Finding finding;
};

struct SoakResult {
  double hours = 0;
  std::uint64_t switchings = 0;
  std::array<std::uint64_t, sim::scene::kind_count> switched_on{};
  // Findings, by the load that was switched on last before.
  std::array<std::uint64_t, sim::scene::kind_count> false_findings{};
  std::array<std::uint64_t, 6> false_as{};  // by guard::LoadKind
  std::vector<FalseFinding> findings;       // house by house
  SoakResult& operator+=(const SoakResult& other);
};

// A house with other loads only, every cycle of it.
[[nodiscard]] SoakResult run_soak(double hours, const guard::RecognitionParameters& parameters,
                                  std::span<const sim::scene::Recorded> recorded, std::uint64_t seed);

// A recording of a load that is no resistor, with a start as its class has it.
[[nodiscard]] sim::scene::Load recorded_other(std::span<const sim::scene::Recorded> recorded,
                                              sim::Random& random);

}  // namespace lk::bench_guard
