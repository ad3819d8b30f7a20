// SPDX-License-Identifier: Apache-2.0
// The bytes of the journal, as docs/formats/journal.md defines them: page header, frame header, frame
// trailer. All fields little-endian. Pure functions on spans; any input is safe.
//
//   page   │ header │ header again │ frame │ frame │ … │ FFh …
//   frame  │ magic size sequence crc │ key size value │ … │ FFh… │ crc check │ FFh… │
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "journal/storage.hpp"

namespace lk::journal {

inline constexpr std::uint32_t header_size_bytes = 16;  // of a page and of a frame
inline constexpr std::uint32_t frames_begin = 2 * header_size_bytes;
inline constexpr std::uint32_t trailer_size_bytes = 8;
inline constexpr std::uint32_t record_overhead_bytes = 4;
// Sequences stop here; at one frame a second that is 136 years.
inline constexpr std::uint32_t last_sequence = 0xFFFF'FFF0;

using Header = std::array<std::byte, header_size_bytes>;
using Trailer = std::array<std::byte, trailer_size_bytes>;

struct PageHeader {
  std::uint32_t sequence;        // rises by one with each page that is opened, from 1
  std::uint32_t first_sequence;  // of the first frame in this page
};

struct FrameHeader {
  std::uint32_t sequence;       // rises by one with each frame, from 1
  std::uint16_t payload_bytes;  // records, without filling
};

[[nodiscard]] Header encode(const PageHeader& header);
// Empty where the bytes are not a sound page header of this version.
[[nodiscard]] std::optional<PageHeader> decode_page_header(const Header& bytes);

// A frame belongs to its page: the page's sequence goes into the CRC, so that an image of a frame inside a
// value, or a leftover of an earlier life of the page, is not taken for one.
[[nodiscard]] Header encode(const FrameHeader& header, std::uint32_t page_sequence);
[[nodiscard]] std::optional<FrameHeader> decode_frame_header(const Header& bytes,
                                                             std::uint32_t page_sequence);

// The start of a frame's CRC: over its header without the header's own CRC. The payload follows.
[[nodiscard]] std::uint32_t crc_of_header(const Header& bytes, std::uint32_t page_sequence);

// The trailer holds the CRC of header and payload, and a check of that CRC and the sequence, so that a
// trailer is known to be sound where the payload no longer is: that frame was once whole.
[[nodiscard]] Trailer encode_trailer(std::uint32_t crc, std::uint32_t sequence);
// True where the trailer itself is sound and of that sequence.
[[nodiscard]] bool trailer_is_whole(const Trailer& bytes, std::uint32_t sequence);
// True where either half of the trailer proves that CRC.
[[nodiscard]] bool trailer_proves(const Trailer& bytes, std::uint32_t crc, std::uint32_t sequence);

[[nodiscard]] constexpr std::uint32_t aligned(std::uint32_t size_bytes, std::uint32_t unit_bytes) {
  return (size_bytes + unit_bytes - 1) / unit_bytes * unit_bytes;
}
// What a frame takes of a page.
[[nodiscard]] constexpr std::uint32_t frame_size_bytes(std::uint32_t payload_bytes,
                                                       std::uint32_t unit_bytes) {
  return header_size_bytes + aligned(payload_bytes, unit_bytes) + aligned(trailer_size_bytes, unit_bytes);
}
// What all live records together may take of this flash, each counted as if it stood in a frame of its own,
// so that some page always has room for the largest batch: docs/design/power-loss.md.
[[nodiscard]] constexpr std::uint64_t live_capacity_bytes(const Geometry& flash,
                                                          std::uint32_t largest_batch_bytes) {
  const std::uint32_t largest =
      frames_begin + frame_size_bytes(largest_batch_bytes, flash.program_size_bytes);
  if (flash.page_size_bytes < largest || flash.page_count == 0) return 0;
  return std::uint64_t{flash.page_size_bytes - largest} * (flash.page_count - 1);
}

}  // namespace lk::journal
