// SPDX-License-Identifier: Apache-2.0
// One line of the audit, its text, and what a run of lines sums up to. Pure; files are audit.cpp's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/vault/contents.hpp"
#include "server/vault/key_group.hpp"

namespace lk::vault {

using AuditHash = std::array<std::byte, 32>;

enum class Act : std::uint8_t {
  segment,    // first line of a file; user: vault id, reference: the hash before it
  carry,      // what a group has used so far, at the beginning of a file
  carry_day,  // … on the day in `tid` (days since 1970)
  serial,     // the vault file's serial, in `tid`: at the beginning of a file
  credit,     // tokens
  management,
  key_change,
  verify,
  provision,  // a meter's own keys were given out to be put into it
  officer,    // an officer's act; `tid`: serial of the vault file after it, reference: what was done
  torn,       // a half line was cut off after a power cut; `tid`: its bytes
};

struct AuditEntry {
  Act act = Act::credit;
  std::int64_t unix_ms = 0;
  std::optional<GroupName> group;
  std::string meter;
  std::uint64_t tid = 0;
  std::uint64_t uses = 0;
  std::uint64_t units = 0;
  std::uint64_t money = 0;
  std::string user;
  std::string reference;
  std::string token_digest;  // the first 16 hexadecimal digits of SHA-256 over the tokens' digits
};

struct AuditHead {
  std::uint64_t number = 0;
  AuditHash hash{};

  bool operator==(const AuditHead&) const = default;
};

// A file's line for an entry, with its end; `head` is moved on to it. Fields are separated by tabs; what is
// not printable ASCII in `user` and `reference` becomes '?', and both are cut after 64 characters.
[[nodiscard]] std::string line_of(const AuditEntry& entry, AuditHead& head);

enum class LineFault : std::uint8_t {
  malformed,  // not the fields of a line
  number,     // another number than the one after the last
  hash,       // it was changed, or the one before it
};

// The entry of a line without its end, if it follows `head`, which is moved on to it. A segment's first line
// may follow a head of number 0 whatever its number is: it tells the hash before it.
[[nodiscard]] std::expected<AuditEntry, LineFault> entry_of(std::string_view line, AuditHead& head);

// The sums over lines.
class AuditTally {
 public:
  void add(const AuditEntry& entry);
  [[nodiscard]] Usage usage(const GroupName& group, std::int64_t unix_ms) const;
  // The name of the limit that an entry would pass, or nothing.
  [[nodiscard]] std::optional<std::string_view> passed(const AuditEntry& entry, const Limits& limits) const;
  // The lines that a new segment begins with, after its first.
  [[nodiscard]] std::vector<AuditEntry> carried(std::int64_t unix_ms) const;
  [[nodiscard]] std::uint64_t file_serial() const { return file_serial_; }

 private:
  struct Sum {
    Usage usage;
    std::int64_t day = 0;
  };
  std::map<GroupName, Sum> groups_;
  std::uint64_t file_serial_ = 0;
};

[[nodiscard]] std::string hex(std::span<const std::byte> bytes);

}  // namespace lk::vault
