// SPDX-License-Identifier: Apache-2.0
// Writes one frame to the storage piece by piece through a small buffer of whole program units: header,
// payload, and, in a programming of its own so that it proves all before it, the trailer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/crc.hpp"
#include "journal/format.hpp"
#include "journal/storage.hpp"

namespace lk::journal {

class FrameWriter {
 public:
  FrameWriter(Storage& storage, std::uint32_t at, std::uint32_t page_sequence, const FrameHeader& header)
      : storage_(storage), at_(at), unit_bytes_(storage.geometry().program_size_bytes), header_(header) {
    const Header bytes = encode(header, page_sequence);
    crc_ = crc_of_header(bytes, page_sequence);
    store(bytes);
  }

  // The next part of the payload.
  void append(std::span<const std::byte> part) {
    crc_ = bytes::crc32c(part, crc_);
    store(part);
  }

  // Ends the frame. True where all of it is durable.
  [[nodiscard]] bool finish() {
    flush();
    store(encode_trailer(crc_, header_.sequence));
    flush();
    return good_;
  }

  // Behind the frame, once it is finished.
  [[nodiscard]] std::uint32_t end() const { return at_; }

 private:
  void store(std::span<const std::byte> part) {
    for (const std::byte b : part) {
      buffer_[used_++] = b;
      if (used_ == buffer_.size()) flush();
    }
  }

  // Programs what is in the buffer, filled up with FFh to whole units.
  void flush() {
    const std::uint32_t size_bytes = aligned(used_, unit_bytes_);
    std::fill(buffer_.begin() + used_, buffer_.begin() + size_bytes, std::byte{0xFF});
    if (good_ && size_bytes != 0) good_ = storage_.program(at_, std::span{buffer_}.first(size_bytes));
    at_ += size_bytes;
    used_ = 0;
  }

  Storage& storage_;
  std::uint32_t at_;
  std::uint32_t unit_bytes_;
  FrameHeader header_;
  std::uint32_t crc_ = 0;
  std::uint32_t used_ = 0;
  bool good_ = true;
  std::array<std::byte, 64> buffer_;
};

}  // namespace lk::journal
