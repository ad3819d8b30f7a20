// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/torn_flash.hpp"

#include <vector>

namespace lk::host {

bool TornFlash::read(std::uint32_t offset, std::span<std::byte> to) {
  return power_ != Power::none && flash_.read(offset, to);
}

bool TornFlash::program(std::uint32_t offset, std::span<const std::byte> from) {
  if (power_ == Power::none) return false;
  if (power_ == Power::good) return flash_.program(offset, from);
  power_ = Power::none;
  const std::size_t unit_bytes = flash_.geometry().program_size_bytes;
  const std::size_t whole_bytes = random_() % (from.size() / unit_bytes + 1) * unit_bytes;
  if (whole_bytes > 0 && !flash_.program(offset, from.first(whole_bytes))) return false;
  if (whole_bytes == from.size()) return false;
  // Programming clears bits; in the unit under way only some of them have been.
  std::vector<std::byte> half(unit_bytes);
  for (std::size_t i = 0; i < unit_bytes; ++i) {
    half[i] = from[whole_bytes + i] | static_cast<std::byte>(random_() & 0xFFU);
  }
  (void)flash_.program(offset + static_cast<std::uint32_t>(whole_bytes), half);
  return false;
}

bool TornFlash::erase(std::uint32_t page_index) {
  if (power_ == Power::good) return flash_.erase(page_index);
  power_ = Power::none;
  return false;
}

}  // namespace lk::host
