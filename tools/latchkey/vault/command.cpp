// SPDX-License-Identifier: Apache-2.0
// `latchkey vault`: all that officers do with a vault. Each action is a sub-command; what they share stands
// before it.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <functional>

#include "server/vault/audit_reader.hpp"
#include "tools/latchkey/vault/listing.hpp"
#include "tools/latchkey/vault/options.hpp"

namespace lk::tools {
namespace {

using vault::Administration;

struct Request {
  VaultOptions vault;
  std::string name;  // of an officer or a group
  std::string new_file;
  bool make_key = false;
  bool passphrase = false;
  // of a group
  int generation = 4;
  int key_expiry_number = 255;
  std::uint32_t base_date = 2014;
  std::string active;
  std::string expires;
  bool legacy = false;
  bool random = false;
  // of a half
  std::string half_file;
  std::string check_value;
  // limits
  std::string uses;
  std::string uses_a_day;
  std::string units;
  std::string money;
  // of an audit
  std::string head;
  bool all = false;
  bool yes = false;  // what cannot be undone is meant
};

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Administration open(const Request& request) {
  return value_or_throw(Administration::open(request.vault.opening()));
}

void init_file(const Request& request) {
  vault::Opening opening = request.vault.opening();
  if (request.make_key) {
    if (opening.secret.file.empty()) opening.secret.file = opening.path + ".key";
    make_key_file(opening.secret.file);
  }
  const bool has_key = request.make_key || !request.vault.key_file.empty();
  const auto derivation = has_key ? vault::KeyDerivation::key : vault::KeyDerivation::passphrase;
  auto made = value_or_throw(Administration::create(opening, derivation));
  std::printf("%s made, sealed with %s. Keep a copy of both where they are safe, apart from each other.\n",
              opening.path.c_str(), has_key ? opening.secret.file.c_str() : "the passphrase");
}

void init_module(const Request& request) {
  const vault::Opening opening = request.vault.opening();
  if (opening.form != vault::Form::module) throw UserError{"init pkcs11 needs --module and --token"};
  auto made = value_or_throw(Administration::create(opening, vault::KeyDerivation::none));
  std::printf("%s made; its keys are in token %s. Back up both, by the module's own means.\n",
              opening.path.c_str(), opening.token.c_str());
}

void add_officer(const Request& request) {
  auto desk = open(request);
  const auto by = request.vault.authority();
  const auto password =
      value_or_throw(vault::read_secret({request.new_file, {}}, "new password of officer " + request.name));
  value_or_throw(desk.add_officer(by, request.name, password));
  std::printf("officer %s added\n", request.name.c_str());
}

void remove_officer(const Request& request) {
  value_or_throw(open(request).remove_officer(request.vault.authority(), request.name));
  std::printf("officer %s removed\n", request.name.c_str());
}

void add_group(const Request& request) {
  vault::KeyGroup group{.name = parse_group(request.name)};
  const auto base = sts::base_date(request.base_date);
  if (!base) throw UserError{"--base-date must be 1993, 2014 or 2035"};
  group.base_date = *base;
  group.generation = static_cast<sts::KeyGenerationAlgorithm>(request.generation);
  group.key_expiry_number = static_cast<std::uint8_t>(request.key_expiry_number);
  if (!request.active.empty()) group.active_unix_s = parse_time(request.active);
  if (!request.expires.empty()) group.expires_unix_s = parse_time(request.expires);
  auto desk = open(request);
  const auto by = request.vault.authority();
  value_or_throw(desk.add_group(by, group, request.legacy ? sts::Legacy::allowed : sts::Legacy::refused));
  if (!request.random) {
    std::printf("group %s added; load its key: latchkey vault load-half %s\n", request.name.c_str(),
                request.name.c_str());
    return;
  }
  const auto value = value_or_throw(desk.generate_key(by, group.name));
  std::printf("group %s added with a random key, check value %s\n", request.name.c_str(),
              vault::text(value).c_str());
}

std::optional<vault::CheckValue> expected_value(const Request& request) {
  if (request.check_value.empty()) return std::nullopt;
  const auto bytes = vault::secret_of_hex(request.check_value, 3);
  if (!bytes) throw UserError{"--check-value " + bytes.error().text};
  vault::CheckValue value;
  std::copy(bytes->bytes().begin(), bytes->bytes().end(), value.begin());
  return value;
}

void load_half(const Request& request) {
  const auto group = parse_group(request.name);
  const auto expected = expected_value(request);
  auto desk = open(request);
  const vault::GroupRecord* const record = desk.contents().find(group);
  if (record == nullptr) throw UserError{"key group " + request.name + ": is not in the vault; add it first"};
  const auto by = request.vault.authority();
  const auto digits =
      value_or_throw(vault::read_secret({request.half_file, {}}, "half of key " + request.name));
  const auto half = vault::secret_of_hex(digits.text(), vault::key_bytes(record->group.generation));
  if (!half) throw UserError{"the half " + half.error().text};
  const auto loaded = value_or_throw(desk.load_half(by, group, *half, expected));
  std::printf("half taken, check value %s\n", vault::text(loaded.half).c_str());
  if (loaded.whole) {
    std::printf("key of group %s is whole, check value %s\n", request.name.c_str(),
                vault::text(*loaded.whole).c_str());
  } else {
    std::printf("the other half must come from another officer\n");
  }
}

void drop_half(const Request& request) {
  value_or_throw(open(request).drop_half(request.vault.authority(), parse_group(request.name)));
  std::printf("the half of group %s is dropped\n", request.name.c_str());
}

// What each of the readers needs; none of them takes the audit's lock, so they work beside a server.
struct Seen {
  vault::VaultFile file;
  vault::AuditPart audit;
};
Seen look(const Request& request, const vault::AuditVisitor& visit = {}) {
  const vault::Opening opening = request.vault.opening();
  auto file = value_or_throw(vault::VaultFile::open(opening, vault::VaultFile::Access::read));
  auto audit = value_or_throw(vault::read_audit(opening.audit_folder(), visit));
  return {std::move(file), std::move(audit)};
}

void list(const Request& request) {
  Seen seen = look(request);
  list_groups(seen.file.contents(), seen.audit.tally, now_ms());
}

void export_all(const Request& request) {
  Seen seen = look(request);
  export_public(seen.file.contents(), seen.audit, now_ms());
}

void check(const Request& request) {
  Seen seen = look(request);
  value_or_throw(seen.file.custody().probe());
  if (seen.audit.vault != vault::hex(seen.file.contents().id))
    throw UserError{"the audit is of another vault"};
  if (seen.audit.tally.file_serial() > seen.file.contents().serial) {
    throw UserError{"the vault file is older than the audit tells; take the newest file"};
  }
  std::size_t key_count = 0;
  for (const vault::GroupRecord& record : seen.file.contents().groups) {
    if (!record.group.check_value) continue;
    const auto made =
        value_or_throw(seen.file.custody().check_value(record.group.name, record.group.generation));
    if (made != *record.group.check_value) {
      throw UserError{"key group " + vault::text(record.group.name) + ": its key makes check value " +
                      vault::text(made) + ", not " + vault::text(*record.group.check_value)};
    }
    ++key_count;
  }
  std::printf("vault is whole: %zu keys give their check values; audit is whole over %llu entries\n",
              key_count, static_cast<unsigned long long>(seen.audit.head.number));
}

void audit(const Request& request) {
  std::string noted;
  const std::size_t colon = request.head.find(':');
  const std::string wanted = request.head.substr(0, colon);
  if (!request.head.empty() && (colon == std::string::npos || request.head.size() != colon + 65)) {
    throw UserError{
        "--head must be a number, a colon and the 64 digits of a hash, as an earlier audit printed it"};
  }
  const vault::Opening opening = request.vault.opening();
  const auto part = value_or_throw(vault::read_audit(
      opening.audit_folder(),
      [&](std::uint64_t number, const vault::AuditEntry& entry, const vault::AuditHash& hash) {
        if (request.all) print_entry(number, entry);
        if (std::to_string(number) == wanted) noted = vault::hex(hash);
      }));
  if (!request.head.empty() && noted != request.head.substr(colon + 1)) {
    throw UserError{noted.empty() ? "the audit ends before entry " + wanted + ": lines were cut off"
                                  : "entry " + wanted + " is another one than was noted"};
  }
  std::printf("audit is whole. Note its head elsewhere: %llu:%s\n",
              static_cast<unsigned long long>(part.head.number), vault::hex(part.head.hash).c_str());
}

void set_limits(const Request& request) {
  auto desk = open(request);
  const auto group = parse_group(request.name);
  const vault::GroupRecord* const record = desk.contents().find(group);
  if (record == nullptr) throw UserError{"key group " + request.name + ": is not in the vault"};
  vault::Limits limits = record->group.limits;
  if (!request.uses.empty()) limits.uses = parse_limit(request.uses, 0);
  if (!request.uses_a_day.empty()) limits.uses_a_day = parse_limit(request.uses_a_day, 0);
  if (!request.units.empty()) limits.units = parse_limit(request.units, 1);
  if (!request.money.empty()) limits.money = parse_limit(request.money, 5);
  value_or_throw(desk.set_limits(request.vault.authority(), group, limits));
  std::printf("limits of group %s set\n", request.name.c_str());
}

void rotate(const Request& request) {
  auto desk = open(request);
  const auto next = value_or_throw(desk.rotate(request.vault.authority(), parse_group(request.name),
                                               parse_time(request.active),
                                               static_cast<std::uint8_t>(request.key_expiry_number)));
  std::printf("group %s takes over on %s; load its key before then\n", vault::text(next).c_str(),
              request.active.c_str());
}

void remove_group(const Request& request) {
  value_or_throw(open(request).remove_group(request.vault.authority(), parse_group(request.name)));
  std::printf("group %s and its key are gone\n", request.name.c_str());
}

void reseal(const Request& request) {
  auto desk = open(request);
  const auto by = request.vault.authority();
  if (request.make_key) {
    if (request.new_file.empty()) throw UserError{"--make-key needs --new-file"};
    make_key_file(request.new_file);
  }
  const auto given = value_or_throw(vault::read_secret({request.new_file, {}}, "new passphrase"));
  value_or_throw(desk.reseal(
      by, request.passphrase ? vault::KeyDerivation::passphrase : vault::KeyDerivation::key, given));
  std::printf("%s is sealed anew\n", request.vault.path.c_str());
}

using Action = std::function<void(const Request&)>;

CLI::App* add_action(CLI::App& to, const std::shared_ptr<Request>& request, const char* name,
                     const char* what, Action action) {
  CLI::App* const command = to.add_subcommand(name, what);
  command->fallthrough();
  command->callback([request, action = std::move(action)] { action(*request); });
  return command;
}

void add_making(CLI::App& vault, const std::shared_ptr<Request>& request) {
  CLI::App* const init =
      vault.add_subcommand("init", "Make a vault; never takes the place of a file that is there");
  init->require_subcommand(1);
  init->fallthrough();
  add_action(*init, request, "file", "Keys in a sealed file", init_file)
      ->add_flag("--make-key", request->make_key, "First make the key file, with a random key");
  add_action(*init, request, "pkcs11", "Keys in a PKCS#11 module", init_module);
  CLI::App* const seal =
      add_action(vault, request, "reseal", "Seal the file with another key or passphrase", reseal);
  seal->add_option("--new-file", request->new_file, "The new key or passphrase; else it is asked for");
  seal->add_flag("--make-key", request->make_key, "First make the new key file");
  seal->add_flag("--passphrase", request->passphrase, "It is a passphrase, not a key");
}

void add_people(CLI::App& vault, const std::shared_ptr<Request>& request) {
  CLI::App* const add = add_action(vault, request, "add-officer", "Name an officer", add_officer);
  add->add_option("name", request->name, "The officer's name")->required();
  add->add_option("--new-password-file", request->new_file, "The officer's password; else it is asked for");
  add_action(vault, request, "remove-officer", "Take an officer off", remove_officer)
      ->add_option("name", request->name, "The officer's name")
      ->required();
}

void add_groups(CLI::App& vault, const std::shared_ptr<Request>& request) {
  const auto with_group = [&](CLI::App* command) {
    command->add_option("group", request->name, "Supply group code, revision, key type: 201457-1-2")
        ->required();
    return command;
  };
  CLI::App* const add = with_group(add_action(vault, request, "add-group", "Add a key group", add_group));
  add->add_option("--dkga", request->generation, "Key generation: 4, or the old 2 and 3")
      ->check(CLI::IsMember({1, 2, 3, 4}));
  add->add_option("--ken", request->key_expiry_number, "Key expiry number")->check(CLI::Range(0, 255));
  add->add_option("--base-date", request->base_date, "1993, 2014 or 2035");
  add->add_option("--active", request->active, "From this date on (UTC); else at once");
  add->add_option("--expires", request->expires, "Before this date (UTC); else never");
  add->add_flag("--legacy", request->legacy, "DKGA03 is meant");
  add->add_flag("--random", request->random,
                "With a random key: for a site that belongs to no larger key scheme");
  CLI::App* const half =
      with_group(add_action(vault, request, "load-half",
                            "Load one half of a key; the key is the XOR of two officers' halves", load_half));
  half->add_option("--half-file", request->half_file, "The half in hexadecimal; else it is asked for");
  half->add_option("--check-value", request->check_value,
                   "The half's check value, as its letter says: 6 hexadecimal digits");
  with_group(add_action(vault, request, "drop-half", "Forget the half that waits", drop_half));
  CLI::App* const limits =
      with_group(add_action(vault, request, "limits", "Set limits; \"none\" lifts one", set_limits));
  limits->add_option("--uses", request->uses, "Tokens in all");
  limits->add_option("--uses-a-day", request->uses_a_day, "Tokens in a day (UTC)");
  limits->add_option("--units", request->units, "kWh, m³ or minutes in all, to one tenth");
  limits->add_option("--money", request->money, "Currency units in all");
  CLI::App* const next =
      with_group(add_action(vault, request, "rotate", "Let a new revision of the key take over", rotate));
  next->add_option("--active", request->active, "When it takes over (UTC)")->required();
  next->add_option("--ken", request->key_expiry_number, "Its key expiry number")->check(CLI::Range(0, 255));
  with_group(add_action(vault, request, "remove-group", "Forget a group and its key for ever", remove_group))
      ->add_flag("--yes", request->yes, "Said on purpose")
      ->required();
}

void add_views(CLI::App& vault, const std::shared_ptr<Request>& request) {
  add_action(vault, request, "list", "Show groups, limits and what is used of them", list);
  add_action(vault, request, "export", "The same and the audit's head as JSON; nothing in it is secret",
             export_all);
  add_action(vault, request, "check", "Check file, module, each key's check value, and audit", check);
  CLI::App* const all = add_action(vault, request, "audit", "Check the audit's chain; needs no key", audit);
  all->add_flag("--all", request->all, "Print its entries");
  all->add_option("--head", request->head, "A head that was noted before: must still be in the chain");
}

}  // namespace

void add_vault_command(CLI::App& app) {
  CLI::App* const vault =
      app.add_subcommand("vault", "Keep vending keys: in a sealed file or a PKCS#11 module");
  auto request = std::make_shared<Request>();
  add_vault_options(*vault, request->vault);
  vault->require_subcommand(1);
  add_making(*vault, request);
  add_people(*vault, request);
  add_groups(*vault, request);
  add_views(*vault, request);
}

}  // namespace lk::tools
