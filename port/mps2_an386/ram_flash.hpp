// SPDX-License-Identifier: Apache-2.0
// The board has no flash of its own: a piece of RAM that behaves like one. Its content lasts as long as QEMU
// runs.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "assert/assert.hpp"
#include "port/flash.hpp"

namespace lk::mps2 {

template <std::uint32_t page_count>
class RamFlashOf final : public port::Flash {
 public:
  RamFlashOf() { bytes_.fill(std::byte{0xFF}); }

  [[nodiscard]] port::FlashGeometry geometry() const override { return {page_bytes, page_count, 8}; }
  [[nodiscard]] bool read(std::uint32_t offset, std::span<std::byte> to) override {
    const auto cells = part(offset, to.size());
    std::copy(cells.begin(), cells.end(), to.begin());
    return true;
  }
  [[nodiscard]] bool program(std::uint32_t offset, std::span<const std::byte> from) override {
    const auto cells = part(offset, from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (bytes_left_ == 0) return false;
      if (bytes_left_ != endless) --bytes_left_;
      ensure(cells[i] == std::byte{0xFF});
      cells[i] = from[i];
    }
    return true;
  }
  // Without power after so many more bytes: what was programmed stays, the rest of the write is torn off.
  void cut_after(std::uint32_t bytes) { bytes_left_ = bytes; }
  void restore_power() { bytes_left_ = endless; }
  [[nodiscard]] bool erase(std::uint32_t page_index) override {
    if (bytes_left_ == 0) return false;
    std::ranges::fill(part(page_index * page_bytes, page_bytes), std::byte{0xFF});
    return true;
  }

 private:
  static constexpr std::uint32_t page_bytes = 4096;
  static constexpr std::uint32_t endless = 0xFFFF'FFFF;

  std::span<std::byte> part(std::uint32_t offset, std::size_t size_bytes) {
    ensure(offset <= bytes_.size() && size_bytes <= bytes_.size() - offset);
    return std::span{bytes_}.subspan(offset, size_bytes);
  }

  std::array<std::byte, page_bytes * page_count> bytes_;
  std::uint32_t bytes_left_ = endless;
};

}  // namespace lk::mps2
