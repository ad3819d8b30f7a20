// SPDX-License-Identifier: Apache-2.0
// The key in a meter, and how it gets another one. The record says what vending makes tokens under. Where it
// is to be another (a campaign has set the next one, or the group's key expiry number has changed), the next
// token of the meter has a set of key change tokens in front of it, and from then on the record is the new
// key.
//
//   record ──next key?──► key change set (under the old key) + token (under the new one)
//
// Nobody knows at once whether the set was typed in. Until the meter is known to have the new key, the set
// stands in front of the next tokens too, three in all: a set that the meter has already is refused there
// without harm.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "server/vending/token_maker.hpp"

namespace lk::store {
class Batch;
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::vending {

// How often a set is put in front of a token.
inline constexpr std::int64_t most_prints = 3;

// A set that the meter is not known to have taken.
struct OpenChange {
  std::string id;
  std::vector<std::string> tokens;
  std::int64_t prints = 0;
};

struct KeyRecord {
  MeterKey key;
  std::int64_t base_date = 2014;
  std::optional<std::int64_t> key_expiry_number;
  std::int64_t last_tid = 0;
  std::optional<MeterKey> next;
  std::optional<OpenChange> open;
};

// What a token of a meter is made under, and what goes before it.
struct KeyPlan {
  KeyRecord after;                 // the record as it is then; `last_tid` is of before the token
  std::vector<std::string> front;  // tokens to be given to the meter first
  bool is_new = false;             // `after.open` was made for this
  bool roll_over = false;
};

// Plans the next token of a meter; makes a key change where one is due. Where the next key is for a later
// date, the meter keeps its own until then.
// Needed `always`, there is a set in front in any case: the open one, or the same key again.
enum class Need { where_due, always };
[[nodiscard]] std::expected<KeyPlan, SaleRefusal> plan_key(const TokenMaker& tokens, const KeyRecord& record,
                                                           std::int64_t now_ms, const Wanted& wanted,
                                                           Need need = Need::where_due);

// The columns of a meter `m` and its open change `k`, for a query that reads records, and the join.
inline constexpr const char* key_columns =
    "m.supply_group_code, m.key_revision_number, m.tariff_index, m.base_date, m.key_expiry_number, "
    "m.last_tid, "
    "m.next_supply_group_code, m.next_key_revision_number, m.next_tariff_index, k.id, k.tokens, k.prints";
inline constexpr const char* key_join =
    "left join key_change k on k.meter = m.number and k.confirmed is null and k.superseded = 0";
// These columns, in their order, as a record.
struct KeyName {
  std::optional<std::string> group;
  std::int64_t revision = 1;
  std::int64_t index = 1;
};
struct KeyDates {
  std::int64_t base_date = 2014;
  std::optional<std::int64_t> expiry_number;
  std::int64_t last_tid = 0;
};
struct OpenRow {
  std::optional<std::string> id;
  std::string tokens;
  std::int64_t prints = 0;
};
[[nodiscard]] KeyRecord key_record(const std::string& meter, KeyName now, const KeyDates& dates, KeyName next,
                                   OpenRow open);
[[nodiscard]] std::optional<KeyRecord> read_key(store::Session& session, const std::string& meter);

// Has written what a plan has changed of the record, but not the identifier.
void save_plan(store::Batch& batch, std::int64_t now_ms, const KeyRecord& before, const KeyPlan& plan,
               const std::string& user);

// The meter is known to have the key that its tokens of `made` and later are under.
void confirm_key(store::Unit& unit, const std::string& meter, std::int64_t made, std::int64_t at);

// "1234… 5678…" as the database keeps a set, and back.
[[nodiscard]] std::string joined(const std::vector<std::string>& tokens);
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

}  // namespace lk::vending
