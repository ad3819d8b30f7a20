// SPDX-License-Identifier: Apache-2.0
#include "port/sim/flash.hpp"

#include <algorithm>
#include <array>

#include "assert/assert.hpp"

namespace lk::sim {
namespace {

constexpr std::uint32_t erase_step_count = 8;
constexpr std::byte erased{0xFF};

std::byte mask_of(std::uint32_t bit_index) {
  return static_cast<std::byte>(1U << (bit_index % 8));
}

}  // namespace

SimFlash::SimFlash(const port::FlashGeometry& geometry, std::uint64_t seed)
    : geometry_(geometry),
      random_state_(seed),
      bytes_(std::size_t{geometry.page_size_bytes} * geometry.page_count, erased),
      erase_counts_(geometry.page_count, 0) {}

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t SimFlash::random() {
  random_state_ += 0x9E37'79B9'7F4A'7C15;
  std::uint64_t z = random_state_;
  z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9;
  z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EB;
  return z ^ (z >> 31U);
}

void SimFlash::restore_power() {
  has_power_ = true;
  steps_left_ = never;
}

// Counts one step; true where the power goes in it.
bool SimFlash::step_is_cut() {
  ++step_count_;
  if (steps_left_ == never) return false;
  if (steps_left_ > 0) {
    --steps_left_;
    return false;
  }
  has_power_ = false;
  return true;
}

bool SimFlash::read(std::uint32_t offset, std::span<std::byte> to) {
  ensure(offset <= bytes_.size() && to.size() <= bytes_.size() - offset);
  if (!has_power_) return false;
  ++read_count_;
  if (reads_before_fault_ > 0) {
    --reads_before_fault_;
  } else if (failing_reads_ > 0) {
    --failing_reads_;
    return false;
  }
  const auto from = std::span{bytes_}.subspan(offset, to.size());
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

bool SimFlash::program(std::uint32_t offset, std::span<const std::byte> from) {
  const std::uint32_t unit = geometry_.program_size_bytes;
  ensure(offset % unit == 0 && from.size() % unit == 0);
  ensure(offset <= bytes_.size() && from.size() <= bytes_.size() - offset);
  if (!has_power_) return false;
  for (std::uint32_t done = 0; done < from.size(); done += unit) {
    const bool cut = step_is_cut();
    const auto cells = std::span{bytes_}.subspan(offset + done, unit);
    for (std::uint32_t i = 0; i < unit; ++i) ensure(cells[i] == erased || is_stuck(offset + done + i));
    if (cut) {
      tear(cells, from.subspan(done, unit));
    } else {
      std::ranges::copy(from.subspan(done, unit), cells.begin());
    }
    if (cut) return false;
    programmed_bytes_ += unit;
  }
  return stick_bits(offset, static_cast<std::uint32_t>(from.size()));
}

// What a cut leaves: the old byte, the new byte, some of the bits, or noise.
void SimFlash::tear(std::span<std::byte> cells, std::span<const std::byte> from) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::byte noise{static_cast<std::uint8_t>(random())};
    const std::array<std::byte, 4> outcome{cells[i], from[i], from[i] | noise, noise};
    cells[i] = outcome[static_cast<std::size_t>(random() % outcome.size())];
  }
}

bool SimFlash::is_stuck(std::uint32_t offset) const {
  return std::any_of(stuck_.begin(), stuck_.end(),
                     [offset](const StuckBit& bit) { return bit.bit_index / 8 == offset; });
}

bool SimFlash::erase(std::uint32_t page_index) {
  ensure(page_index < geometry_.page_count);
  if (!has_power_) return false;
  const std::uint32_t begin = page_index * geometry_.page_size_bytes;
  const auto page = std::span{bytes_}.subspan(begin, geometry_.page_size_bytes);
  ++erase_counts_[page_index];
  for (std::uint32_t step = 0; step < erase_step_count; ++step) {
    if (!step_is_cut()) continue;
    // A cut erase leaves each byte old, erased, partly erased or noise; early cuts leave more that is old.
    for (std::byte& cell : page) {
      const std::byte noise{static_cast<std::uint8_t>(random())};
      const std::uint64_t chance = random() % (erase_step_count + 2);
      if (chance > step + 1) continue;
      const std::array<std::byte, 3> outcome{erased, cell | noise, noise};
      cell = outcome[static_cast<std::size_t>(random() % outcome.size())];
    }
    return false;
  }
  std::fill(page.begin(), page.end(), erased);
  return stick_bits(begin, geometry_.page_size_bytes);
}

void SimFlash::flip(std::uint32_t bit_index) {
  ensure(bit_index / 8 < bytes_.size());
  bytes_[bit_index / 8] ^= mask_of(bit_index);
}

void SimFlash::stick(std::uint32_t bit_index, bool value) {
  ensure(bit_index / 8 < bytes_.size());
  stuck_.push_back({bit_index, value});
  (void)stick_bits(bit_index / 8, 1);
}

// Puts the stuck bits of a range back; true where none of them had another value.
bool SimFlash::stick_bits(std::uint32_t offset, std::uint32_t size_bytes) {
  bool unchanged = true;
  for (const StuckBit& bit : stuck_) {
    const std::uint32_t at = bit.bit_index / 8;
    if (at < offset || at - offset >= size_bytes) continue;
    const std::byte before = bytes_[at];
    const std::byte mask = mask_of(bit.bit_index);
    bytes_[at] = bit.value ? before | mask : before & ~mask;
    unchanged = unchanged && bytes_[at] == before;
  }
  return unchanged;
}

}  // namespace lk::sim
