// SPDX-License-Identifier: Apache-2.0
// A file as a NOR flash. Every programmed unit is in the kernel's hands when `program` returns, so a `kill
// -9` at any instant loses no more than a power cut of a real flash does; with Durability::power_loss it is
// on the disk. The file has its full size from the start, so a full disk is met when a meter is made and not
// while it runs. A second process that opens the same file is refused. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "port/flash.hpp"

namespace lk::posix {

enum class Durability : std::uint8_t {
  process_crash,  // survives the end of the process by any means
  power_loss,     // also that of the machine: each call waits for the disk
};

class FileFlash final : public port::Flash {
 public:
  // Opens the file, or makes an erased one where there is none (complete or not at all). The error is a
  // sentence for a person: path, reason, remedy.
  [[nodiscard]] static std::expected<std::unique_ptr<FileFlash>, std::string> open(
      const std::string& path, const port::FlashGeometry& geometry,
      Durability durability = Durability::process_crash);

  ~FileFlash();
  FileFlash(const FileFlash&) = delete;
  FileFlash& operator=(const FileFlash&) = delete;

  [[nodiscard]] port::FlashGeometry geometry() const override { return geometry_; }
  [[nodiscard]] bool read(std::uint32_t offset, std::span<std::byte> to) override;
  // Programming what is not erased is a bug of the caller (`lk::ensure`).
  [[nodiscard]] bool program(std::uint32_t offset, std::span<const std::byte> from) override;
  [[nodiscard]] bool erase(std::uint32_t page_index) override;

 private:
  FileFlash(int file, const port::FlashGeometry& geometry, Durability durability,
            std::vector<std::byte> bytes);
  bool write(std::uint32_t offset, std::span<const std::byte> from);

  int file_;
  port::FlashGeometry geometry_;
  Durability durability_;
  std::vector<std::byte> bytes_;  // what the file holds, so that reading costs no system call
};

}  // namespace lk::posix
