// SPDX-License-Identifier: Apache-2.0
// The vault: keyed records on flash that survive a power cut at any instant. A `put` replaces the latest
// values of its keys in one step; after a cut each put is there whole or not at all. Nothing is written over:
// frames are appended, page after page round the flash, and a page's records are copied on before it is
// erased. `mount` only reads, so recovery can be cut too. Bytes: docs/formats/journal.md; reasons:
// docs/design/power-loss.md.
//
//   page  page  page  page                 frame: header │ key size value │ key size value │ trailer
//   ▓▓▓▓  ▓▓▓▒  ░░░░  ▓▓▓▓   ▓ frames   ▒ room   ░ spare, erased when it is opened
//         └ active    └ oldest: its live records move when the spare is opened
//
// No heap: the caller owns one Slot for each key. Not thread-safe; storage and slots must outlive the
// journal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "journal/format.hpp"
#include "journal/storage.hpp"

namespace lk::journal {

using Key = std::uint16_t;

class FrameWriter;

struct Record {
  Key key;
  std::span<const std::byte> value;  // may be empty
};

enum class Error : std::uint8_t {
  absent,     // the key has no sound copy
  too_small,  // the room given to `get` is smaller than the value
  too_large,  // the batch is larger than the limit given to the constructor
  full,       // the flash cannot hold that many records
  storage,    // the hardware failed to read, program or erase
};

// Where the newest copy of a key is; the journal's memory of one key. Opaque.
struct Slot {
  std::uint32_t frame_offset = 0xFFFF'FFFF;
  std::uint16_t value_offset = 0;  // from the frame's start
  std::uint16_t value_size_bytes = 0;
};

// What mount found.
enum class Found : std::uint8_t {
  nothing,    // an erased flash, or one whose very first write was cut: a new meter
  journal,    // at least one sound page
  unreadable  // no sound page, yet the flash was written: a fault, never a new meter
};

struct Report {
  Found found = Found::nothing;
  std::uint32_t page_count = 0;   // sound pages
  std::uint32_t frame_count = 0;  // sound frames
  std::uint32_t damaged_count =
      0;  // frames once written whole and now lost: older copies of their keys are used
  std::uint32_t torn_count = 0;          // writes cut by a power loss, which never took effect: harmless
  std::uint32_t read_failure_count = 0;  // reads that the hardware refused
};

class Journal {
 public:
  // Keys are 0 to slots.size() - 1. `largest_batch_bytes` is the largest sum of `record_overhead_bytes` +
  // value size over the records of one put; room for such a batch is always kept, so that replacing a value
  // never fails for want of room. The geometry must have 2 pages or more, each with room for that batch.
  Journal(Storage& storage, std::span<Slot> slots, std::uint32_t largest_batch_bytes);

  // Finds the newest sound copy of each key. Reads each page at most twice and writes nothing; begins again,
  // three times in all, where the hardware refuses a read. To be called before the rest, and again at any
  // time (it forgets all it knew). Any content of the flash is safe.
  Report mount();
  // What the latest mount found, brought up to date when `get` meets a damaged frame.
  [[nodiscard]] const Report& report() const { return report_; }

  // Replaces the values of all keys of the batch, all or none. True only when durable. After Error::storage
  // the old values or the new ones stand, as after a power cut; the other errors change nothing. While the
  // hardware refuses reads nothing is written, for what cannot be read might be the newest.
  [[nodiscard]] std::expected<void, Error> put(std::span<const Record> batch);
  [[nodiscard]] std::expected<void, Error> put(Key key, std::span<const std::byte> value);

  // Copies the newest sound value into `room` and returns the part of it that was filled. The frame's CRC is
  // checked at each call; where it fails the next older copy is given and report().damaged_count rises.
  // Error::storage while reads are refused, also for a key that was never written.
  [[nodiscard]] std::expected<std::span<std::byte>, Error> get(Key key, std::span<std::byte> room);
  [[nodiscard]] bool contains(Key key) const;

 private:
  enum class FrameState : std::uint8_t { sound, damaged, torn, unreadable };
  // A frame as found: `at` is its offset in the storage.
  struct Frame {
    std::uint32_t at;
    std::uint32_t page_sequence;
    Header bytes;
    FrameHeader header;
  };
  struct Capture {  // the part of a frame to be copied out while its CRC is computed
    std::uint32_t offset;
    std::span<std::byte> to;
  };

  // scan.cpp: what the flash says
  void scan();
  bool scan_is_complete();
  void scan_page(std::uint32_t page, const PageHeader& header, bool counted);
  void judge(const Frame& frame, bool counted);
  void take_records(const Frame& frame);
  void count_lost_before(std::uint32_t sequence, bool counted);
  std::optional<PageHeader> read_page_header(std::uint32_t page);
  std::optional<Frame> read_frame(std::uint32_t at, std::uint32_t page_sequence);
  FrameState examine(const Frame& frame, Capture capture);
  bool is_erased(std::uint32_t from, std::uint32_t to);
  // Behind the last byte of the range that is not erased; `from` where all of it is.
  std::optional<std::uint32_t> end_of_used(std::uint32_t from, std::uint32_t to);
  Found what_was_there();

  // journal.cpp: what is written
  std::expected<void, Error> make_room(std::uint32_t size_bytes);
  std::expected<void, Error> open_next_page();
  std::expected<void, Error> secure_spare();
  std::expected<void, Error> rescue_from_spare();
  bool live_frames_are_sound(std::uint32_t page);
  // Where frames go: from `at` on, which moves on with each, to `end`, in a page of this sequence.
  struct Room {
    std::uint32_t at;
    std::uint32_t end;
    std::uint32_t page_sequence;
  };
  enum class Misfit : std::uint8_t { forget, fail };  // what is to become of a frame without room
  // Copies what lives in `page`.
  bool copy_live(std::uint32_t page, Room& room, Misfit misfit);
  bool copy_frame(const Frame& frame, Room& room, Misfit misfit);
  bool write_copy(const Frame& frame, std::uint16_t payload_bytes, Room& room);
  void move_slots(const Frame& frame, std::uint32_t to);
  // Puts `at` on the next place that can be programmed whole; false where there is none before the end.
  bool find_place(Room& room, std::uint32_t size_bytes);
  // Ends a frame at `room.at`, and goes behind it. True where it is durable, also where the hardware says
  // no and it reads right all the same.
  bool end_frame(FrameWriter& writer, Room& room);
  bool write_page_header(std::uint32_t page, const PageHeader& header);
  // The first frame at or behind `from` that a slot points to; `end` where there is none.
  [[nodiscard]] std::uint32_t next_live_frame(std::uint32_t from, std::uint32_t end) const;
  bool has_space_for(std::span<const Record> batch) const;

  [[nodiscard]] std::uint32_t page_after(std::uint32_t page) const {
    return (page + 1) % geometry_.page_count;
  }
  [[nodiscard]] std::uint32_t begin_of(std::uint32_t page) const { return page * geometry_.page_size_bytes; }
  [[nodiscard]] std::uint32_t page_of(std::uint32_t offset) const {
    return offset / geometry_.page_size_bytes;
  }
  [[nodiscard]] std::uint32_t frame_bytes(std::uint32_t payload_bytes) const {
    return frame_size_bytes(payload_bytes, geometry_.program_size_bytes);
  }

  Storage& storage_;
  std::span<Slot> slots_;
  Geometry geometry_;
  std::uint32_t largest_batch_bytes_;
  Report report_;
  std::uint32_t active_page_ = 0;
  std::uint32_t page_sequence_ = 0;  // of the active page; 0: there is none yet
  std::uint32_t append_at_ = 0;      // in the storage; the end of the active page where that is closed
  std::uint32_t next_sequence_ = 1;  // of the next frame
};

}  // namespace lk::journal
