// SPDX-License-Identifier: Apache-2.0
#include "meter/core/phase_energies.hpp"

#include "bytes/bytes.hpp"

namespace lk::meter {
namespace {

constexpr std::uint8_t version = 1;

}  // namespace

void PhaseEnergies::add(std::size_t index, const metrology::Energies& gained) {
  for (std::size_t i = 0; i < gained.size(); ++i) phase[index][i] += gained[i];
}

StoredPhaseEnergies encode(const PhaseEnergies& energies) {
  StoredPhaseEnergies stored{};
  bytes::Writer writer{stored};
  writer.byte(version);
  for (const metrology::Energies& phase : energies.phase) {
    for (const quantity::Energy energy : phase) writer.little(energy.count());
  }
  return stored;
}

bool decode(std::span<const std::byte> bytes, PhaseEnergies& energies) {
  bytes::Reader reader{bytes};
  if (bytes.size() != PhaseEnergies::stored_bytes || reader.byte() != version) return false;
  PhaseEnergies read;
  for (metrology::Energies& phase : read.phase) {
    for (quantity::Energy& energy : phase) {
      energy = quantity::Energy::of(reader.little<std::int64_t>());
      if (energy < quantity::Energy{}) return false;
    }
  }
  energies = read;
  return true;
}

}  // namespace lk::meter
