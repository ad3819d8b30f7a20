// SPDX-License-Identifier: Apache-2.0
// A flash of arbitrary content: mount ends, no read leaves its room, and the journal can be written to and
// found again. The first byte chooses the geometry and whether sound headers are laid over the content.
#include <algorithm>
#include <array>
#include <cstdint>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "journal/frame_writer.hpp"
#include "journal/journal.hpp"
#include "port/sim/flash.hpp"

using namespace lk;           // NOLINT(google-build-using-namespace)
using namespace lk::journal;  // NOLINT(google-build-using-namespace)

namespace {

// Turns the content into pages and frames with sound checks, so that the fuzzer reaches what lies behind
// them.
void lay_headers(sim::SimFlash& flash) {
  const Geometry geometry = flash.geometry();
  for (std::uint32_t page = 0; page < geometry.page_count; ++page) {
    const auto bytes = flash.bytes().subspan(page * geometry.page_size_bytes, geometry.page_size_bytes);
    bytes::Reader reader{bytes};
    const PageHeader header{reader.little<std::uint32_t>(), reader.little<std::uint32_t>()};
    std::uint32_t at = frames_begin;
    while (at + header_size_bytes < bytes.size()) {
      bytes::Reader field{bytes.subspan(at)};
      const FrameHeader frame{field.little<std::uint32_t>() % 64,
                              static_cast<std::uint16_t>(field.byte() % 80)};
      const std::uint32_t size_bytes = frame_size_bytes(frame.payload_bytes, geometry.program_size_bytes);
      if (size_bytes > bytes.size() - at) break;
      const std::uint32_t begin = page * geometry.page_size_bytes + at;
      std::array<std::byte, 80> payload{};
      std::copy_n(bytes.begin() + at + header_size_bytes, frame.payload_bytes, payload.begin());
      std::fill_n(bytes.begin() + at, size_bytes, std::byte{0xFF});
      FrameWriter writer{flash, begin, header.sequence, frame};
      writer.append(std::span{payload}.first(frame.payload_bytes));
      ensure(writer.finish());
      at += size_bytes;
    }
    const Header encoded = encode(header);
    std::copy(encoded.begin(), encoded.end(), bytes.begin());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  const std::array geometries{Geometry{256, 2, 8}, Geometry{256, 4, 1}, Geometry{512, 3, 16},
                              Geometry{288, 3, 4}};
  sim::SimFlash flash{geometries[choice % geometries.size()], 1};
  const auto content = std::as_bytes(std::span{data, size}.subspan(1));
  std::copy_n(content.begin(), std::min(content.size(), flash.bytes().size()), flash.bytes().begin());
  if ((choice & 0x80U) != 0) lay_headers(flash);

  std::array<Slot, 8> slots{};
  Journal journal{flash, slots, 64};
  journal.mount();
  std::array<std::byte, 300> room{};
  for (Key key = 0; key < slots.size(); ++key) (void)journal.get(key, room);
  const std::array<std::byte, 3> value{std::byte{1}, std::byte{2}, std::byte{3}};
  for (int i = 0; i < 40; ++i) {
    if (!journal.put(static_cast<Key>(i % 8), value)) continue;
    const auto found = journal.get(static_cast<Key>(i % 8), room);
    ensure(found && std::equal(found->begin(), found->end(), value.begin(), value.end()));
  }
  const bool was_there = journal.contains(0);
  journal.mount();
  ensure(journal.contains(0) == was_there);
  return 0;
}
