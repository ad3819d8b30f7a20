// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/vault/listing.hpp"

#include <cstdio>

#include "tools/latchkey/vault/options.hpp"

namespace lk::tools {
namespace {

const char* state_of(const vault::GroupRecord& record) {
  if (record.group.check_value) return "loaded";
  return record.half ? "half" : "empty";
}

std::string check_value_of(const vault::GroupRecord& record) {
  return record.group.check_value ? vault::text(*record.group.check_value) : "-";
}

// A limit as JSON: a number of its smallest steps, or null.
std::string json_of(std::uint64_t limit) {
  return limit == vault::Limits::none ? "null" : std::to_string(limit);
}

std::string json_time(std::int64_t unix_s) {
  return unix_s == vault::never ? "null" : std::to_string(unix_s);
}

}  // namespace

void list_groups(const vault::Contents& contents, const vault::AuditTally& tally, std::int64_t now_ms) {
  std::printf("vault %s, serial %llu, officers:", vault::hex(contents.id).c_str(),
              static_cast<unsigned long long>(contents.serial));
  for (const vault::Officer& officer : contents.officers) std::printf(" %s", officer.name.c_str());
  std::printf("%s\n\n", contents.officers.empty() ? " none" : "");
  std::printf("%-11s %-4s %-3s %-4s %-6s %-6s %-16s %-16s  %s\n", "group", "dkga", "ken", "base", "state",
              "check", "active", "expires", "used of limit: tokens, tokens today, units, money");
  for (const vault::GroupRecord& record : contents.groups) {
    const vault::KeyGroup& group = record.group;
    const vault::Usage used = tally.usage(group.name, now_ms);
    std::printf("%-11s %-4d %-3d %-4u %-6s %-6s %-16s %-16s  %s/%s  %s/%s  %s/%s  %s/%s\n",
                vault::text(group.name).c_str(), static_cast<int>(group.generation), group.key_expiry_number,
                sts::year_of(group.base_date), state_of(record), check_value_of(record).c_str(),
                print_time(group.active_unix_s).c_str(), print_time(group.expires_unix_s).c_str(),
                print_limit(used.uses, 0).c_str(), print_limit(group.limits.uses, 0).c_str(),
                print_limit(used.uses_today, 0).c_str(), print_limit(group.limits.uses_a_day, 0).c_str(),
                print_limit(used.units, 1).c_str(), print_limit(group.limits.units, 1).c_str(),
                print_limit(used.money, 5).c_str(), print_limit(group.limits.money, 5).c_str());
  }
}

void export_public(const vault::Contents& contents, const vault::AuditPart& audit, std::int64_t now_ms) {
  std::printf(
      "{\"vault\": \"%s\", \"serial\": %llu, \"audit\": {\"number\": %llu, \"hash\": \"%s\"}, \"groups\": [",
      vault::hex(contents.id).c_str(), static_cast<unsigned long long>(contents.serial),
      static_cast<unsigned long long>(audit.head.number), vault::hex(audit.head.hash).c_str());
  bool is_first = true;
  for (const vault::GroupRecord& record : contents.groups) {
    const vault::KeyGroup& group = record.group;
    const vault::Usage used = audit.tally.usage(group.name, now_ms);
    const std::string check = group.check_value ? "\"" + vault::text(*group.check_value) + "\"" : "null";
    std::printf(
        "%s\n {\"group\": \"%s\", \"supply_group_code\": \"%06u\", \"key_revision_number\": %d, "
        "\"key_type\": %d, "
        "\"key_generation\": %d, \"key_expiry_number\": %d, \"base_date\": %u, \"state\": \"%s\", "
        "\"check_value\": %s, \"active\": %s, \"expires\": %s",
        is_first ? "" : ",", vault::text(group.name).c_str(), group.name.supply_group_code,
        group.name.key_revision_number, static_cast<int>(group.name.key_type),
        static_cast<int>(group.generation), group.key_expiry_number, sts::year_of(group.base_date),
        state_of(record), check.c_str(), json_time(group.active_unix_s).c_str(),
        json_time(group.expires_unix_s).c_str());
    std::printf(
        ", \"limits\": {\"uses\": %s, \"uses_a_day\": %s, \"units\": %s, \"money\": %s}, "
        "\"used\": {\"uses\": %s, \"uses_today\": %s, \"units\": %s, \"money\": %s}}",
        json_of(group.limits.uses).c_str(), json_of(group.limits.uses_a_day).c_str(),
        json_of(group.limits.units).c_str(), json_of(group.limits.money).c_str(), json_of(used.uses).c_str(),
        json_of(used.uses_today).c_str(), json_of(used.units).c_str(), json_of(used.money).c_str());
    is_first = false;
  }
  std::printf("]}\n");
}

void print_entry(std::uint64_t number, const vault::AuditEntry& entry) {
  vault::AuditHead head{number - 1, {}};
  std::string line = vault::line_of(entry, head);
  line.resize(line.rfind('\t'));  // without the hash, which was checked
  std::printf("%s\n", line.c_str());
}

}  // namespace lk::tools
