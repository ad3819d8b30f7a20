// SPDX-License-Identifier: Apache-2.0
#include "dlt645/receiver.hpp"

#include <algorithm>

namespace lk::dlt645 {
namespace {

constexpr std::size_t second_start_offset = 7;
constexpr std::size_t length_offset = 9;

enum class Standing : std::uint8_t { none, partial, whole };

// What stands at the begin of `bytes`, which is not empty; of a whole frame its size.
Standing look(std::span<const std::byte> bytes, std::size_t& size_bytes) {
  if (bytes[0] != frame_start) return Standing::none;
  if (bytes.size() > second_start_offset && bytes[second_start_offset] != frame_start) return Standing::none;
  if (bytes.size() <= length_offset) return Standing::partial;
  const auto data_bytes = std::to_integer<std::size_t>(bytes[length_offset]);
  if (data_bytes > data_max_bytes) return Standing::none;
  size_bytes = head_bytes + data_bytes + tail_bytes;
  return bytes.size() < size_bytes ? Standing::partial : Standing::whole;
}

}  // namespace

std::optional<Frame> Receiver::take(std::byte byte, std::int64_t now_us) {
  drop(handed_out_bytes_);
  if (size_bytes_ > 0 && now_us - last_us_ > gap_max_us) {
    ++dropped_count_;
    reset();
  }
  last_us_ = now_us;
  if (size_bytes_ == 0 && byte != frame_start) return std::nullopt;
  buffer_[size_bytes_++] = byte;  // a full buffer is a whole frame, and was looked at
  return search();
}

std::optional<Frame> Receiver::silence() {
  drop(handed_out_bytes_);
  for (std::size_t at = 0; at < size_bytes_; ++at) {
    const auto rest = std::span{buffer_}.subspan(at, size_bytes_ - at);
    std::size_t size_bytes = 0;
    if (look(rest, size_bytes) != Standing::whole || size_bytes != rest.size()) continue;
    if (const auto frame = parse(rest)) {
      ++dropped_count_;
      handed_out_bytes_ = size_bytes_;
      return *frame;
    }
  }
  return std::nullopt;
}

// The first frame in the buffer; what cannot become one is dropped.
std::optional<Frame> Receiver::search() {
  while (size_bytes_ > 0) {
    std::size_t size_bytes = 0;
    const auto collected = std::span{buffer_}.first(size_bytes_);
    const Standing standing = look(collected, size_bytes);
    if (standing == Standing::partial) return std::nullopt;
    if (standing == Standing::whole) {
      if (const auto frame = parse(collected.first(size_bytes))) {
        handed_out_bytes_ = size_bytes;
        return *frame;
      }
    }
    ++dropped_count_;
    const auto next = std::ranges::find(collected.subspan(1), frame_start);
    drop(static_cast<std::size_t>(next - collected.begin()));
  }
  return std::nullopt;
}

void Receiver::drop(std::size_t count) {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(count),
            buffer_.begin() + static_cast<std::ptrdiff_t>(size_bytes_), buffer_.begin());
  size_bytes_ -= count;
  handed_out_bytes_ = 0;
}

}  // namespace lk::dlt645
