// SPDX-License-Identifier: Apache-2.0
// A flash whose power can go in the middle of a write: passes everything on, until it is told that the next
// write is the last. That one stops at a random place, leaving the unit it was at in any state; afterwards
// every call fails until the power is back. One thread.
#pragma once

#include <cstdint>
#include <random>

#include "port/flash.hpp"

namespace lk::host {

class TornFlash final : public port::Flash {
 public:
  // `flash` must outlive it.
  TornFlash(port::Flash& flash, std::uint64_t seed) : flash_(flash), random_(seed) {}

  // The next `program` is torn, the next `erase` does not happen.
  void fail_in_next_write() { power_ = Power::failing; }
  // Every call fails.
  void cut() { power_ = Power::none; }
  void restore() { power_ = Power::good; }

  [[nodiscard]] port::FlashGeometry geometry() const override { return flash_.geometry(); }
  [[nodiscard]] bool read(std::uint32_t offset, std::span<std::byte> to) override;
  [[nodiscard]] bool program(std::uint32_t offset, std::span<const std::byte> from) override;
  [[nodiscard]] bool erase(std::uint32_t page_index) override;

 private:
  enum class Power : std::uint8_t { good, failing, none };

  port::Flash& flash_;
  std::mt19937_64 random_;
  Power power_ = Power::good;
};

}  // namespace lk::host
