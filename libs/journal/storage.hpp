// SPDX-License-Identifier: Apache-2.0
// What the journal needs of a storage, and so the contract `port::Flash`: a NOR flash (or FRAM, which then
// only pretends to be erased). Erased bytes read FFh; a unit of `program_size_bytes` may be programmed once
// after its page was erased. A power cut during `program` or `erase` leaves the touched bytes in any state,
// and all others as they were. Called from the meter's own thread only; a call blocks until the hardware has
// finished.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lk::journal {

struct Geometry {
  std::uint32_t page_size_bytes;  // the unit of erase
  std::uint32_t page_count;
  std::uint32_t program_size_bytes;  // the unit of programming, a power of two, at most 16
};

class Storage {
 public:
  [[nodiscard]] virtual Geometry geometry() const = 0;
  // Fills `to` from `offset`. False where the hardware did not answer and may later (range errors are a bug
  // of the caller). A flash that checks words itself (ECC) gives any bytes for a word that fails its check
  // and answers true: such words are what a cut leaves behind, and the journal finds them by its own checks.
  [[nodiscard]] virtual bool read(std::uint32_t offset, std::span<std::byte> to) = 0;
  // Programs whole units at an offset aligned to them. True only when the data are durable.
  [[nodiscard]] virtual bool program(std::uint32_t offset, std::span<const std::byte> from) = 0;
  [[nodiscard]] virtual bool erase(std::uint32_t page_index) = 0;

 protected:
  ~Storage() = default;
};

}  // namespace lk::journal
