// SPDX-License-Identifier: Apache-2.0
// An append-only ring of entries of one size on a range of flash pages (docs/formats/records.md). Entries are
// numbered from 1; entry n has one place that follows from n, so nothing but the entries is stored, and a
// start reads a few of them. A page is erased when its first entry is written: what it held, the oldest,
// goes.
//
//   page 0           page 1           page 2                 n → page (n-1) / per_page mod pages
//   │1 │2 │3 │4 │    │5 │6 │7 │░ │    (oldest, erased next)
//
// An entry that a power cut tore keeps its number and is not there: readers see a gap of numbers, never a
// wrong entry. Not thread-safe; the flash must outlive the ring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "port/flash.hpp"

namespace lk::records {

inline constexpr std::size_t entry_max_bytes = 160;

class Ring {
 public:
  struct Layout {
    std::uint8_t id;  // in the entries' check, so that another ring's entry is never taken for one of this
    std::uint16_t first_page;
    std::uint16_t page_count;  // 2 or more
    std::uint16_t payload_bytes;
  };

  Ring() = default;  // holds nothing
  Ring(port::Flash& flash, const Layout& layout);

  // Pages that hold at least `depth` entries at any time.
  [[nodiscard]] static std::uint16_t pages_for(const port::FlashGeometry& geometry, std::size_t payload_bytes,
                                               std::uint32_t depth);

  // Finds the newest entry; reads only. To be called before the rest. False where the flash refused a read:
  // what is there is not known, nothing is appended, and it is to be called again.
  bool mount();
  [[nodiscard]] bool is_mounted() const { return is_mounted_; }
  void dismount() { is_mounted_ = false; }
  // Appends; false where the flash failed, the entry is then not there and its number is used up.
  bool append(std::span<const std::byte> payload);
  // Reads entry `number` whole; false where it is not there (torn, damaged, overwritten, not written yet).
  [[nodiscard]] bool read(std::uint32_t number, std::span<std::byte> payload) const;

  // The number that the next entry gets; numbers from `first` to before it can be there.
  [[nodiscard]] std::uint32_t next() const { return next_; }
  [[nodiscard]] std::uint32_t first() const;
  // The newest entry that is there, 0 where there is none.
  [[nodiscard]] std::uint32_t newest() const;
  // The first number whose entry, or the next one there, has a time (u32, little-endian, at `time_offset` of
  // the payload) of `since` or later; `next` where none has. Right as far as times rise.
  [[nodiscard]] std::uint32_t find_since(std::uint32_t since, std::size_t time_offset) const;

  // Whether the flash has refused a read since the mount: what seemed not to be there may be.
  [[nodiscard]] bool has_refused() const { return has_refused_; }

  [[nodiscard]] std::uint16_t payload_bytes() const { return layout_.payload_bytes; }

 private:
  [[nodiscard]] std::uint32_t slot_bytes() const;
  [[nodiscard]] std::uint32_t per_page() const { return page_size_bytes_ / slot_bytes(); }
  [[nodiscard]] std::uint32_t capacity() const { return per_page() * layout_.page_count; }
  [[nodiscard]] std::uint32_t offset_of(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t check_of(std::span<const std::byte> number_and_payload) const;
  // The number in the slot, 0 where no sound entry is.
  [[nodiscard]] std::uint32_t number_at(std::uint32_t offset, std::span<std::byte> slot) const;
  void find_newest();
  [[nodiscard]] bool read_slot(std::uint32_t offset, std::span<std::byte> slot) const;
  [[nodiscard]] bool is_erased(std::uint32_t offset, std::span<std::byte> slot) const;
  [[nodiscard]] bool is_page_unused(std::uint32_t page_offset, std::span<std::byte> slot) const;
  [[nodiscard]] std::uint32_t first_there(std::uint32_t from, std::span<std::byte> payload) const;

  port::Flash* flash_ = nullptr;
  Layout layout_{};
  std::uint32_t page_size_bytes_ = 0;
  std::uint32_t program_size_bytes_ = 0;
  std::uint32_t next_ = 1;
  bool is_mounted_ = false;
  mutable bool has_refused_ = false;  // the flash, a read since the mount
};

}  // namespace lk::records
