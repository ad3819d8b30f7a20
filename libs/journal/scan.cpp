// SPDX-License-Identifier: Apache-2.0
// The reading half of the journal: what the flash says after whatever happened to it. The newest page is the
// active one, the page behind it in the ring the spare, and the rest is read from the oldest on; later frames
// win.
#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"
#include "journal/journal.hpp"

namespace lk::journal {
namespace {

constexpr std::size_t chunk_bytes = 128;

void add_limited(std::uint32_t& sum, std::uint32_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) sum = UINT32_MAX;
}

}  // namespace

Report Journal::mount() {
  constexpr int attempts = 3;
  scan();
  for (int attempt = 1; attempt < attempts && report_.read_failure_count != 0; ++attempt) scan();
  return report_;
}

// Whether all that is known was really read; looks again where it was not.
bool Journal::scan_is_complete() {
  if (report_.read_failure_count != 0) scan();
  return report_.read_failure_count == 0;
}

void Journal::scan() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  report_ = Report{};
  page_sequence_ = 0;
  next_sequence_ = 1;
  append_at_ = 0;
  for (std::uint32_t page = 0; page < geometry_.page_count; ++page) {
    const auto header = read_page_header(page);
    if (header && header->sequence > page_sequence_) {
      page_sequence_ = header->sequence;
      active_page_ = page;
    }
  }
  if (page_sequence_ == 0) {
    report_.found = what_was_there();
    return;
  }
  report_.found = Found::journal;
  std::uint32_t latest_sequence = 0;
  for (std::uint32_t step = 1; step <= geometry_.page_count; ++step) {
    const std::uint32_t page = (active_page_ + step) % geometry_.page_count;
    const auto header = read_page_header(page);
    if (!header || header->sequence <= latest_sequence) continue;
    if (header->sequence >= page_sequence_ && page != active_page_) continue;
    // The spare holds nothing that is not also elsewhere, and its erasure may have been cut: what is damaged
    // in it is no loss, what is sound in it may still serve where a newer copy is lost.
    const bool counted = step != 1;
    if (counted) {
      latest_sequence = header->sequence;
      ++report_.page_count;
    }
    scan_page(page, *header, counted);
  }
}

// Frames are found one behind the other; where a header is not sound, the next sound one is looked for unit
// by unit.
void Journal::scan_page(std::uint32_t page, const PageHeader& header, bool counted) {
  const bool is_first = !counted || report_.page_count == 1;
  if (is_first) {
    next_sequence_ = header.first_sequence;
  } else {
    count_lost_before(header.first_sequence, counted);
  }
  const std::uint32_t begin = page * geometry_.page_size_bytes;
  const std::uint32_t end = begin + geometry_.page_size_bytes;
  std::uint32_t at = begin + frames_begin;
  std::uint32_t frames_end = at;
  while (at + trailer_size_bytes <= end) {
    const bool has_room = at + frame_bytes(0) <= end;
    const auto frame = has_room ? read_frame(at, header.sequence) : std::nullopt;
    if (frame) {
      judge(*frame, counted);
      at += frame_bytes(frame->header.payload_bytes);
      frames_end = at;
      continue;
    }
    Trailer trailer{};
    if (!storage_.read(at, trailer)) {
      ++report_.read_failure_count;
    } else if (trailer_is_whole(trailer, next_sequence_)) {
      // The end of a frame that was once whole and whose header is lost.
      count_lost_before(next_sequence_ + 1, counted);
      frames_end = at + aligned(trailer_size_bytes, geometry_.program_size_bytes);
    }
    at += geometry_.program_size_bytes;
  }
  const bool clean = is_erased(frames_end, end);
  if (!clean && counted) ++report_.torn_count;
  if (page == active_page_) append_at_ = clean ? frames_end : end;
}

void Journal::judge(const Frame& frame, bool counted) {
  const std::uint32_t sequence = frame.header.sequence;
  switch (examine(frame, {})) {
    case FrameState::sound:
      if (sequence < next_sequence_) {  // nothing that the journal ever writes
        if (counted) add_limited(report_.damaged_count, 1);
        return;
      }
      count_lost_before(sequence, counted);
      next_sequence_ = sequence + 1;
      if (counted) ++report_.frame_count;
      take_records(frame);
      return;
    case FrameState::damaged:
      count_lost_before(sequence + 1, counted);
      return;
    case FrameState::torn:
      if (counted) ++report_.torn_count;
      return;
    case FrameState::unreadable:
      if (counted) add_limited(report_.damaged_count, 1);
      if (sequence >= next_sequence_) next_sequence_ = sequence + 1;
      return;
  }
}

// Each number below `sequence` that was not met belongs to a frame that was once whole.
void Journal::count_lost_before(std::uint32_t sequence, bool counted) {
  if (sequence <= next_sequence_) return;
  if (counted) add_limited(report_.damaged_count, sequence - next_sequence_);
  next_sequence_ = sequence;
}

void Journal::take_records(const Frame& frame) {
  const std::uint32_t end = header_size_bytes + frame.header.payload_bytes;
  std::uint32_t at = header_size_bytes;
  while (at + record_overhead_bytes <= end) {
    std::array<std::byte, record_overhead_bytes> bytes{};
    if (!storage_.read(frame.at + at, bytes)) {
      ++report_.read_failure_count;
      return;
    }
    bytes::Reader reader{bytes};
    const auto key = reader.little<std::uint16_t>();
    const auto size_bytes = reader.little<std::uint16_t>();
    at += record_overhead_bytes;
    if (size_bytes > end - at) return;
    if (key < slots_.size()) {
      slots_[key] = Slot{frame.at, static_cast<std::uint16_t>(at), size_bytes};
    }
    at += size_bytes;
  }
}

std::optional<PageHeader> Journal::read_page_header(std::uint32_t page) {
  for (std::uint32_t copy = 0; copy < 2; ++copy) {
    Header bytes{};
    if (!storage_.read(page * geometry_.page_size_bytes + copy * header_size_bytes, bytes)) {
      ++report_.read_failure_count;
      continue;
    }
    if (const auto header = decode_page_header(bytes)) return header;
  }
  return std::nullopt;
}

// Empty where there is no sound header, or its frame would leave the page.
std::optional<Journal::Frame> Journal::read_frame(std::uint32_t at, std::uint32_t page_sequence) {
  Frame frame{at, page_sequence, {}, {}};
  if (!storage_.read(at, frame.bytes)) {
    ++report_.read_failure_count;
    return std::nullopt;
  }
  const auto header = decode_frame_header(frame.bytes, page_sequence);
  if (!header) return std::nullopt;
  const std::uint32_t page_end = (page_of(at) + 1) * geometry_.page_size_bytes;
  if (frame_bytes(header->payload_bytes) > page_end - at) return std::nullopt;
  frame.header = *header;
  return frame;
}

Journal::FrameState Journal::examine(const Frame& frame, Capture capture) {
  const std::uint32_t end = header_size_bytes + frame.header.payload_bytes;
  std::uint32_t crc = crc_of_header(frame.bytes, frame.page_sequence);
  for (std::uint32_t at = header_size_bytes; at < end;) {
    std::array<std::byte, chunk_bytes> room;
    const auto chunk = std::span{room}.first(std::min<std::size_t>(chunk_bytes, end - at));
    if (!storage_.read(frame.at + at, chunk)) {
      ++report_.read_failure_count;
      return FrameState::unreadable;
    }
    crc = bytes::crc32c(chunk, crc);
    const auto chunk_end = at + static_cast<std::uint32_t>(chunk.size());
    const auto capture_end = capture.offset + static_cast<std::uint32_t>(capture.to.size());
    const std::uint32_t from = std::max(at, capture.offset);
    const std::uint32_t to = std::min(chunk_end, capture_end);
    if (from < to) {
      const auto part = chunk.subspan(from - at, to - from);
      std::copy(part.begin(), part.end(), capture.to.subspan(from - capture.offset).begin());
    }
    at = chunk_end;
  }
  Trailer trailer{};
  const std::uint32_t trailer_at = aligned(end, geometry_.program_size_bytes);
  if (!storage_.read(frame.at + trailer_at, trailer)) {
    ++report_.read_failure_count;
    return FrameState::unreadable;
  }
  if (trailer_proves(trailer, crc, frame.header.sequence)) return FrameState::sound;
  return trailer_is_whole(trailer, frame.header.sequence) ? FrameState::damaged : FrameState::torn;
}

bool Journal::is_erased(std::uint32_t from, std::uint32_t to) {
  return end_of_used(from, to) == from;
}

std::optional<std::uint32_t> Journal::end_of_used(std::uint32_t from, std::uint32_t to) {
  constexpr std::byte erased{0xFF};
  std::array<std::byte, chunk_bytes> room;
  std::uint32_t end = from;
  for (std::uint32_t at = from; at < to;) {
    const auto chunk = std::span{room}.first(std::min<std::size_t>(chunk_bytes, to - at));
    if (!storage_.read(at, chunk)) {
      ++report_.read_failure_count;
      return std::nullopt;
    }
    if (!bytes::are_all(chunk, erased)) {
      std::size_t used = chunk.size();
      while (chunk[used - 1] == erased) --used;
      end = at + static_cast<std::uint32_t>(used);
    }
    at += static_cast<std::uint32_t>(chunk.size());
  }
  return end;
}

// The first write to an erased flash touches nothing but the first page's headers.
Found Journal::what_was_there() {
  const std::uint32_t size_bytes = geometry_.page_size_bytes * geometry_.page_count;
  return is_erased(frames_begin, size_bytes) ? Found::nothing : Found::unreadable;
}

}  // namespace lk::journal
