// SPDX-License-Identifier: Apache-2.0
// What `latchkey vault` shows of a vault: never a key, nor a half of one.
#pragma once

#include <cstdint>

#include "server/vault/audit_reader.hpp"
#include "server/vault/contents.hpp"

namespace lk::tools {

// A table for people. Usage is from the audit, at `now_ms`.
void list_groups(const vault::Contents& contents, const vault::AuditTally& tally, std::int64_t now_ms);
// All that is public, as one JSON object.
void export_public(const vault::Contents& contents, const vault::AuditPart& audit, std::int64_t now_ms);
// One line of the audit.
void print_entry(std::uint64_t number, const vault::AuditEntry& entry);

}  // namespace lk::tools
