// SPDX-License-Identifier: Apache-2.0
// A NOR flash in memory that fails on request: power cuts after any number of program units, torn bytes,
// stuck bits, failing reads, flips. Programming what is not erased, or not aligned, is a bug of the caller
// and trips `lk::ensure`. All chance comes from one seed. The bytes outlive a cut: make a new journal on the
// same flash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "port/flash.hpp"

namespace lk::sim {

class SimFlash final : public port::Flash {
 public:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  SimFlash(const port::FlashGeometry& geometry, std::uint64_t seed);

  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  [[nodiscard]] bool read(std::uint32_t offset, std::span<std::byte> to) override;
  [[nodiscard]] bool program(std::uint32_t offset, std::span<const std::byte> from) override;
  [[nodiscard]] bool erase(std::uint32_t page_index) override;

  // Cuts the power after `step_count` more steps (a step is one program unit, or an eighth of an erase): the
  // step then under way leaves its bytes in any state. Until `restore_power` every call fails and changes
  // nothing.
  void cut_after(std::uint64_t step_count) { steps_left_ = step_count; }
  void restore_power();
  [[nodiscard]] bool has_power() const { return has_power_; }
  // Steps since the flash was made; the difference over an operation is the number of places it can be cut
  // at.
  [[nodiscard]] std::uint64_t step_count() const { return step_count_; }

  // One stored bit turns over.
  void flip(std::uint32_t bit_index);
  // That bit reads as `value` from now on, whatever is programmed or erased; programming or erasing over it
  // reports failure where the outcome is wrong, as a real flash does.
  void stick(std::uint32_t bit_index, bool value);
  // The next `count` reads fail, once `after` more have gone well: a bus fault.
  void fail_reads(std::uint32_t count, std::uint32_t after = 0) {
    failing_reads_ = count;
    reads_before_fault_ = after;
  }
  [[nodiscard]] std::uint64_t read_count() const { return read_count_; }

  [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }
  [[nodiscard]] std::uint32_t erase_count(std::uint32_t page_index) const {
    return erase_counts_[page_index];
  }
  [[nodiscard]] std::uint64_t programmed_bytes() const { return programmed_bytes_; }

 private:
  struct StuckBit {
    std::uint32_t bit_index;
    bool value;
  };

  bool step_is_cut();
  void tear(std::span<std::byte> cells, std::span<const std::byte> from);
  [[nodiscard]] bool is_stuck(std::uint32_t offset) const;
  bool stick_bits(std::uint32_t offset, std::uint32_t size_bytes);
  std::uint64_t random();

  port::FlashGeometry geometry_;
  std::uint64_t random_state_;
  std::vector<std::byte> bytes_;
  std::vector<std::uint32_t> erase_counts_;
  std::vector<StuckBit> stuck_;
  std::uint64_t steps_left_ = never;
  std::uint64_t step_count_ = 0;
  std::uint64_t programmed_bytes_ = 0;
  std::uint32_t failing_reads_ = 0;
  std::uint32_t reads_before_fault_ = 0;
  std::uint64_t read_count_ = 0;
  bool has_power_ = true;
};

}  // namespace lk::sim
