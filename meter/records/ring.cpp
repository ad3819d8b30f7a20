// SPDX-License-Identifier: Apache-2.0
#include "meter/records/ring.hpp"

#include <algorithm>
#include <array>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"

namespace lk::records {
namespace {

constexpr std::size_t number_bytes = 4;
constexpr std::size_t check_bytes = 4;
constexpr std::size_t slot_max_bytes = entry_max_bytes + 24;
using SlotRoom = std::array<std::byte, slot_max_bytes>;

constexpr std::uint32_t slot_bytes_of(std::size_t payload_bytes, std::uint32_t unit) {
  const auto bytes = static_cast<std::uint32_t>(number_bytes + payload_bytes + check_bytes);
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

Ring::Ring(port::Flash& flash, const Layout& layout)
    : flash_(&flash),
      layout_(layout),
      page_size_bytes_(flash.geometry().page_size_bytes),
      program_size_bytes_(flash.geometry().program_size_bytes) {
  ensure(layout.page_count >= 2 && layout.payload_bytes <= entry_max_bytes && per_page() > 0);
}

std::uint16_t Ring::pages_for(const port::FlashGeometry& geometry, std::size_t payload_bytes,
                              std::uint32_t depth) {
  const std::uint32_t fits =
      geometry.page_size_bytes / slot_bytes_of(payload_bytes, geometry.program_size_bytes);
  ensure(fits > 0);
  return static_cast<std::uint16_t>((depth + fits - 1) / fits + 1);
}

std::uint32_t Ring::slot_bytes() const {
  return slot_bytes_of(layout_.payload_bytes, program_size_bytes_);
}

std::uint32_t Ring::offset_of(std::uint32_t number) const {
  const std::uint32_t place = (number - 1) % capacity();
  return (layout_.first_page + place / per_page()) * page_size_bytes_ + place % per_page() * slot_bytes();
}

std::uint32_t Ring::check_of(std::span<const std::byte> number_and_payload) const {
  return bytes::crc32c(number_and_payload, std::uint32_t{layout_.id} << 8U | layout_.payload_bytes);
}

bool Ring::read_slot(std::uint32_t offset, std::span<std::byte> slot) const {
  const bool is_read = flash_->read(offset, slot);
  has_refused_ = has_refused_ || !is_read;
  return is_read;
}

std::uint32_t Ring::number_at(std::uint32_t offset, std::span<std::byte> slot) const {
  if (!read_slot(offset, slot)) return 0;
  bytes::Reader reader{slot};
  const auto number = reader.little<std::uint32_t>();
  (void)reader.take(layout_.payload_bytes);
  const auto check = reader.little<std::uint32_t>();
  if (check != check_of(slot.first(number_bytes + layout_.payload_bytes))) return 0;
  return number != 0 && offset_of(number) == offset ? number : 0;
}

bool Ring::is_erased(std::uint32_t offset, std::span<std::byte> slot) const {
  return read_slot(offset, slot) && bytes::are_all(slot, std::byte{0xFF});
}

// Slots are written in their order, so a page whose first two are erased holds nothing. (One may be erased
// though the page is in use: a write that failed.)
bool Ring::is_page_unused(std::uint32_t page_offset, std::span<std::byte> slot) const {
  return is_erased(page_offset, slot) && (per_page() == 1 || is_erased(page_offset + slot_bytes(), slot));
}

// The newest page is the one whose first sound entry has the highest number; in it, what is written last
// stands before the first slot behind which all is erased.
bool Ring::mount() {
  next_ = 1;
  has_refused_ = false;
  if (flash_ != nullptr) find_newest();
  is_mounted_ = !has_refused_;
  if (!is_mounted_) next_ = 1;
  return is_mounted_;
}

void Ring::find_newest() {
  SlotRoom room;
  const auto slot = std::span{room}.first(slot_bytes());
  std::uint32_t newest_page_base = 0;  // number of the page's first slot
  for (std::uint32_t page = 0; page < layout_.page_count; ++page) {
    const std::uint32_t begin = (layout_.first_page + page) * page_size_bytes_;
    if (is_page_unused(begin, slot)) continue;
    for (std::uint32_t i = 0; i < per_page(); ++i) {
      const std::uint32_t number = number_at(begin + i * slot_bytes(), slot);
      if (number == 0) continue;
      newest_page_base = std::max(newest_page_base, number - i);
      break;
    }
  }
  if (newest_page_base == 0) return;
  std::uint32_t used = per_page();  // every slot is looked at: behind an erased one another may be written
  while (used > 0 && is_erased(offset_of(newest_page_base + used - 1), slot)) --used;
  next_ = newest_page_base + used;
}

bool Ring::append(std::span<const std::byte> payload) {
  if (flash_ == nullptr || !is_mounted_) return false;
  ensure(payload.size() == layout_.payload_bytes);
  const std::uint32_t number = next_++;
  const std::uint32_t offset = offset_of(number);
  if ((number - 1) % per_page() == 0 && !flash_->erase(offset / page_size_bytes_)) {
    // Nothing may be written to a page that could not be erased: its next first slot tries again.
    next_ = number;
    return false;
  }
  SlotRoom room;
  room.fill(std::byte{0xFF});
  bytes::Writer writer{room};
  writer.little(number);
  writer.copy(payload);
  writer.little(check_of(writer.written()));
  return flash_->program(offset, std::span{room}.first(slot_bytes()));
}

bool Ring::read(std::uint32_t number, std::span<std::byte> payload) const {
  ensure(payload.size() >= layout_.payload_bytes);
  if (flash_ == nullptr || number < first() || number >= next_) return false;
  SlotRoom room;
  const auto slot = std::span{room}.first(slot_bytes());
  if (number_at(offset_of(number), slot) != number) return false;
  std::ranges::copy(slot.subspan(number_bytes, layout_.payload_bytes), payload.begin());
  return true;
}

std::uint32_t Ring::first() const {
  if (flash_ == nullptr || next_ == 1) return next_;
  // The page of the newest entry holds what was written since it was erased; the others are full.
  const std::uint32_t page_base = (next_ - 2) / per_page() * per_page() + 1;
  const std::uint32_t older = (layout_.page_count - 1U) * per_page();
  return page_base > older ? page_base - older : 1;
}

std::uint32_t Ring::newest() const {
  std::array<std::byte, entry_max_bytes> payload;
  for (std::uint32_t number = next_ - 1; number >= first() && number > 0; --number) {
    if (read(number, payload)) return number;
  }
  return 0;
}

std::uint32_t Ring::first_there(std::uint32_t from, std::span<std::byte> payload) const {
  while (from < next_ && !read(from, payload)) ++from;
  return from;
}

std::uint32_t Ring::find_since(std::uint32_t since, std::size_t time_offset) const {
  ensure(time_offset + sizeof(std::uint32_t) <= layout_.payload_bytes || flash_ == nullptr);
  std::array<std::byte, entry_max_bytes> payload;
  std::uint32_t low = first();
  std::uint32_t high = next_;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::uint32_t there = first_there(middle, payload);
    if (there >= high) {
      high = middle;
      continue;
    }
    bytes::Reader reader{std::span{payload}.subspan(time_offset)};
    if (reader.little<std::uint32_t>() < since) {
      low = there + 1;
    } else {
      high = middle;
    }
  }
  return first_there(low, payload);
}

}  // namespace lk::records
