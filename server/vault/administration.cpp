// SPDX-License-Identifier: Apache-2.0
#include "server/vault/administration.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "server/vault/audit_entry.hpp"
#include "server/vault/audit_reader.hpp"

namespace lk::vault {
namespace {

constexpr std::size_t password_min_bytes = 10;

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

bool is_des(const GroupRecord& record) {
  return record.group.generation != sts::KeyGenerationAlgorithm::dkga04;
}

// DES keys have an odd number of ones in each byte; the XOR of two such halves has an even one.
void make_parity_odd(std::span<std::byte> key) {
  for (std::byte& b : key) {
    if (std::popcount(std::to_integer<unsigned>(b)) % 2 == 0) b ^= std::byte{1};
  }
}

std::unexpected<Refusal> mistake(const std::string& text) {
  return refuse(Reason::mistaken, text);
}

}  // namespace

std::string text(const CheckValue& value) {
  return hex(value);
}

Answer<Administration> Administration::create(const Opening& opening, KeyDerivation derivation) {
  auto lock = lock_file(opening.path + ".lock", opening.path);
  if (!lock) return std::unexpected(std::move(lock.error()));
  if (!audit_segments(opening.audit_folder()).empty()) {
    return mistake(opening.audit_folder() + ": holds another vault's audit; name another folder");
  }
  auto file = VaultFile::create(opening, derivation);
  if (!file) return std::unexpected(std::move(file.error()));
  auto audit = Audit::open(opening.audit_folder(), file->contents().id);
  if (!audit) return std::unexpected(std::move(audit.error()));
  Administration made(std::move(*lock), std::move(*file), std::move(*audit));
  const AuditEntry entry{
      .act = Act::officer, .unix_ms = now_ms(), .tid = made.contents().serial, .reference = "vault made"};
  if (auto told = made.audit_->append(entry); !told) return std::unexpected(std::move(told.error()));
  if (auto settled = made.audit_->settle(); !settled) return std::unexpected(std::move(settled.error()));
  return made;
}

Answer<Administration> Administration::open(const Opening& opening) {
  auto lock = lock_file(opening.path + ".lock", opening.path);
  if (!lock) return std::unexpected(std::move(lock.error()));
  auto file = VaultFile::open(opening, VaultFile::Access::change);
  if (!file) return std::unexpected(std::move(file.error()));
  auto audit = Audit::open(opening.audit_folder(), file->contents().id);
  if (!audit) return std::unexpected(std::move(audit.error()));
  if (file->contents().serial < (*audit)->file_serial()) {
    return refuse(Reason::damaged, opening.path + ": is older than its audit tells; take the newest file");
  }
  return Administration(std::move(*lock), std::move(*file), std::move(*audit));
}

Answer<void> Administration::add_officer(const Authority& by, const std::string& name,
                                         const Secret& password) {
  if (auto may = authorise(by); !may) return may;
  if (!is_name(name)) return mistake("officer: must be 1 to 32 characters of a-z, A-Z, 0-9 and . _ -");
  if (contents().find_officer(name) != nullptr) return mistake("officer " + name + ": exists");
  if (contents().officers.size() >= officer_max_count) return mistake("there are 64 officers already");
  if (password.size() < password_min_bytes) return mistake("the password must have at least 10 characters");
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const std::string_view given = password.text();
  if (crypto_pwhash_str(hash.data(), given.data(), given.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    return refuse(Reason::module_failed,
                  "64 MiB of memory are needed to hash the password, and there is not so much");
  }
  contents().officers.push_back({name, hash.data()});
  return keep(by, {}, "officer " + name + " added");
}

Answer<void> Administration::remove_officer(const Authority& by, const std::string& name) {
  if (auto may = authorise(by); !may) return may;
  if (contents().find_officer(name) == nullptr) return mistake("officer " + name + ": does not exist");
  if (contents().officers.size() == 1) return mistake("officer " + name + ": is the last one and stays");
  std::erase_if(contents().officers, [&](const Officer& officer) { return officer.name == name; });
  return keep(by, {}, "officer " + name + " removed");
}

Answer<void> Administration::add_group(const Authority& by, const KeyGroup& group, sts::Legacy legacy) {
  if (auto may = authorise(by); !may) return may;
  const std::string name = text(group.name);
  if (group.name.supply_group_code > 999'999 || group.name.key_revision_number < 1 ||
      group.name.key_revision_number > 9) {
    return mistake("key group: supply group code has 6 digits, the revision is 1 to 9");
  }
  if (group.name.key_type == sts::KeyType::initialisation) {
    return mistake("key group " + name + ": initialisation keys (type 0) are their maker's, not derived");
  }
  if (group.generation == sts::KeyGenerationAlgorithm::dkga01) {
    return mistake("DKGA01 is refused: its published descriptions contradict each other");
  }
  if (group.generation == sts::KeyGenerationAlgorithm::dkga03 && legacy == sts::Legacy::refused) {
    return mistake("DKGA03 is legacy and has no published vectors; allow it in so many words");
  }
  if (group.active_unix_s >= group.expires_unix_s)
    return mistake("key group " + name + ": it would expire before it is active");
  if (contents().find(group.name) != nullptr) return mistake("key group " + name + ": exists");
  if (contents().groups.size() >= group_max_count) return mistake("there are 4096 key groups already");
  GroupRecord record{.group = group};
  record.group.usage = {};
  record.group.check_value.reset();
  contents().groups.push_back(std::move(record));
  return keep(by, group.name, "group added, DKGA0" + std::to_string(static_cast<int>(group.generation)));
}

Answer<CheckValue> Administration::generate_key(const Authority& by, const GroupName& group) {
  if (auto may = authorise(by); !may) return std::unexpected(std::move(may.error()));
  const auto record = find(group);
  if (!record) return std::unexpected(record.error());
  auto key = custody().random(key_bytes((*record)->group.generation));
  if (!key) return std::unexpected(std::move(key.error()));
  if (is_des(**record)) make_parity_odd(key->bytes());
  if (auto taken = take_key(**record, std::move(*key)); !taken)
    return std::unexpected(std::move(taken.error()));
  const CheckValue value = value_of((*record)->group.check_value);
  if (auto kept = keep(by, group, "random key made, check value " + text(value)); !kept) {
    return std::unexpected(std::move(kept.error()));
  }
  return value;
}

Answer<LoadedHalf> Administration::load_half(const Authority& by, const GroupName& group, const Secret& half,
                                             const std::optional<CheckValue>& expected) {
  if (contents().officers.size() < 2) return mistake("two halves need two officers; add them first");
  if (auto may = authorise(by); !may) return std::unexpected(std::move(may.error()));
  const auto record = find(group);
  if (!record) return std::unexpected(record.error());
  const std::size_t size = key_bytes((*record)->group.generation);
  if (half.size() != size)
    return mistake("the half must have " + std::to_string(2 * size) + " hexadecimal digits");
  LoadedHalf loaded{check_value_of((*record)->group.generation, half.bytes()), {}};
  if (expected && *expected != loaded.half) {
    return mistake("the half's check value is " + text(loaded.half) + ", not " + text(*expected) +
                   ": mistyped, or the half of another key");
  }
  auto& first = (*record)->half;
  if (!first) {
    auto kept = custody().keep_half(half);
    if (!kept) return std::unexpected(std::move(kept.error()));
    first = KeptHalf{by.officer, loaded.half, std::move(*kept)};
    if (auto done = keep(by, group, "first half, check value " + text(loaded.half)); !done) {
      return std::unexpected(std::move(done.error()));
    }
    return loaded;
  }
  if (first->officer == by.officer)
    return mistake("the second half must come from another officer than the first");
  auto key = custody().half_of(first->kept, size);
  if (!key) return std::unexpected(std::move(key.error()));
  for (std::size_t i = 0; i < size; ++i) key->bytes()[i] ^= half.bytes()[i];
  if (std::ranges::all_of(key->bytes(), [](std::byte b) { return b == std::byte{}; })) {
    return mistake("both halves are the same; one of them was entered twice");
  }
  if (is_des(**record)) make_parity_odd(key->bytes());
  if (auto taken = take_key(**record, std::move(*key)); !taken)
    return std::unexpected(std::move(taken.error()));
  loaded.whole = (*record)->group.check_value;
  const std::string what =
      "second half, check value " + text(loaded.half) + ", whole " + text(value_of(loaded.whole));
  if (auto done = keep(by, group, what); !done) return std::unexpected(std::move(done.error()));
  return loaded;
}

Answer<void> Administration::drop_half(const Authority& by, const GroupName& group) {
  if (auto may = authorise(by); !may) return may;
  GroupRecord* const record = contents().find(group);
  if (record == nullptr || !record->half)
    return mistake("key group " + text(group) + ": no half waits there");
  record->half.reset();
  return keep(by, group, "first half dropped");
}

Answer<void> Administration::set_limits(const Authority& by, const GroupName& group, const Limits& limits) {
  if (auto may = authorise(by); !may) return may;
  GroupRecord* const record = contents().find(group);
  if (record == nullptr)
    return refuse(Reason::unknown_group, "key group " + text(group) + ": is not in the vault");
  record->group.limits = limits;
  const auto word = [](std::uint64_t limit) {
    return limit == Limits::none ? "none" : std::to_string(limit);
  };
  return keep(by, group,
              "limits " + word(limits.uses) + " " + word(limits.uses_a_day) + "/d " + word(limits.units) +
                  " u " + word(limits.money) + " m");
}

Answer<GroupName> Administration::rotate(const Authority& by, const GroupName& group,
                                         std::int64_t active_unix_s, std::uint8_t key_expiry_number) {
  if (auto may = authorise(by); !may) return std::unexpected(std::move(may.error()));
  GroupRecord* const old = contents().find(group);
  if (old == nullptr)
    return refuse(Reason::unknown_group, "key group " + text(group) + ": is not in the vault");
  if (active_unix_s >= old->group.expires_unix_s) {
    return mistake("key group " + text(group) + ": expires before the new one would be active");
  }
  if (active_unix_s <= old->group.active_unix_s) {
    return mistake("key group " + text(group) + ": the new one must become active after it");
  }
  KeyGroup next = old->group;
  next.name.key_revision_number = static_cast<std::uint8_t>(group.key_revision_number % 9 + 1);
  if (contents().find(next.name) != nullptr) {
    return mistake("key group " + text(next.name) + ": exists; remove that revision first");
  }
  if (contents().groups.size() >= group_max_count) return mistake("there are 4096 key groups already");
  next.active_unix_s = active_unix_s;
  next.key_expiry_number = key_expiry_number;
  next.check_value.reset();
  old->group.expires_unix_s = active_unix_s;
  contents().groups.push_back({.group = next});
  if (auto kept = keep(by, group, "rotated to " + text(next.name)); !kept)
    return std::unexpected(std::move(kept.error()));
  return next.name;
}

Answer<void> Administration::remove_group(const Authority& by, const GroupName& group) {
  if (auto may = authorise(by); !may) return may;
  if (contents().find(group) == nullptr) {
    return refuse(Reason::unknown_group, "key group " + text(group) + ": is not in the vault");
  }
  std::erase_if(contents().groups, [&](const GroupRecord& record) { return record.group.name == group; });
  if (auto kept = keep(by, group, "group and key removed"); !kept) return kept;
  return custody().forget_key(group);
}

Answer<void> Administration::reseal(const Authority& by, KeyDerivation derivation, const Secret& given) {
  if (auto may = authorise(by); !may) return may;
  if (auto sealed = file_.reseal(derivation, given); !sealed) return sealed;
  return keep(by, {}, "file sealed anew");
}

Answer<void> Administration::authorise(const Authority& by) {
  if (contents().officers.empty()) return {};
  const Officer* const officer = contents().find_officer(by.officer);
  if (officer == nullptr) return mistake("officer " + by.officer + ": does not exist");
  const std::string_view password = by.password.text();
  if (crypto_pwhash_str_verify(officer->password_hash.c_str(), password.data(), password.size()) != 0) {
    return mistake("officer " + by.officer + ": the password is wrong");
  }
  return {};
}

// The record of a group that waits for its key.
Answer<GroupRecord*> Administration::find(const GroupName& group) {
  GroupRecord* const record = contents().find(group);
  if (record == nullptr)
    return refuse(Reason::unknown_group, "key group " + text(group) + ": is not in the vault");
  if (record->group.check_value)
    return mistake("key group " + text(group) + ": has its key; rotate to a new revision");
  return record;
}

Answer<void> Administration::take_key(GroupRecord& record, Secret key) {
  const CheckValue value = check_value_of(record.group.generation, key.bytes());
  auto kept = custody().keep_key(record.group.name, record.group.generation, key);
  if (!kept) return std::unexpected(std::move(kept.error()));
  record.key = std::move(*kept);
  record.group.check_value = value;
  record.half.reset();
  return {};
}

Answer<void> Administration::keep(const Authority& by, const std::optional<GroupName>& group,
                                  const std::string& what) {
  if (auto saved = file_.save(); !saved) return saved;
  const AuditEntry entry{.act = Act::officer,
                         .unix_ms = now_ms(),
                         .group = group,
                         .tid = contents().serial,
                         .user = by.officer,
                         .reference = what};
  if (auto told = audit_->append(entry); !told) return std::unexpected(std::move(told.error()));
  return audit_->settle();
}

}  // namespace lk::vault
