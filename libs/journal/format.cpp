// SPDX-License-Identifier: Apache-2.0
#include "journal/format.hpp"

#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"

namespace lk::journal {
namespace {

constexpr std::uint32_t page_magic = 0x314A'4B4C;  // "LKJ1", the format's version in its last letter
constexpr std::uint16_t frame_magic = 0x6652;      // "Rf"
// Keeps a trailer from looking whole that is nothing but erased bytes and one torn one.
constexpr std::uint32_t trailer_magic = 0x5A1D'3C96;
constexpr std::size_t header_checked_bytes = header_size_bytes - 4;

void seal(Header& bytes, std::uint32_t seed) {
  bytes::Writer crc{std::span{bytes}.subspan(header_checked_bytes)};
  crc.little(bytes::crc32c(std::span{bytes}.first(header_checked_bytes), seed));
}

bool is_sealed(const Header& bytes, std::uint32_t seed) {
  bytes::Reader crc{std::span{bytes}.subspan(header_checked_bytes)};
  return crc.little<std::uint32_t>() == bytes::crc32c(std::span{bytes}.first(header_checked_bytes), seed);
}

std::uint32_t check_of(std::uint32_t crc, std::uint32_t sequence) {
  std::array<std::byte, 4> bytes{};
  bytes::Writer writer{bytes};
  writer.little(crc);
  return bytes::crc32c(bytes, sequence ^ trailer_magic);
}

}  // namespace

Header encode(const PageHeader& header) {
  Header bytes{};
  bytes::Writer writer{bytes};
  writer.little(page_magic);
  writer.little(header.sequence);
  writer.little(header.first_sequence);
  seal(bytes, 0);
  return bytes;
}

std::optional<PageHeader> decode_page_header(const Header& bytes) {
  bytes::Reader reader{bytes};
  const auto magic = reader.little<std::uint32_t>();
  const auto sequence = reader.little<std::uint32_t>();
  const auto first_sequence = reader.little<std::uint32_t>();
  if (magic != page_magic || !is_sealed(bytes, 0)) return std::nullopt;
  if (sequence == 0 || sequence > last_sequence) return std::nullopt;
  if (first_sequence == 0 || first_sequence > last_sequence) return std::nullopt;
  return PageHeader{sequence, first_sequence};
}

Header encode(const FrameHeader& header, std::uint32_t page_sequence) {
  Header bytes{};
  bytes::Writer writer{bytes};
  writer.little(frame_magic);
  writer.little(header.payload_bytes);
  writer.little(header.sequence);
  writer.little(std::uint32_t{0});
  seal(bytes, page_sequence);
  return bytes;
}

std::optional<FrameHeader> decode_frame_header(const Header& bytes, std::uint32_t page_sequence) {
  bytes::Reader reader{bytes};
  const auto magic = reader.little<std::uint16_t>();
  const auto payload_bytes = reader.little<std::uint16_t>();
  const auto sequence = reader.little<std::uint32_t>();
  if (magic != frame_magic || !is_sealed(bytes, page_sequence)) return std::nullopt;
  if (sequence == 0 || sequence > last_sequence) return std::nullopt;
  return FrameHeader{sequence, payload_bytes};
}

std::uint32_t crc_of_header(const Header& bytes, std::uint32_t page_sequence) {
  return bytes::crc32c(std::span{bytes}.first(header_checked_bytes), page_sequence);
}

Trailer encode_trailer(std::uint32_t crc, std::uint32_t sequence) {
  Trailer bytes{};
  bytes::Writer writer{bytes};
  writer.little(crc);
  writer.little(check_of(crc, sequence));
  return bytes;
}

bool trailer_is_whole(const Trailer& bytes, std::uint32_t sequence) {
  bytes::Reader reader{bytes};
  const auto crc = reader.little<std::uint32_t>();
  return reader.little<std::uint32_t>() == check_of(crc, sequence);
}

bool trailer_proves(const Trailer& bytes, std::uint32_t crc, std::uint32_t sequence) {
  bytes::Reader reader{bytes};
  const bool crc_agrees = reader.little<std::uint32_t>() == crc;
  return reader.little<std::uint32_t>() == check_of(crc, sequence) || crc_agrees;
}

}  // namespace lk::journal
