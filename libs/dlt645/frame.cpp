// SPDX-License-Identifier: Apache-2.0
#include "dlt645/frame.hpp"

#include <algorithm>

#include "assert/assert.hpp"

namespace lk::dlt645 {
namespace {

constexpr std::uint8_t shift = 0x33;
constexpr std::size_t second_start_offset = 7;
constexpr std::size_t control_offset = 8;
constexpr std::size_t length_offset = 9;
constexpr std::uint8_t wild_digit = 0xA;

std::byte sum_of(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte b : bytes) sum += std::to_integer<unsigned>(b);
  return static_cast<std::byte>(sum);
}

std::byte moved(std::byte value, std::uint8_t by) {
  return static_cast<std::byte>(std::to_integer<unsigned>(value) + by);
}

unsigned digit_of(const Address& address, std::size_t index) {
  const auto pair = std::to_integer<unsigned>(address[index / 2]);
  return index % 2 == 0 ? pair & 0xFU : pair >> 4U;
}

}  // namespace

Address address_of(std::uint64_t number) {
  Address address{};
  for (std::byte& pair : address) {
    pair = static_cast<std::byte>(number % 10 + (number / 10 % 10 << 4U));
    number /= 100;
  }
  ensure(number == 0);
  return address;
}

bool is_for(const Address& address, const Address& own) {
  std::size_t digits = 2 * address_bytes;
  while (digits > 0 && digit_of(address, digits - 1) == wild_digit) --digits;
  for (std::size_t i = 0; i < digits; ++i) {
    if (digit_of(address, i) != digit_of(own, i)) return false;
  }
  return true;
}

std::expected<Frame, FrameError> parse(std::span<std::byte> frame) {
  if (frame.size() < head_bytes + tail_bytes || frame.size() > frame_max_bytes)
    return std::unexpected(FrameError::size);
  const auto data_bytes = std::to_integer<std::size_t>(frame[length_offset]);
  if (frame.size() != head_bytes + data_bytes + tail_bytes) return std::unexpected(FrameError::size);
  if (frame[0] != frame_start || frame[second_start_offset] != frame_start || frame.back() != frame_end)
    return std::unexpected(FrameError::shape);
  if (sum_of(frame.first(head_bytes + data_bytes)) != frame[head_bytes + data_bytes])
    return std::unexpected(FrameError::checksum);
  Frame result;
  std::ranges::copy(frame.subspan(1, address_bytes), result.address.begin());
  result.control = std::to_integer<std::uint8_t>(frame[control_offset]);
  const auto data = frame.subspan(head_bytes, data_bytes);
  for (std::byte& b : data) b = moved(b, static_cast<std::uint8_t>(0x100 - shift));
  result.data = data;
  return result;
}

std::size_t build(std::span<std::byte> to, const Address& address, std::uint8_t control,
                  std::span<const std::byte> data) {
  ensure(data.size() <= data_max_bytes && to.size() >= head_bytes + data.size() + tail_bytes);
  to[0] = frame_start;
  std::ranges::copy(address, to.begin() + 1);
  to[second_start_offset] = frame_start;
  to[control_offset] = std::byte{control};
  to[length_offset] = static_cast<std::byte>(data.size());
  const std::size_t sum_offset = head_bytes + data.size();
  for (std::size_t i = 0; i < data.size(); ++i) to[head_bytes + i] = moved(data[i], shift);
  to[sum_offset] = sum_of(to.first(sum_offset));
  to[sum_offset + 1] = frame_end;
  return sum_offset + tail_bytes;
}

}  // namespace lk::dlt645
