// SPDX-License-Identifier: Apache-2.0
#include "server/vault/audit_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace lk::vault {
namespace {

constexpr std::string_view suffix = ".audit";

const char* text_of(LineFault fault) {
  switch (fault) {
    case LineFault::malformed:
      return "is no line of an audit";
    case LineFault::number:
      return "does not have the next number: lines are missing or doubled";
    case LineFault::hash:
      return "does not have the hash that it had: it was changed, or what was before it";
  }
  return "";
}

}  // namespace

std::vector<std::uint64_t> audit_segments(const std::string& folder) {
  std::vector<std::uint64_t> segments;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = file.path().filename().string();
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (fault == std::errc{} && name.substr(static_cast<std::size_t>(end - name.data())) == suffix) {
      segments.push_back(number);
    }
  }
  std::ranges::sort(segments);
  return segments;
}

std::string segment_path(const std::string& folder, std::uint64_t segment) {
  std::array<char, 40> name{};
  std::snprintf(name.data(), name.size(), "/%08llu.audit", static_cast<unsigned long long>(segment));
  return folder + name.data();
}

Answer<AuditPart> read_segment(const std::string& folder, std::uint64_t segment, AuditPart part,
                               const AuditVisitor& visit) {
  const std::string path = segment_path(folder, segment);
  std::ifstream file(path, std::ios::binary);
  if (!file) return refuse(Reason::audit_failed, path + ": cannot be read");
  part.good_bytes = 0;
  part.torn_bytes = 0;
  std::string line;
  std::uint64_t line_number = 0;
  while (std::getline(file, line)) {
    ++line_number;
    const bool has_end = !file.eof();
    const auto entry = has_end ? entry_of(line, part.head) : std::unexpected(LineFault::malformed);
    const bool is_misplaced = entry && (entry->act == Act::segment) != (line_number == 1);
    if (!entry || is_misplaced) {
      if (!entry && file.peek() == std::ifstream::traits_type::eof()) {
        part.torn_bytes = line.size() + (has_end ? 1 : 0);
        return part;
      }
      return refuse(Reason::damaged, path + ":" + std::to_string(line_number) + ": " +
                                         text_of(entry ? LineFault::malformed : entry.error()));
    }
    if (line_number == 1) part.vault = entry->user;
    part.tally.add(*entry);
    part.last_unix_ms = entry->unix_ms;
    part.good_bytes += line.size() + 1;
    if (visit) visit(part.head.number, *entry, part.head.hash);
  }
  return part;
}

Answer<AuditPart> read_audit(const std::string& folder, const AuditVisitor& visit) {
  const auto segments = audit_segments(folder);
  if (segments.empty()) return refuse(Reason::audit_failed, folder + ": holds no audit");
  AuditPart part;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i] != i + 1) {
      return refuse(Reason::damaged, segment_path(folder, i + 1) + ": is missing");
    }
    const std::string vault = part.vault;
    auto next = read_segment(folder, segments[i], std::move(part), visit);
    if (!next) return next;
    part = std::move(*next);
    if (i > 0 && part.vault != vault) {
      return refuse(Reason::damaged, segment_path(folder, segments[i]) + ": is of another vault");
    }
    if (part.torn_bytes > 0 && i + 1 < segments.size()) {
      return refuse(Reason::damaged, segment_path(folder, segments[i]) + ": its end is missing");
    }
  }
  return part;
}

}  // namespace lk::vault
