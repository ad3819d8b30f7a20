// SPDX-License-Identifier: Apache-2.0
// The writing half of the journal. A page counts only once its header stands, and that is written after the
// records it takes over; so a cut while it is being opened leaves the ring as it was.
#include "journal/journal.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "journal/frame_writer.hpp"

namespace lk::journal {
namespace {

constexpr std::uint32_t no_frame = Slot{}.frame_offset;
// A frame that a worn cell has spoiled is written again behind it, so often.
constexpr int attempts = 4;

std::uint32_t payload_bytes_of(std::span<const Record> batch) {
  std::uint32_t sum = 0;
  for (const Record& record : batch) {
    ensure(record.value.size() <= std::numeric_limits<std::uint16_t>::max());
    sum += record_overhead_bytes + static_cast<std::uint32_t>(record.value.size());
  }
  return sum;
}

void append_record_head(FrameWriter& writer, Key key, std::uint16_t size_bytes) {
  std::array<std::byte, record_overhead_bytes> head{};
  bytes::Writer field{head};
  field.little(key);
  field.little(size_bytes);
  writer.append(head);
}

}  // namespace

Journal::Journal(Storage& storage, std::span<Slot> slots, std::uint32_t largest_batch_bytes)
    : storage_(storage),
      slots_(slots),
      geometry_(storage.geometry()),
      largest_batch_bytes_(largest_batch_bytes) {
  const std::uint32_t unit = geometry_.program_size_bytes;
  ensure(unit != 0 && unit <= header_size_bytes && (unit & (unit - 1)) == 0);
  ensure(geometry_.page_count >= 2 && geometry_.page_size_bytes % header_size_bytes == 0);
  ensure(largest_batch_bytes <= std::numeric_limits<std::uint16_t>::max());
  ensure(geometry_.page_size_bytes >= frames_begin + frame_bytes(largest_batch_bytes));
  ensure(slots.size() <= std::numeric_limits<Key>::max());
}

bool Journal::contains(Key key) const {
  ensure(key < slots_.size());
  return slots_[key].frame_offset != no_frame;
}

std::expected<void, Error> Journal::put(Key key, std::span<const std::byte> value) {
  const Record record{key, value};
  return put(std::span{&record, 1});
}

std::expected<void, Error> Journal::put(std::span<const Record> batch) {
  ensure(!batch.empty());
  for (const Record& record : batch) ensure(record.key < slots_.size());
  const std::uint32_t payload_bytes = payload_bytes_of(batch);
  if (payload_bytes > largest_batch_bytes_) return std::unexpected(Error::too_large);
  if (!scan_is_complete()) return std::unexpected(Error::storage);
  if (!has_space_for(batch)) return std::unexpected(Error::full);
  std::expected<void, Error> done = rescue_from_spare();
  bool is_written = false;
  std::uint32_t frame_at = 0;
  for (int attempt = 0; done && !is_written && attempt < attempts; ++attempt) {
    done = make_room(frame_bytes(payload_bytes));
    if (done && next_sequence_ > last_sequence) return std::unexpected(Error::full);
    if (!done) break;
    frame_at = append_at_;
    FrameWriter writer{
        storage_, frame_at, page_sequence_, {next_sequence_, static_cast<std::uint16_t>(payload_bytes)}};
    for (const Record& record : batch) {
      append_record_head(writer, record.key, static_cast<std::uint16_t>(record.value.size()));
      writer.append(record.value);
    }
    Room room{append_at_, begin_of(active_page_ + 1), page_sequence_};
    is_written = end_frame(writer, room);
    append_at_ = room.at;
    if (!is_written && report_.read_failure_count != 0) break;
  }
  if (!is_written) {
    scan();
    return done ? std::unexpected(Error::storage) : done;
  }
  std::uint32_t value_at = header_size_bytes;
  for (const Record& record : batch) {
    value_at += record_overhead_bytes;
    const auto size_bytes = static_cast<std::uint16_t>(record.value.size());
    slots_[record.key] = Slot{frame_at, static_cast<std::uint16_t>(value_at), size_bytes};
    value_at += size_bytes;
  }
  report_.found = Found::journal;
  return {};
}

std::expected<std::span<std::byte>, Error> Journal::get(Key key, std::span<std::byte> room) {
  ensure(key < slots_.size());
  if (!scan_is_complete()) return std::unexpected(Error::storage);
  // A second round where the newest copy turns out to be damaged: the scan finds the next older one.
  for (int round = 0; round < 2; ++round) {
    const Slot slot = slots_[key];
    if (slot.frame_offset == no_frame) return std::unexpected(Error::absent);
    if (slot.value_size_bytes > room.size()) return std::unexpected(Error::too_small);
    const auto value = room.first(slot.value_size_bytes);
    const std::uint32_t failures_before = report_.read_failure_count;
    const auto page = read_page_header(page_of(slot.frame_offset));
    const auto frame = page ? read_frame(slot.frame_offset, page->sequence) : std::nullopt;
    if (frame && examine(*frame, {slot.value_offset, value}) == FrameState::sound) return value;
    if (report_.read_failure_count != failures_before) break;
    scan();
  }
  return std::unexpected(Error::storage);
}

// Records are counted as if each stood in a frame of its own, which is never too little.
bool Journal::has_space_for(std::span<const Record> batch) const {
  std::uint64_t live_bytes = 0;
  for (std::size_t key = 0; key < slots_.size(); ++key) {
    const auto of_batch =
        std::find_if(batch.begin(), batch.end(), [key](const Record& r) { return r.key == key; });
    if (of_batch != batch.end()) {
      live_bytes += frame_bytes(record_overhead_bytes + static_cast<std::uint32_t>(of_batch->value.size()));
    } else if (slots_[key].frame_offset != no_frame) {
      live_bytes += frame_bytes(record_overhead_bytes + slots_[key].value_size_bytes);
    }
  }
  return live_bytes <= live_capacity_bytes(geometry_, largest_batch_bytes_);
}

std::expected<void, Error> Journal::make_room(std::uint32_t size_bytes) {
  for (std::uint32_t opened = 0; opened <= geometry_.page_count; ++opened) {
    Room room{append_at_, begin_of(active_page_ + 1), page_sequence_};
    const bool fits = page_sequence_ != 0 && find_place(room, size_bytes);
    if (report_.read_failure_count != 0) return std::unexpected(Error::storage);
    if (fits) append_at_ = room.at;
    if (fits) return {};
    if (const auto result = open_next_page(); !result) return result;
  }
  return std::unexpected(Error::full);
}

// Erases the spare page, takes over what lives in the oldest page, which so becomes the spare, and last
// writes the header that makes the page count. An erasure that leaves worn cells as they are is good enough:
// frames go around them.
std::expected<void, Error> Journal::open_next_page() {
  if (page_sequence_ != 0) {
    if (const auto result = secure_spare(); !result) return result;
  }
  if (page_sequence_ >= last_sequence || next_sequence_ > last_sequence) return std::unexpected(Error::full);
  const bool is_first = page_sequence_ == 0;
  const std::uint32_t page = is_first ? 0 : page_after(active_page_);
  const std::uint32_t begin = begin_of(page);
  const std::uint32_t end = begin_of(page + 1);
  const bool untouched = is_first && is_erased(begin, end);
  if (!untouched && !storage_.erase(page)) (void)storage_.erase(page);

  const PageHeader header{page_sequence_ + 1, next_sequence_};
  Room room{begin + frames_begin, end, header.sequence};
  if (!is_first && !copy_live(page_after(page), room, Misfit::fail)) return std::unexpected(Error::storage);
  if (!write_page_header(page, header)) return std::unexpected(Error::storage);
  active_page_ = page;
  page_sequence_ = header.sequence;
  append_at_ = room.at;
  return {};
}

// Twice; one that stands is enough.
bool Journal::write_page_header(std::uint32_t page, const PageHeader& header) {
  const Header bytes = encode(header);
  for (std::uint32_t copy = 0; copy < 2; ++copy) {
    const std::uint32_t at = begin_of(page) + copy * header_size_bytes;
    if (is_erased(at, at + header_size_bytes)) (void)storage_.program(at, bytes);
  }
  const auto standing = read_page_header(page);
  return standing && standing->sequence == header.sequence;
}

bool Journal::find_place(Room& room, std::uint32_t size_bytes) {
  while (room.at <= room.end && size_bytes <= room.end - room.at) {
    const auto used = end_of_used(room.at, room.at + size_bytes);
    if (!used) return false;
    if (*used == room.at) return true;
    room.at = aligned(*used, geometry_.program_size_bytes);
  }
  return false;
}

bool Journal::end_frame(FrameWriter& writer, Room& room) {
  bool is_sound = writer.finish();
  if (!is_sound) {
    const auto frame = read_frame(room.at, room.page_sequence);
    is_sound = frame && frame->header.sequence == next_sequence_ && examine(*frame, {}) == FrameState::sound;
  }
  room.at = writer.end();
  if (is_sound) ++next_sequence_;
  return is_sound;
}

// Before the spare is erased, the page that is to move is looked through for damage, which could send a key
// back to a copy in the spare.
std::expected<void, Error> Journal::secure_spare() {
  const std::uint32_t failures_before = report_.read_failure_count;
  const bool sound = live_frames_are_sound(page_after(page_after(active_page_)));
  if (report_.read_failure_count != failures_before) return std::unexpected(Error::storage);
  if (sound) return {};
  scan();
  return rescue_from_spare();
}

// Nothing lives in the spare, but where newer copies were found damaged. That is copied to the active page;
// where it has no room for it the key is lost with the spare's erasure, as it would have been without the
// spare.
std::expected<void, Error> Journal::rescue_from_spare() {
  if (page_sequence_ == 0) return {};
  const std::uint32_t spare = page_after(active_page_);
  Room room{append_at_, begin_of(active_page_ + 1), page_sequence_};
  const bool is_done = copy_live(spare, room, Misfit::forget);
  append_at_ = room.at;
  if (!is_done) return std::unexpected(Error::storage);
  return {};
}

std::uint32_t Journal::next_live_frame(std::uint32_t from, std::uint32_t end) const {
  std::uint32_t found = end;
  for (const Slot& slot : slots_) {
    if (slot.frame_offset >= from) found = std::min(found, slot.frame_offset);
  }
  return found;
}

bool Journal::live_frames_are_sound(std::uint32_t page) {
  const std::uint32_t end = begin_of(page + 1);
  std::uint32_t at = next_live_frame(begin_of(page), end);
  if (at == end) return true;
  const auto header = read_page_header(page);
  for (; at < end; at = next_live_frame(at + 1, end)) {
    const auto frame = header ? read_frame(at, header->sequence) : std::nullopt;
    if (!frame || examine(*frame, {}) != FrameState::sound) return false;
  }
  return true;
}

bool Journal::copy_live(std::uint32_t page, Room& room, Misfit misfit) {
  const std::uint32_t end = begin_of(page + 1);
  std::uint32_t frame_at = next_live_frame(begin_of(page), end);
  if (frame_at == end) return true;
  const auto header = read_page_header(page);
  for (; frame_at < end; frame_at = next_live_frame(frame_at + 1, end)) {
    const auto frame = header ? read_frame(frame_at, header->sequence) : std::nullopt;
    if (!frame || !copy_frame(*frame, room, misfit)) return false;
  }
  return true;
}

// Leaves out the records that are superseded, so that what moves from one page always fits a fresh one that
// has no worn cells.
bool Journal::copy_frame(const Frame& frame, Room& room, Misfit misfit) {
  std::uint32_t payload_bytes = 0;
  for (const Slot& slot : slots_) {
    if (slot.frame_offset == frame.at) payload_bytes += record_overhead_bytes + slot.value_size_bytes;
  }
  const std::uint32_t failures_before = report_.read_failure_count;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (!find_place(room, frame_bytes(payload_bytes))) {
      if (misfit == Misfit::fail || report_.read_failure_count != failures_before) return false;
      for (Slot& slot : slots_) {
        if (slot.frame_offset == frame.at) slot = Slot{};
      }
      return true;
    }
    if (next_sequence_ > last_sequence || examine(frame, {}) != FrameState::sound) return false;
    const std::uint32_t to = room.at;
    if (write_copy(frame, static_cast<std::uint16_t>(payload_bytes), room)) {
      move_slots(frame, to);
      return true;
    }
    if (report_.read_failure_count != failures_before) return false;
  }
  return false;
}

bool Journal::write_copy(const Frame& frame, std::uint16_t payload_bytes, Room& room) {
  FrameWriter writer{storage_, room.at, room.page_sequence, {next_sequence_, payload_bytes}};
  for (std::size_t key = 0; key < slots_.size(); ++key) {
    const Slot& slot = slots_[key];
    if (slot.frame_offset != frame.at) continue;
    append_record_head(writer, static_cast<Key>(key), slot.value_size_bytes);
    std::array<std::byte, 64> part;
    for (std::uint32_t done = 0; done < slot.value_size_bytes;) {
      const auto chunk =
          std::span{part}.first(std::min<std::size_t>(part.size(), slot.value_size_bytes - done));
      if (!storage_.read(frame.at + slot.value_offset + done, chunk)) {
        ++report_.read_failure_count;
        return false;
      }
      writer.append(chunk);
      done += static_cast<std::uint32_t>(chunk.size());
    }
  }
  return end_frame(writer, room);
}

// What lived in a frame lives in its copy, record behind record in the order of the keys.
void Journal::move_slots(const Frame& frame, std::uint32_t to) {
  std::uint32_t value_at = header_size_bytes;
  for (Slot& slot : slots_) {
    if (slot.frame_offset != frame.at) continue;
    value_at += record_overhead_bytes;
    slot.frame_offset = to;
    slot.value_offset = static_cast<std::uint16_t>(value_at);
    value_at += slot.value_size_bytes;
  }
}

}  // namespace lk::journal
