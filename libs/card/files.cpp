// SPDX-License-Identifier: Apache-2.0
#include "card/files.hpp"

#include "bytes/bytes.hpp"

namespace lk::card {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint64_t meter_max = 99'999'999'999;

}  // namespace

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, kind_max + 1> names{"blank", "user", "service", "query"};
  return names[static_cast<std::size_t>(kind)];
}

std::array<std::byte, about_bytes> encode(const About& about) {
  std::array<std::byte, about_bytes> room{};
  bytes::Writer to{room};
  to.byte(version);
  to.byte(static_cast<std::uint8_t>(about.kind));
  to.big(static_cast<std::uint16_t>(about.meter >> 32U));
  to.big(static_cast<std::uint32_t>(about.meter));
  to.big(about.serial);
  return room;
}

std::optional<About> decode_about(std::span<const std::byte> bytes) {
  bytes::Reader from{bytes};
  if (from.byte() != version || bytes.size() != about_bytes) return std::nullopt;
  const std::uint8_t kind = from.byte();
  About about{.kind = static_cast<Kind>(kind), .meter = std::uint64_t{from.big<std::uint16_t>()} << 32U};
  about.meter |= from.big<std::uint32_t>();
  about.serial = from.big<std::uint64_t>();
  if (kind > kind_max || about.meter > meter_max) return std::nullopt;
  return about;
}

}  // namespace lk::card
