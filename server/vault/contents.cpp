// SPDX-License-Identifier: Apache-2.0
#include "server/vault/contents.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::vault {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t blob_max_bytes = 64;
constexpr std::size_t hash_max_bytes = 128;
constexpr std::size_t fixed_max_bytes = 128;                                    // before the officers
constexpr std::size_t officer_max_bytes = 2 + name_max_bytes + hash_max_bytes;  // of each
constexpr std::size_t group_max_bytes = 96 + name_max_bytes + 2 * (blob_max_bytes + 1);  // of each

void write_bytes(bytes::Writer& writer, std::span<const std::byte> data) {
  writer.byte(static_cast<std::uint8_t>(data.size()));
  writer.copy(data);
}

std::span<const std::byte> read_bytes(bytes::Reader& reader, std::size_t most) {
  const std::size_t size = reader.byte();
  if (size <= most) return reader.take(size);
  (void)reader.take(reader.left() + 1);  // no longer ok
  return {};
}

std::string text_of(std::span<const std::byte> data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span{text});
}

void write_group(bytes::Writer& writer, const GroupRecord& record) {
  const KeyGroup& group = record.group;
  writer.big(group.name.supply_group_code);
  writer.byte(group.name.key_revision_number);
  writer.byte(static_cast<std::uint8_t>(group.name.key_type));
  writer.byte(static_cast<std::uint8_t>(group.generation));
  writer.byte(group.key_expiry_number);
  writer.big(static_cast<std::uint16_t>(sts::year_of(group.base_date)));
  writer.big(group.active_unix_s);
  writer.big(group.expires_unix_s);
  for (const std::uint64_t limit :
       {group.limits.uses, group.limits.uses_a_day, group.limits.units, group.limits.money}) {
    writer.big(limit);
  }
  writer.byte(group.check_value ? 1 : 0);
  writer.copy(group.check_value.value_or(CheckValue{}));
  write_bytes(writer, record.key.bytes());
  writer.byte(record.half ? 1 : 0);
  if (!record.half) return;
  write_bytes(writer, bytes_of(record.half->officer));
  writer.copy(record.half->check_value);
  write_bytes(writer, record.half->kept.bytes());
}

CheckValue read_check_value(bytes::Reader& reader) {
  CheckValue value;
  for (std::byte& b : value) b = std::byte{reader.byte()};
  return value;
}

std::optional<GroupRecord> read_group(bytes::Reader& reader) {
  GroupRecord record;
  KeyGroup& group = record.group;
  group.name.supply_group_code = reader.big<std::uint32_t>();
  group.name.key_revision_number = reader.byte();
  const std::uint8_t type = reader.byte();
  const std::uint8_t generation = reader.byte();
  group.key_expiry_number = reader.byte();
  const auto base = sts::base_date(reader.big<std::uint16_t>());
  group.active_unix_s = reader.big<std::int64_t>();
  group.expires_unix_s = reader.big<std::int64_t>();
  for (std::uint64_t* limit :
       {&group.limits.uses, &group.limits.uses_a_day, &group.limits.units, &group.limits.money}) {
    *limit = reader.big<std::uint64_t>();
  }
  const std::uint8_t is_loaded = reader.byte();
  const CheckValue check_value = read_check_value(reader);
  record.key = Secret::copy_of(read_bytes(reader, blob_max_bytes));
  const std::uint8_t has_half = reader.byte();
  if (has_half == 1) {
    KeptHalf& half = record.half.emplace();
    half.officer = text_of(read_bytes(reader, name_max_bytes));
    half.check_value = read_check_value(reader);
    half.kept = Secret::copy_of(read_bytes(reader, blob_max_bytes));
    if (!is_name(half.officer) || half.kept.empty()) return std::nullopt;
  }
  const bool fits = reader.ok() && base && group.name.supply_group_code <= 999'999 &&
                    group.name.key_revision_number >= 1 && group.name.key_revision_number <= 9 && type <= 3 &&
                    generation >= 2 && generation <= 4 && is_loaded <= 1 && has_half <= 1;
  if (!fits) return std::nullopt;
  group.name.key_type = static_cast<sts::KeyType>(type);
  group.generation = static_cast<sts::KeyGenerationAlgorithm>(generation);
  group.base_date = *base;
  if (is_loaded == 1) group.check_value = check_value;
  return record;
}

}  // namespace

GroupRecord* Contents::find(const GroupName& name) {
  const auto found =
      std::ranges::find(groups, name, [](const GroupRecord& record) { return record.group.name; });
  return found != groups.end() ? &*found : nullptr;
}

Officer* Contents::find_officer(std::string_view name) {
  const auto found = std::ranges::find(officers, name, &Officer::name);
  return found != officers.end() ? &*found : nullptr;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_max_bytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

Secret encode(const Contents& contents) {
  ensure(contents.officers.size() <= officer_max_count && contents.groups.size() <= group_max_count);
  Secret room(fixed_max_bytes + contents.officers.size() * officer_max_bytes +
              contents.groups.size() * group_max_bytes);
  bytes::Writer writer{room.bytes()};
  writer.byte(version);
  writer.copy(contents.id);
  writer.big(contents.serial);
  write_bytes(writer, contents.order_master_key.bytes());
  writer.byte(static_cast<std::uint8_t>(contents.officers.size()));
  for (const Officer& officer : contents.officers) {
    write_bytes(writer, bytes_of(officer.name));
    write_bytes(writer, bytes_of(officer.password_hash));
  }
  writer.big(static_cast<std::uint16_t>(contents.groups.size()));
  for (const GroupRecord& group : contents.groups) write_group(writer, group);
  ensure(writer.ok());
  room.shorten(writer.size_bytes());
  return room;
}

std::optional<Contents> decode_contents(std::span<const std::byte> bytes) {
  bytes::Reader reader{bytes};
  if (reader.byte() != version) return std::nullopt;
  Contents contents;
  for (std::byte& b : contents.id) b = std::byte{reader.byte()};
  contents.serial = reader.big<std::uint64_t>();
  contents.order_master_key = Secret::copy_of(read_bytes(reader, 16));
  if (!contents.order_master_key.empty() && contents.order_master_key.size() != 16) return std::nullopt;
  const std::size_t officer_count = reader.byte();
  if (officer_count > officer_max_count) return std::nullopt;
  for (std::size_t i = 0; i < officer_count; ++i) {
    Officer officer{text_of(read_bytes(reader, name_max_bytes)), text_of(read_bytes(reader, hash_max_bytes))};
    if (!is_name(officer.name) || contents.find_officer(officer.name) != nullptr) return std::nullopt;
    contents.officers.push_back(std::move(officer));
  }
  const std::size_t group_count = reader.big<std::uint16_t>();
  if (group_count > group_max_count) return std::nullopt;
  for (std::size_t i = 0; i < group_count; ++i) {
    auto record = read_group(reader);
    if (!record || contents.find(record->group.name) != nullptr) return std::nullopt;
    contents.groups.push_back(std::move(*record));
  }
  if (!reader.ok() || reader.left() != 0) return std::nullopt;
  return contents;
}

}  // namespace lk::vault
