// SPDX-License-Identifier: Apache-2.0
#include "server/vault/audit_entry.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/sha256.hpp"

namespace lk::vault {
namespace {

constexpr std::size_t text_max_bytes = 64;
constexpr std::size_t field_count = 13;
constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

constexpr std::array<std::string_view, 11> act_names{"segment",   "carry",      "carry-day",  "serial",
                                                     "credit",    "management", "key-change", "verify",
                                                     "provision", "officer",    "torn"};

std::string printable(const std::string& text) {
  if (text.empty()) return "-";
  std::string clean = text.substr(0, text_max_bytes);
  std::ranges::replace_if(clean, [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

std::string unless_dash(std::string_view field) {
  return field == "-" ? std::string{} : std::string(field);
}

template <class T>
bool read_number(std::string_view field, T& number) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc{} && end == field.data() + field.size();
}

bool read_hash(std::string_view field, AuditHash& hash) {
  if (field.size() != 2 * hash.size()) return false;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    std::uint8_t value = 0;
    const char* const at = field.data() + 2 * i;
    const auto [end, error] = std::from_chars(at, at + 2, value, 16);
    if (error != std::errc{} || end != at + 2) return false;
    hash[i] = std::byte{value};
  }
  return true;
}

AuditHash hash_of(const AuditHash& before, std::string_view text) {
  crypto::Sha256 sha;
  sha.update(before);
  sha.update(std::as_bytes(std::span{text}));
  return sha.finish();
}

std::optional<std::array<std::string_view, field_count>> split(std::string_view line) {
  std::array<std::string_view, field_count> fields;
  for (std::size_t i = 0; i < field_count; ++i) {
    const std::size_t end = line.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == field_count)) return std::nullopt;
    fields[i] = line.substr(0, end);
    if (fields[i].empty()) return std::nullopt;
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  return fields;
}

void add_to(std::uint64_t& sum, std::uint64_t more) {
  sum = more > Limits::none - sum ? Limits::none : sum + more;
}

bool passes(std::uint64_t used, std::uint64_t more, std::uint64_t limit) {
  return more > 0 && (used > limit || more > limit - used);
}

std::int64_t day_of(std::int64_t unix_ms) {
  return unix_ms / day_ms - (unix_ms % day_ms < 0 ? 1 : 0);
}

bool is_use(Act act) {
  return act == Act::credit || act == Act::management || act == Act::key_change;
}

}  // namespace

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b >> 4U)];
    text += digits[std::to_integer<unsigned>(b & std::byte{0xF})];
  }
  return text;
}

std::string line_of(const AuditEntry& entry, AuditHead& head) {
  std::string line;
  line.reserve(256);
  const auto field = [&line](std::string_view text) { line.append(text).push_back('\t'); };
  field(std::to_string(++head.number));
  field(std::to_string(entry.unix_ms));
  field(act_names.at(static_cast<std::size_t>(entry.act)));
  field(entry.group ? text(*entry.group) : "-");
  field(printable(entry.meter));
  for (const std::uint64_t number : {entry.tid, entry.uses, entry.units, entry.money})
    field(std::to_string(number));
  field(printable(entry.user));
  field(printable(entry.reference));
  field(printable(entry.token_digest));
  head.hash = hash_of(head.hash, line);
  line.append(hex(head.hash)).push_back('\n');
  return line;
}

std::expected<AuditEntry, LineFault> entry_of(std::string_view line, AuditHead& head) {
  const auto fields = split(line);
  if (!fields) return std::unexpected(LineFault::malformed);
  const auto& field = *fields;
  AuditEntry entry;
  std::uint64_t number = 0;
  AuditHash hash;
  const auto act = std::ranges::find(act_names, field[2]);
  if (field[3] != "-") entry.group = parse_group_name(field[3]);
  const bool fits = read_number(field[0], number) && read_number(field[1], entry.unix_ms) &&
                    act != act_names.end() && (field[3] == "-" || entry.group) &&
                    read_number(field[5], entry.tid) && read_number(field[6], entry.uses) &&
                    read_number(field[7], entry.units) && read_number(field[8], entry.money) &&
                    read_hash(field[12], hash);
  if (!fits) return std::unexpected(LineFault::malformed);
  entry.act = static_cast<Act>(act - act_names.begin());
  entry.meter = unless_dash(field[4]);
  entry.user = unless_dash(field[9]);
  entry.reference = unless_dash(field[10]);
  entry.token_digest = unless_dash(field[11]);

  AuditHash before = head.hash;
  const bool is_first = head.number == 0 && entry.act == Act::segment;
  if (entry.act == Act::segment) {
    if (!read_hash(field[10], before)) return std::unexpected(LineFault::malformed);
    if (!is_first && before != head.hash) return std::unexpected(LineFault::hash);
  }
  if (is_first ? number == 0 : number != head.number + 1) return std::unexpected(LineFault::number);
  if (hash_of(before, line.substr(0, line.size() - field[12].size())) != hash) {
    return std::unexpected(LineFault::hash);
  }
  head = {number, hash};
  return entry;
}

void AuditTally::add(const AuditEntry& entry) {
  if (entry.act == Act::officer || entry.act == Act::serial) file_serial_ = std::max(file_serial_, entry.tid);
  if (!entry.group) return;
  Sum& sum = groups_[*entry.group];
  if (entry.act == Act::carry) {
    sum.usage = {entry.uses, 0, entry.units, entry.money};
  } else if (entry.act == Act::carry_day) {
    sum.day = static_cast<std::int64_t>(entry.tid);
    sum.usage.uses_today = entry.uses;
  } else if (is_use(entry.act)) {
    const std::int64_t day = day_of(entry.unix_ms);
    // A clock that goes back stays in the later day, so that it gives no second allowance.
    if (day > sum.day) {
      sum.day = day;
      sum.usage.uses_today = 0;
    }
    add_to(sum.usage.uses, entry.uses);
    add_to(sum.usage.uses_today, entry.uses);
    add_to(sum.usage.units, entry.units);
    add_to(sum.usage.money, entry.money);
  }
}

Usage AuditTally::usage(const GroupName& group, std::int64_t unix_ms) const {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return {};
  Usage usage = found->second.usage;
  if (day_of(unix_ms) > found->second.day) usage.uses_today = 0;
  return usage;
}

std::optional<std::string_view> AuditTally::passed(const AuditEntry& entry, const Limits& limits) const {
  if (!entry.group) return std::nullopt;
  const Usage used = usage(*entry.group, entry.unix_ms);
  if (passes(used.uses, entry.uses, limits.uses)) return "uses";
  if (passes(used.uses_today, entry.uses, limits.uses_a_day)) return "uses a day";
  if (passes(used.units, entry.units, limits.units)) return "units";
  if (passes(used.money, entry.money, limits.money)) return "money";
  return std::nullopt;
}

std::vector<AuditEntry> AuditTally::carried(std::int64_t unix_ms) const {
  std::vector<AuditEntry> entries;
  entries.push_back({.act = Act::serial, .unix_ms = unix_ms, .tid = file_serial_});
  for (const auto& [group, sum] : groups_) {
    entries.push_back({.act = Act::carry,
                       .unix_ms = unix_ms,
                       .group = group,
                       .uses = sum.usage.uses,
                       .units = sum.usage.units,
                       .money = sum.usage.money});
    entries.push_back({.act = Act::carry_day,
                       .unix_ms = unix_ms,
                       .group = group,
                       .tid = static_cast<std::uint64_t>(sum.day),
                       .uses = sum.usage.uses_today});
  }
  return entries;
}

}  // namespace lk::vault
