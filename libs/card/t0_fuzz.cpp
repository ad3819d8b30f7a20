// SPDX-License-Identifier: Apache-2.0
// Any characters to both ends of T=0: neither reads or writes beyond its room, and a reader always ends.
#include <algorithm>
#include <cstdint>

#include "assert/assert.hpp"
#include "card/t0_card.hpp"
#include "card/t0_reader.hpp"

namespace {

class Echo final : public lk::card::T0Card::Applet {
 public:
  std::span<const std::byte> serve(std::span<const std::byte> command,
                                   std::span<std::byte, lk::card::response_max_bytes> room) override {
    lk::ensure(command.size() <= lk::card::command_max_bytes);
    const std::size_t size = std::min<std::size_t>(command.size(), lk::card::answer_max_bytes);
    std::copy_n(command.begin(), size, room.begin());
    room[size] = std::byte{0x90};
    room[size + 1] = std::byte{0x00};
    return room.first(size + 2);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  const auto bytes = std::as_bytes(std::span{data, size});
  Echo echo;
  card::T0Card end{echo};
  for (const std::byte b : bytes) {
    end.receive(b);
    while (end.next()) {
    }
  }
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  if (card::decode_command(bytes.first(cut))) {
    card::T0Reader reader;
    quantity::Instant now;
    reader.begin(bytes.first(cut), now);
    for (const std::byte b : bytes.subspan(cut)) {
      while (reader.next(now)) {
      }
      reader.receive(b, now);
    }
    while (reader.next(now)) {
    }
    ensure(reader.poll(now + quantity::seconds(2)) != card::T0Reader::State::busy);
    ensure(reader.response().size() <= card::response_max_bytes);
  }
  return 0;
}
