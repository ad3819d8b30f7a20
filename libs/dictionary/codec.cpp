// SPDX-License-Identifier: Apache-2.0
#include "dictionary/codec.hpp"

#include <algorithm>
#include <limits>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::dictionary {
namespace {

template <class T>
T nearest(std::int64_t value) {
  return static_cast<T>(
      std::clamp<std::int64_t>(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

}  // namespace

void encode(const Row& row, std::int64_t value, std::span<std::byte> to) {
  ensure(to.size() == std::size_t{2} * row.register_count);
  bytes::Writer writer{to};
  switch (row.type) {
    case Type::u16:
      return writer.big(nearest<std::uint16_t>(value));
    case Type::u32:
      return writer.big(nearest<std::uint32_t>(value));
    case Type::i32:
      return writer.big(nearest<std::int32_t>(value));
    case Type::i64:
      return writer.big(value);
    case Type::ascii:
    case Type::counted:
      break;
  }
  ensure(false);
}

void encode(const Row& row, std::string_view text, std::span<std::byte> to) {
  ensure(row.type == Type::ascii && to.size() == std::size_t{2} * row.register_count);
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = i < text.size() ? static_cast<std::byte>(text[i]) : std::byte{0};
  }
}

std::int64_t decode(const Row& row, std::span<const std::byte> from) {
  ensure(from.size() == std::size_t{2} * row.register_count);
  bytes::Reader reader{from};
  switch (row.type) {
    case Type::u16:
      return reader.big<std::uint16_t>();
    case Type::u32:
      return reader.big<std::uint32_t>();
    case Type::i32:
      return reader.big<std::int32_t>();
    case Type::i64:
      return reader.big<std::int64_t>();
    case Type::ascii:
    case Type::counted:
      break;
  }
  ensure(false);
  return 0;
}

std::string_view decode_text(std::span<const std::byte> from) {
  const auto end = std::ranges::find(from, std::byte{0});
  return {reinterpret_cast<const char*>(from.data()), static_cast<std::size_t>(end - from.begin())};
}

}  // namespace lk::dictionary
