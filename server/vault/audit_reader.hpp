// SPDX-License-Identifier: Apache-2.0
// Reading a vault's audit: one segment for an opening, all of them for an auditor. Needs no key and changes
// nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/vault/audit_entry.hpp"
#include "server/vault/refusal.hpp"

namespace lk::vault {

// The numbers of the segments in a folder, rising.
[[nodiscard]] std::vector<std::uint64_t> audit_segments(const std::string& folder);
[[nodiscard]] std::string segment_path(const std::string& folder, std::uint64_t segment);

struct AuditPart {
  std::string vault;  // hexadecimal, of the first line
  AuditHead head;
  AuditTally tally;
  std::int64_t last_unix_ms = 0;
  std::uint64_t good_bytes = 0;
  std::uint64_t torn_bytes = 0;  // behind them: a half line, as a power cut leaves
};

using AuditVisitor = std::function<void(std::uint64_t number, const AuditEntry&, const AuditHash&)>;

// One segment, from the head and tally before it (none: it is the first that is read). Refused (damaged)
// where a line does not follow the one before it, and is not the last.
[[nodiscard]] Answer<AuditPart> read_segment(const std::string& folder, std::uint64_t segment,
                                             AuditPart before, const AuditVisitor& visit = {});

// All segments, in order and without a gap from the first on; a half line may stand at the very end only.
[[nodiscard]] Answer<AuditPart> read_audit(const std::string& folder, const AuditVisitor& visit = {});

}  // namespace lk::vault
