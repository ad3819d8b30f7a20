// SPDX-License-Identifier: Apache-2.0
// Any address, any name, any registers: what is decoded is encoded back to the same bytes.
#include <algorithm>
#include <array>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"
#include "dictionary/dictionary.hpp"
#include "dictionary/sdm.hpp"
#include "dictionary/sdm_settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  using namespace lk::dictionary;
  const auto input = std::as_bytes(std::span{data, size});
  (void)find(std::string_view{reinterpret_cast<const char*>(data), size});
  bytes::Reader reader{input};
  const auto address = reader.big<std::uint16_t>();
  if (!reader.ok()) return 0;
  if (const FloatView* view = find_float(address)) {
    std::array<std::byte, 4> room{};
    encode(*view, static_cast<std::int64_t>(reader.big<std::uint64_t>()), room);
  }
  if (const SdmSetting* setting = find_sdm_setting(address)) {
    const auto value = value_of_sdm(*setting, bytes::Reader{input.subspan(2)}.big<std::uint32_t>());
    if (value) ensure(value_of_sdm(*setting, sdm_float(*setting, *value)) == value);
  }
  const Place place = find(address);
  if (place.row == nullptr) return 0;
  const auto registers = input.subspan(2);
  const std::size_t row_bytes = std::size_t{2} * place.row->register_count;
  if (registers.size() < row_bytes) return 0;
  if (!place.row->is_number()) {
    (void)decode_text(registers.first(row_bytes));
    return 0;
  }
  std::array<std::byte, 8> again{};
  const auto room = std::span{again}.first(row_bytes);
  encode(*place.row, decode(*place.row, registers.first(row_bytes)), room);
  ensure(std::ranges::equal(room, registers.first(row_bytes)));
  return 0;
}
