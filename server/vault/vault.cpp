// SPDX-License-Identifier: Apache-2.0
#include "server/vault/vault.hpp"

#include <utility>

#include "assert/assert.hpp"
#include "crypto/secret.hpp"
#include "crypto/sha256.hpp"
#include "server/vault/rules.hpp"
#include "sts/codec.hpp"
#include "sts/key_change.hpp"

namespace lk::vault {
namespace {

std::string digest_of(const std::vector<std::string>& tokens) {
  crypto::Sha256 sha;
  for (const std::string& token : tokens) sha.update(std::as_bytes(std::span{token}));
  const auto digest = sha.finish();
  return hex(std::span{digest}.first(8));
}

std::string text_of(const sts::Digits& digits) {
  return {digits.begin(), digits.end()};
}

AuditEntry entry_of(const MeterKey& meter, const Cause& cause, std::int64_t now_ms) {
  return {.unix_ms = now_ms,
          .group = meter.group,
          .meter = meter.number,
          .user = cause.user,
          .reference = cause.reference};
}

// The identifier that an expiry is judged by; tokens that carry none do not expire.
std::optional<std::uint32_t> tid_of_token(const sts::Token& token) {
  if (const auto* units = std::get_if<sts::UnitCredit>(&token)) return units->tid;
  if (const auto* money = std::get_if<sts::CurrencyCredit>(&token)) return money->tid;
  if (const auto* management = std::get_if<sts::Management>(&token)) return management->tid;
  return std::nullopt;
}

}  // namespace

Answer<std::unique_ptr<Vault>> Vault::open(const Opening& opening, Clock clock,
                                           const sts::StaTables* tables) {
  auto file = VaultFile::open(opening, VaultFile::Access::read);
  if (!file) return std::unexpected(std::move(file.error()));
  auto audit = Audit::open(opening.audit_folder(), file->contents().id);
  if (!audit) return std::unexpected(std::move(audit.error()));
  const std::uint64_t serial = file->contents().serial;
  const std::uint64_t told = (*audit)->file_serial();
  if (serial < told) {
    return refuse(Reason::damaged, opening.path + ": is older (serial " + std::to_string(serial) +
                                       ") than the audit tells (" + std::to_string(told) +
                                       "); take the newest file");
  }
  std::unique_ptr<Vault> vault(new Vault(std::move(*file), std::move(*audit), std::move(clock), tables));
  if (serial > told) {
    const AuditEntry entry{.act = Act::serial, .unix_ms = vault->clock_(), .tid = serial};
    if (auto recorded = vault->record(entry, {}, false); !recorded)
      return std::unexpected(std::move(recorded.error()));
  }
  return vault;
}

Vault::Vault(VaultFile file, std::unique_ptr<Audit> audit, Clock clock, const sts::StaTables* tables)
    : file_(std::move(file)), audit_(std::move(audit)), clock_(std::move(clock)), tables_(tables) {
  for (const GroupRecord& record : file_.contents().groups) groups_.emplace(record.group.name, record.group);
}

Answer<IssuedToken> Vault::issue_token(const TokenRequest& request) {
  const auto group = usable_group(request.meter);
  if (!group) return std::unexpected(group.error());
  if (auto dates = within_dates(**group); !dates) return std::unexpected(std::move(dates.error()));
  if (auto fault = fault_of(request.content, **group)) return std::unexpected(std::move(*fault));
  const auto key = decoder_key(request.meter, **group);
  if (!key) return std::unexpected(key.error());
  const sts::Token token =
      std::visit([](const auto& content) { return sts::Token(content); }, request.content);
  IssuedToken issued{text_of(sts::encode(token, *key)), 0};

  AuditEntry entry = entry_of(request.meter, request.cause, clock_());
  count(request.content, entry);
  entry.token_digest = digest_of({issued.digits});
  const auto number = record(entry, (*group)->limits, request.settle_later);
  if (!number) return std::unexpected(number.error());
  issued.audit_number = *number;
  return issued;
}

Answer<IssuedKeyChange> Vault::issue_key_change(const KeyChangeRequest& request) {
  if (auto fault = fault_of_change(request.from, request.to)) return std::unexpected(std::move(*fault));
  const auto from = usable_group(request.from);
  if (!from) return std::unexpected(from.error());
  const auto to = usable_group(request.to);
  if (!to) return std::unexpected(to.error());
  if (auto dates = within_dates(**to); !dates) return std::unexpected(std::move(dates.error()));
  if (request.tid > sts::tid_max || sts::is_expired(request.tid, (*to)->key_expiry_number)) {
    return refuse(Reason::key_expired, "key group " + text((*to)->name) + ": the new key is expired itself");
  }
  const auto old_key = decoder_key(request.from, **from);
  if (!old_key) return std::unexpected(old_key.error());
  const auto new_key = key_bits(request.to, **to);
  if (!new_key) return std::unexpected(new_key.error());

  sts::KeyChange change{.algorithm = request.to.algorithm,
                        .key_words = new_key->words(),
                        .key_type = request.to.group.key_type,
                        .key_revision_number = request.to.group.key_revision_number,
                        .key_expiry_number = (*to)->key_expiry_number,
                        .tariff_index = request.to.tariff_index,
                        .roll_over = (*from)->base_date != (*to)->base_date};
  if (change.algorithm == sts::EncryptionAlgorithm::ea11 || request.with_supply_group) {
    change.supply_group_code = request.to.group.supply_group_code;
  }
  sts::KeyChangeSet set = sts::sections_of(change);
  IssuedKeyChange issued{.roll_over = change.roll_over, .key_expiry_number = change.key_expiry_number};
  for (const sts::Token& section : set.view())
    issued.tokens.push_back(text_of(sts::encode(section, *old_key)));
  crypto::wipe_value(change.key_words);
  crypto::wipe(std::as_writable_bytes(std::span{set.tokens}));

  AuditEntry entry = entry_of(request.to, request.cause, clock_());
  entry.act = Act::key_change;
  entry.tid = request.tid;
  entry.uses = issued.tokens.size();
  entry.token_digest = digest_of(issued.tokens);
  const auto number = record(entry, (*to)->limits, true);
  if (!number) return std::unexpected(number.error());
  entry.group = request.from.group;  // the other key that was used; counted once
  entry.uses = 0;
  const auto second = record(entry, {}, request.settle_later);
  if (!second) return std::unexpected(second.error());
  issued.audit_number = *number;
  return issued;
}

Answer<VerifiedToken> Vault::verify_token(const VerifyRequest& request) {
  const auto group = usable_group(request.meter);
  if (!group) return std::unexpected(group.error());
  const auto key = decoder_key(request.meter, **group);
  if (!key) return std::unexpected(key.error());
  const auto token = sts::decode(request.digits, *key);
  AuditEntry entry = entry_of(request.meter, request.cause, clock_());
  entry.act = Act::verify;
  entry.token_digest = digest_of({request.digits});
  if (auto recorded = record(entry, {}, false); !recorded)
    return std::unexpected(std::move(recorded.error()));
  if (!token) {
    return refuse(Reason::foreign_token,
                  "meter " + request.meter.number +
                      ": these digits are no token under its key: mistyped, damaged, or of "
                      "another meter");
  }
  VerifiedToken verified{*token};
  const auto tid = tid_of_token(*token);
  const bool is_credit =
      std::holds_alternative<sts::UnitCredit>(*token) || std::holds_alternative<sts::CurrencyCredit>(*token);
  if (is_credit && request.meter.group.key_type == sts::KeyType::default_key) {
    verified.standing = Standing::default_key;
  } else if (tid && sts::is_expired(*tid, (*group)->key_expiry_number)) {
    verified.standing = Standing::key_expired;
  }
  return verified;
}

Answer<KeyGroup> Vault::group(const GroupName& name) {
  const auto found = groups_.find(name);
  if (found == groups_.end())
    return refuse(Reason::unknown_group, "key group " + text(name) + ": is not in the vault");
  KeyGroup group = found->second;
  group.usage = audit_->usage(name, clock_());
  return group;
}

std::vector<KeyGroup> Vault::groups() {
  std::vector<KeyGroup> all;
  for (const auto& [name, group] : groups_) {
    all.push_back(group);
    all.back().usage = audit_->usage(name, clock_());
  }
  return all;
}

Answer<ProvisionedKeys> Vault::provision(const MeterKey& meter, const Cause& cause) {
  const auto group = usable_group(meter);
  if (!group) return std::unexpected(group.error());
  const auto number = order::meter_number(meter.number);
  if (!number) return refuse(Reason::meter_number, meter.number + ": orders need a number of 11 digits");
  auto decoder = key_bits(meter, **group);
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  const auto order_key = file_.custody().order_key(*number);
  if (!order_key) return std::unexpected(order_key.error());
  AuditEntry entry = entry_of(meter, cause, clock_());
  entry.act = Act::provision;
  if (auto recorded = record(entry, {}, true); !recorded) return std::unexpected(std::move(recorded.error()));
  return ProvisionedKeys{*decoder, *order_key};
}

// The group of a meter's key, loaded and fit for the meter.
Answer<const KeyGroup*> Vault::usable_group(const MeterKey& meter) const {
  if (auto fault = fault_of(meter)) return std::unexpected(std::move(*fault));
  const auto found = groups_.find(meter.group);
  if (found == groups_.end()) {
    return refuse(Reason::unknown_group, "key group " + text(meter.group) + ": is not in the vault");
  }
  const KeyGroup& group = found->second;
  if (!group.check_value)
    return refuse(Reason::key_not_loaded, "key group " + text(meter.group) + ": has no key yet");
  if (group.generation != sts::KeyGenerationAlgorithm::dkga04 &&
      meter.algorithm != sts::EncryptionAlgorithm::ea07) {
    return refuse(Reason::algorithm,
                  "key group " + text(meter.group) + ": its key generation has keys for EA07 only");
  }
  if (meter.algorithm == sts::EncryptionAlgorithm::ea07 && tables_ == nullptr) {
    return refuse(Reason::no_tables,
                  "EA07: no table set is given; name the STS Association's file as sta_tables");
  }
  return &group;
}

Answer<void> Vault::within_dates(const KeyGroup& group) const {
  const std::int64_t now_s = clock_() / 1000;
  if (now_s < group.active_unix_s)
    return refuse(Reason::not_yet_active, "key group " + text(group.name) + ": is not active yet");
  if (now_s >= group.expires_unix_s) {
    return refuse(Reason::key_retired,
                  "key group " + text(group.name) + ": its time is over; change the meter's key");
  }
  return {};
}

Answer<sts::KeyBits> Vault::key_bits(const MeterKey& meter, const KeyGroup& group) {
  return file_.custody().decoder_key(group.name, group.generation, meter.algorithm,
                                     attributes_of(meter, group.base_date));
}

Answer<sts::DecoderKey> Vault::decoder_key(const MeterKey& meter, const KeyGroup& group) {
  const auto bits = key_bits(meter, group);
  if (!bits) return std::unexpected(bits.error());
  return sts::DecoderKey::of(*bits, tables_ != nullptr ? *tables_ : sts::sample_tables);
}

Answer<std::uint64_t> Vault::record(const AuditEntry& entry, const Limits& limits, bool settle_later) {
  auto number = audit_->append(entry, limits);
  if (!number || settle_later) return number;
  if (auto settled = audit_->settle(); !settled) return std::unexpected(std::move(settled.error()));
  return number;
}

}  // namespace lk::vault
