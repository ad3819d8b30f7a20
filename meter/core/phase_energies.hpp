// SPDX-License-Identifier: Apache-2.0
// What each phase of a three-phase meter has counted since new: as the sum mode says for all together, but of
// one phase. Stored beside the state, in the same batch (docs/formats/meter-state.md, key 96). The energies
// of a meter with one phase are those of its state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "meter/metrology/energy_registers.hpp"
#include "meter/metrology/sample_set.hpp"

namespace lk::meter {

struct PhaseEnergies {
  static constexpr std::size_t stored_bytes =
      1 + metrology::max_phases * metrology::register_count * sizeof(std::int64_t);

  std::array<metrology::Energies, metrology::max_phases> phase{};

  void add(std::size_t index, const metrology::Energies& gained);
  bool operator==(const PhaseEnergies&) const = default;
};

using StoredPhaseEnergies = std::array<std::byte, PhaseEnergies::stored_bytes>;

[[nodiscard]] StoredPhaseEnergies encode(const PhaseEnergies& energies);
// False where the bytes are none of this version; `energies` is then unchanged.
[[nodiscard]] bool decode(std::span<const std::byte> bytes, PhaseEnergies& energies);

}  // namespace lk::meter
