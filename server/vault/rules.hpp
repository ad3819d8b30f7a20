// SPDX-License-Identifier: Apache-2.0
// What may be asked of a security module, whoever holds the keys: pure functions over requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/vault/audit_entry.hpp"
#include "server/vault/security_module.hpp"

namespace lk::vault {

// Whether number, tariff index and technology can belong to a meter with this key.
[[nodiscard]] std::optional<Refusal> fault_of(const MeterKey& meter);
// Whether the module makes such a token under such a key: sub-class, widths of fields, KEN, default keys.
[[nodiscard]] std::optional<Refusal> fault_of(const TokenContent& content, const KeyGroup& group);
// Whether the standard lets a meter go from one key to the other (IEC 62055-41, 6.5.2.5; docs/design/sts.md).
[[nodiscard]] std::optional<Refusal> fault_of_change(const MeterKey& from, const MeterKey& to);

[[nodiscard]] sts::KeyAttributes attributes_of(const MeterKey& meter, sts::BaseDate base_date);
[[nodiscard]] std::uint32_t tid_of(const TokenContent& content);
// What an audit entry counts of a token: one use, and the units or money it carries.
void count(const TokenContent& content, AuditEntry& entry);

}  // namespace lk::vault
