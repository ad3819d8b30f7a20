// SPDX-License-Identifier: Apache-2.0
// The port's flash as the storage of the journal, which is a library and does not know ports.
#pragma once

#include "journal/storage.hpp"
#include "port/flash.hpp"

namespace lk::records {

// The flash must outlive this.
class FlashStorage final : public journal::Storage {
 public:
  explicit FlashStorage(port::Flash& flash) : flash_(flash) {}

  [[nodiscard]] journal::Geometry geometry() const override {
    const port::FlashGeometry geometry = flash_.geometry();
    return {geometry.page_size_bytes, geometry.page_count, geometry.program_size_bytes};
  }
  [[nodiscard]] bool read(std::uint32_t offset, std::span<std::byte> to) override {
    return flash_.read(offset, to);
  }
  [[nodiscard]] bool program(std::uint32_t offset, std::span<const std::byte> from) override {
    return flash_.program(offset, from);
  }
  [[nodiscard]] bool erase(std::uint32_t page_index) override { return flash_.erase(page_index); }

 private:
  port::Flash& flash_;
};

}  // namespace lk::records
