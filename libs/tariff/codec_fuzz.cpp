// SPDX-License-Identifier: Apache-2.0
// Any bytes as a set, with their CRC made right: decoding is safe, what decodes is valid and encodes to the
// same bytes, and energy can be priced by it.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"
#include "tariff/codec.hpp"
#include "tariff/pricer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  const auto input = std::as_bytes(std::span{data, size});
  (void)tariff::decode(input);

  std::vector<std::byte> sealed{input.begin(), input.end()};
  std::array<std::byte, 4> crc{};
  bytes::Writer{crc}.big(bytes::crc32c(sealed));
  sealed.insert(sealed.end(), crc.begin(), crc.end());
  const auto set = tariff::decode(sealed);
  if (!set) return 0;
  std::array<std::byte, tariff::set_max_bytes> room{};
  if (tariff::find_fault(*set) || !std::ranges::equal(tariff::encode(*set, room), sealed)) std::abort();

  tariff::Sets sets;
  sets.current = *set;
  tariff::Pricer pricer;
  quantity::Instant at = quantity::Instant::of(1'767'000'000'000);
  for (const std::uint8_t byte : std::span{data, std::min<std::size_t>(size, 64)}) {
    const auto length = quantity::minutes(1 + byte * 97);
    const auto advanced = pricer.advance(sets, quantity::wh(byte * 100), at, at + length);
    if (!advanced || advanced->charges.total() < quantity::Money{}) std::abort();
    at = at + length;
  }
  return 0;
}
