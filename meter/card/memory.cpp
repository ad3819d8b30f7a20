// SPDX-License-Identifier: Apache-2.0
#include "meter/card/memory.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::card {
namespace {

constexpr std::uint8_t version = 1;

void encode(const Mark& mark, bytes::Writer& to) {
  to.little(mark.serial);
  to.little(mark.load);
  to.byte(mark.done_count);
  for (const ItemResult result : mark.results) to.byte(result);
}

[[nodiscard]] bool decode(bytes::Reader& from, Mark& mark) {
  mark.serial = from.little<std::uint64_t>();
  mark.load = from.little<std::uint32_t>();
  mark.done_count = from.byte();
  for (ItemResult& result : mark.results) result = from.byte();
  return mark.done_count <= item_max;
}

}  // namespace

void Memory::note(std::uint64_t serial, ItemResult result) {
  Mark& mark = mark_of(serial);
  ensure(mark.serial == serial && mark.done_count < item_max);
  mark.results[mark.done_count++] = result;
}

StoredMemory encode(const Memory& memory) {
  StoredMemory room{};
  bytes::Writer to{room};
  to.byte(version);
  to.little(memory.bound);
  to.little(memory.issue);
  encode(memory.own, to);
  encode(memory.other, to);
  to.little(memory.refused_count);
  ensure(to.ok() && to.size_bytes() == Memory::stored_bytes);
  return room;
}

bool decode(std::span<const std::byte> bytes, Memory& memory) {
  bytes::Reader from{bytes};
  if (bytes.size() != Memory::stored_bytes || from.byte() != version) return false;
  Memory read;
  read.bound = from.little<std::uint64_t>();
  read.issue = from.little<std::uint32_t>();
  const bool is_sound = decode(from, read.own);
  if (!decode(from, read.other) || !is_sound) return false;
  read.refused_count = from.little<std::uint32_t>();
  memory = read;
  return true;
}

}  // namespace lk::card
