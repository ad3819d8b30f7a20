// SPDX-License-Identifier: Apache-2.0
#include "card/atr.hpp"

#include <algorithm>

#include "bytes/bytes.hpp"

namespace lk::card {
namespace {

constexpr std::uint8_t direct = 0x3B;
constexpr std::uint8_t inverse = 0x3F;
constexpr std::byte own_mark{0x4C};  // 'L'; a category that ISO 7816-4 leaves to the maker

std::size_t bits_in(unsigned value) {
  std::size_t count = 0;
  for (; value != 0; value >>= 1U) count += value & 1U;
  return count;
}

}  // namespace

std::optional<std::size_t> atr_size(std::span<const std::byte> begin) {
  if (begin.size() < 2) return std::nullopt;
  const auto t0 = std::to_integer<unsigned>(begin[1]);
  std::size_t size = 2 + (t0 & 15U);
  bool has_check = false;
  std::size_t at = 1;  // of the byte whose high half tells what follows
  for (unsigned present = t0 >> 4U;;) {
    const std::size_t count = bits_in(present);
    size += count;
    if ((present & 8U) == 0) break;
    at += count;  // TDi is the last of its group
    if (at >= begin.size()) return std::nullopt;
    const auto td = std::to_integer<unsigned>(begin[at]);
    has_check = has_check || (td & 15U) != 0;
    present = td >> 4U;
    if (at > atr_max_bytes) break;
  }
  return size + (has_check ? 1 : 0);
}

std::expected<Atr, AtrError> decode_atr(std::span<const std::byte> bytes) {
  const auto size = atr_size(bytes);
  if (!size || *size != bytes.size() || bytes.size() > atr_max_bytes) return std::unexpected(AtrError::size);
  bytes::Reader from{bytes};
  const std::uint8_t first = from.byte();
  if (first != direct && first != inverse) return std::unexpected(AtrError::convention);
  Atr atr;
  atr.is_inverse = first == inverse;
  const std::uint8_t t0 = from.byte();
  bool has_check = false;
  unsigned present = t0 >> 4U;
  for (unsigned group = 1; present != 0; ++group) {
    const std::uint8_t ta = (present & 1U) != 0 ? from.byte() : std::uint8_t{0};
    if ((present & 1U) != 0 && group == 1) atr.speed = ta;
    if ((present & 1U) != 0 && group == 2) atr.is_specific = true;
    if ((present & 2U) != 0) (void)from.byte();
    const std::uint8_t tc = (present & 4U) != 0 ? from.byte() : std::uint8_t{0};
    if ((present & 4U) != 0 && group == 1) atr.extra_guard_etu = tc;
    if ((present & 4U) != 0 && group == 2) atr.waiting_integer = tc;
    if ((present & 8U) == 0) break;
    const std::uint8_t td = from.byte();
    const unsigned protocol = td & 15U;
    if (group == 1) atr.has_t0 = protocol == 0;
    has_check = has_check || protocol != 0;
    present = td >> 4U;
  }
  atr.historical_count = t0 & 15U;
  std::ranges::copy(from.take(atr.historical_count), atr.historical.begin());
  if (has_check) {
    unsigned sum = 0;
    for (const std::byte b : bytes.subspan(1)) sum ^= std::to_integer<unsigned>(b);
    if (sum != 0) return std::unexpected(AtrError::check);
  }
  return atr;
}

std::array<std::byte, own_atr_bytes> own_atr(std::uint64_t serial) {
  std::array<std::byte, own_atr_bytes> atr{};
  bytes::Writer to{atr};
  to.byte(direct);
  to.byte(0x69);  // TB1 and TC1 follow, and 9 historical bytes
  to.byte(0);     // no programming voltage
  to.byte(0);     // no extra guard time
  to.byte(std::to_integer<std::uint8_t>(own_mark));
  to.big(serial);
  return atr;
}

std::optional<std::uint64_t> own_serial(const Atr& atr) {
  constexpr std::size_t size = 9;
  const bool has_usual_speed = !atr.speed || *atr.speed == 0x11;
  if (!atr.has_t0 || atr.is_inverse || !has_usual_speed || atr.history().size() != size) return std::nullopt;
  if (atr.history()[0] != own_mark) return std::nullopt;
  bytes::Reader from{atr.history().subspan(1)};
  return from.big<std::uint64_t>();
}

}  // namespace lk::card
