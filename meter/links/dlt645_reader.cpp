// SPDX-License-Identifier: Apache-2.0
#include "meter/links/dlt645_reader.hpp"

#include <algorithm>
#include <array>

namespace lk::links {
namespace {

using dlt645::Item;
using dlt645::Kind;

constexpr std::uint8_t block = 0xFF;
constexpr std::byte unknown{0xFF};
constexpr std::byte separator{0xAA};

constexpr std::uint8_t byte_of(std::uint32_t di, unsigned index) {
  return static_cast<std::uint8_t>(di >> (8U * index));
}

bool read_one(const Item& item, std::uint8_t di1, std::uint8_t di0, const ProfileRequest& request,
              const Dlt645Context& context, bytes::Writer& to) {
  switch (item.kind) {
    case Kind::event:
      return dlt645_kinds::event(item, di0, context, to);
    case Kind::event_count:
      return dlt645_kinds::event_count(item, context, to);
    case Kind::condition:
      return dlt645_kinds::condition(item, di1, di0, context, to);
    case Kind::condition_total:
      return dlt645_kinds::condition_total(item, context, to);
    case Kind::condition_time:
      return dlt645_kinds::condition_time(item, context, to);
    case Kind::quality:
      return dlt645_kinds::quality(di1, di0, context, to);
    case Kind::purchase:
      return dlt645_kinds::purchase(item, di1, di0, context, to);
    case Kind::freeze:
      return dlt645_kinds::freeze(item, di1, di0, context, to);
    case Kind::profile:
      return dlt645_kinds::profile(item, di0, request, context, to);
    default:
      return dlt645_kinds::value(item, di1, di0, context, to);
  }
}

}  // namespace

dlt645::Address own_address(Device& device) {
  const std::int64_t set = device.number(dictionary::Id::dlt_address, 0);
  if (set != 0) return dlt645::address_of(static_cast<std::uint64_t>(set));
  std::uint64_t number = 0;
  for (const char c : device.text(dictionary::Id::meter_number, 0)) {
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return dlt645::address_of(number % 1'000'000'000'000);
}

// A block is its run's items one behind the other. What this meter has not (another phase) is FF in a block,
// and an error alone; a block of which there is nothing is an error too, and ends where its records end.
bool read_data(std::uint32_t di, const ProfileRequest& request, const Dlt645Context& context,
               bytes::Writer& to) {
  const Item* const item = dlt645::find(di);
  if (item == nullptr) return false;
  const bool is_run_of_di1 = byte_of(di, 1) == block;
  const bool is_run_of_di0 = byte_of(di, 0) == block;
  const std::uint8_t di1_first = is_run_of_di1 ? byte_of(item->di, 1) : byte_of(di, 1);
  const std::uint8_t di1_last = is_run_of_di1 ? item->di1_last : di1_first;
  const std::uint8_t di0_first = is_run_of_di0 ? byte_of(item->di, 0) : byte_of(di, 0);
  const std::uint8_t di0_last = is_run_of_di0 ? item->di0_last : di0_first;
  const bool is_block = is_run_of_di1 || is_run_of_di0;
  bool has_any = false;
  for (unsigned di0 = di0_first; di0 <= di0_last; ++di0) {
    for (unsigned di1 = di1_first; di1 <= di1_last; ++di1) {
      const bool is_there = read_one(*item, static_cast<std::uint8_t>(di1), static_cast<std::uint8_t>(di0),
                                     request, context, to);
      has_any = has_any || is_there;
      if (!is_there && is_block) dlt645_fields::fill(unknown, item->size_bytes, to);
      if (is_there && is_run_of_di1 && item->kind == Kind::freeze)
        to.byte(std::to_integer<std::uint8_t>(separator));
    }
  }
  return has_any && to.ok();
}

bool read_data97(std::uint16_t di, const Dlt645Context& context, bytes::Writer& to) {
  const dlt645::Place97 place = dlt645::find97(di);
  if (place.item == nullptr) return false;
  const dlt645::Item97& item = *place.item;
  bool has_any = false;
  for (std::uint32_t index = place.first; index <= place.last; ++index) {
    std::array<std::byte, 208> room{};  // the longest that a row of 1997 is taken from has 202
    bytes::Writer whole{room};
    const std::uint32_t twin = item.twin + index * item.step + place.settlement;
    const bool is_there = read_data(twin, {}, context, whole) &&
                          whole.size_bytes() >= std::size_t{item.offset} + item.size_bytes;
    has_any = has_any || is_there;
    if (!is_there) {
      if (place.first != place.last) dlt645_fields::fill(unknown, item.size_bytes, to);
    } else if (item.divisor == 1) {
      to.copy(whole.written().subspan(item.offset, item.size_bytes));
    } else {
      const dlt645::Item* const row = dlt645::find(twin);
      const std::int64_t value =
          row->is_signed ? dlt645::decode_signed_bcd(whole.written()).value_or(0)
                         : static_cast<std::int64_t>(dlt645::decode_bcd(whole.written()).value_or(0));
      dlt645_fields::number(value / item.divisor, item.size_bytes, row->is_signed, to);
    }
  }
  return has_any && to.ok();
}

namespace dlt645_fields {

void number(std::int64_t value, std::size_t size_bytes, bool is_signed, bytes::Writer& to) {
  std::array<std::byte, 9> digits{};
  const auto field = std::span{digits}.first(size_bytes);
  if (is_signed) {
    dlt645::encode_signed_bcd(value, field);
  } else {
    dlt645::encode_bcd(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)), field);
  }
  to.copy(field);
}

void energy(quantity::Energy energy, bytes::Writer& to) {
  constexpr std::int64_t mj_per_10_wh = 36'000'000;
  constexpr std::int64_t digits = 100'000'000;  // a register of eight digits goes through zero
  number(energy.count() / mj_per_10_wh % digits, 4, false, to);
}

void time(std::uint32_t unix_s, bool has_seconds, Station& station, bytes::Writer& to) {
  if (unix_s == 0) return fill(unknown, has_seconds ? 6 : 5, to);
  const dlt645::Time local = station.local_time(unix_s);
  if (has_seconds) number(local.second, 1, false, to);
  for (const std::uint8_t part : {local.minute, local.hour, local.day, local.month, local.year})
    number(part, 1, false, to);
}

void fill(std::byte value, std::size_t size_bytes, bytes::Writer& to) {
  for (std::size_t i = 0; i < size_bytes; ++i) to.byte(std::to_integer<std::uint8_t>(value));
}

void demand(std::uint32_t demand_dw, std::uint32_t end_s, Station& station, bytes::Writer& to) {
  number(demand_dw, 3, false, to);
  if (end_s == 0) return fill(std::byte{0}, 5, to);
  time(end_s, false, station, to);
}

}  // namespace dlt645_fields

}  // namespace lk::links
