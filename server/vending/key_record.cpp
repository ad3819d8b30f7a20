// SPDX-License-Identifier: Apache-2.0
#include "server/vending/key_record.hpp"

#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::vending {
namespace {

// A plan under the key that the record names.
std::expected<KeyPlan, SaleRefusal> keep_key(const TokenMaker& tokens, const KeyRecord& record, Need need) {
  const auto facts = tokens.facts(record.key);
  if (!facts) return std::unexpected(facts.error());
  KeyPlan plan{.after = record};
  plan.after.base_date = facts->base_date;
  if (plan.after.open && (need == Need::always || plan.after.open->prints < most_prints)) {
    plan.front = plan.after.open->tokens;
    ++plan.after.open->prints;
  }
  return plan;
}

}  // namespace

std::expected<KeyPlan, SaleRefusal> plan_key(const TokenMaker& tokens, const KeyRecord& record,
                                             std::int64_t now_ms, const Wanted& wanted, Need need) {
  const MeterKey& target = record.next ? *record.next : record.key;
  const auto facts = tokens.facts(target);
  if (!facts) return std::unexpected(facts.error());
  const bool has_new_expiry =
      record.key_expiry_number && *record.key_expiry_number != facts->key_expiry_number;
  const bool is_same = target == record.key && !has_new_expiry;
  if (is_same && (need == Need::where_due || record.open)) return keep_key(tokens, record, need);

  auto change = tokens.key_change(record.key, target, now_ms, wanted);
  const bool is_for_later = !change && change.error() == SaleRefusal::not_active_yet;
  if (is_for_later && target != record.key && need == Need::where_due) return keep_key(tokens, record, need);
  if (!change) return std::unexpected(change.error());
  KeyPlan plan{.after = record, .is_new = true, .roll_over = change->roll_over};
  // A set that nobody knows to be in the meter goes first: the new one is made under its key.
  if (record.open) plan.front = record.open->tokens;
  plan.front.insert(plan.front.end(), change->tokens.begin(), change->tokens.end());
  plan.after.key = target;
  plan.after.base_date = facts->base_date;
  plan.after.key_expiry_number = facts->key_expiry_number;
  plan.after.next.reset();
  plan.after.open = OpenChange{customers::random_uuid(), plan.front, 1};
  if (change->roll_over) plan.after.last_tid = 0;
  return plan;
}

KeyRecord key_record(const std::string& meter, KeyName now, const KeyDates& dates, KeyName next,
                     OpenRow open) {
  const auto named = [&](KeyName& name) {
    return MeterKey{meter, name.group.value_or(""), static_cast<int>(name.revision),
                    static_cast<int>(name.index)};
  };
  KeyRecord record{named(now),     dates.base_date, dates.expiry_number,
                   dates.last_tid, std::nullopt,    std::nullopt};
  if (next.group) record.next = named(next);
  if (open.id) record.open = OpenChange{std::move(*open.id), words_of(open.tokens), open.prints};
  return record;
}

std::optional<KeyRecord> read_key(store::Session& session, const std::string& meter) {
  auto row = session.row<std::string, std::int64_t, std::int64_t, std::int64_t, std::optional<std::int64_t>,
                         std::int64_t, std::optional<std::string>, std::int64_t, std::int64_t,
                         std::optional<std::string>, std::string, std::int64_t>(
      std::string("select ") + key_columns + " from meter m " + key_join + " where m.number = ?", {meter});
  if (!row) return std::nullopt;
  auto& [group, revision, index, base, expiry, tid, next_group, next_revision, next_index, open, tokens,
         prints] = *row;
  return key_record(meter, {std::move(group), revision, index}, {base, expiry, tid},
                    {std::move(next_group), next_revision, next_index},
                    {std::move(open), std::move(tokens), prints});
}

void save_plan(store::Batch& batch, std::int64_t now_ms, const KeyRecord& before, const KeyPlan& plan,
               const std::string& user) {
  const KeyRecord& after = plan.after;
  const std::string& meter = after.key.number;
  if (!plan.is_new) {
    if (!plan.front.empty()) {
      const auto& open = value_of(after.open);
      batch.run("update key_change set prints = ? where id = ?", {open.prints, open.id});
    }
    if (after.base_date != before.base_date) {
      batch.run("update meter set base_date = ? where number = ?", {after.base_date, meter});
    }
    return;
  }
  const auto& open = value_of(after.open);
  batch.run("update key_change set superseded = 1 where meter = ? and confirmed is null", {meter});
  batch.run(
      "insert into key_change (id, meter, tokens, from_key, to_key, roll_over, prints, ts, \"user\") "
      "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {open.id, meter, joined(open.tokens), text_of(before.key), text_of(after.key), int{plan.roll_over},
       open.prints, now_ms, user});
  batch.run(
      "update meter set supply_group_code = ?, key_revision_number = ?, tariff_index = ?, base_date = ?, "
      "key_expiry_number = ?, next_supply_group_code = null, next_key_revision_number = null, "
      "next_tariff_index = null where number = ?",
      {after.key.supply_group_code, after.key.key_revision_number, after.key.tariff_index, after.base_date,
       after.key_expiry_number, meter});
  batch.run("update campaign_meter set key_change = ? where meter = ? and key_change is null",
            {open.id, meter});
}

void confirm_key(store::Unit& unit, const std::string& meter, std::int64_t made, std::int64_t at) {
  unit.session.run("update key_change set confirmed = ? where meter = ? and confirmed is null and ts <= ?",
                   {at, meter, made});
}

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += (text.empty() ? "" : " ") + token;
  return text;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    words.emplace_back(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  }
  return words;
}

}  // namespace lk::vending
