// SPDX-License-Identifier: Apache-2.0
// Private files: read only where nobody else can, replaced whole or not at all, locked against a second
// process.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "server/vault/refusal.hpp"

namespace lk::vault {

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_ = -1;
};

// The bytes of a file that belongs to this user and that nobody else may read or write.
[[nodiscard]] Answer<std::vector<std::byte>> read_private_file(const std::string& path);

enum class Overwrite : bool { no, yes };

// Writes a neighbour with mode 0600, synchronises it, and gives it the name in one step. Where the name is
// taken and may not be overwritten, nothing changes.
[[nodiscard]] Answer<void> write_private_file(const std::string& path, std::span<const std::byte> bytes,
                                              Overwrite overwrite);

// Writes all bytes, or tells why not.
[[nodiscard]] Answer<void> write_all(const Descriptor& file, std::span<const std::byte> bytes,
                                     const std::string& name);

// Synchronises the folder that a file stands in, so that its name is on disk.
[[nodiscard]] Answer<void> synchronise_folder_of(const std::string& path);

// The lock of a file, made if absent; held while the descriptor lives. Refused (in_use) where another holds
// it.
[[nodiscard]] Answer<Descriptor> lock_file(const std::string& path, const std::string& what);

}  // namespace lk::vault
