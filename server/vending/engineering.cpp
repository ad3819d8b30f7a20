// SPDX-License-Identifier: Apache-2.0
#include "server/vending/engineering.hpp"

#include <array>

#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/key_record.hpp"
#include "server/vending/token_maker.hpp"
#include "sts/amount.hpp"
#include "sts/codec.hpp"
#include "tariff/set.hpp"

namespace lk::vending {
namespace {

// How a kind becomes a token of class 2: sub-class, and whether the value is in watts.
struct Function {
  std::string_view kind;
  std::uint8_t sub_class;
  ValueRange range;
  bool is_watts;
};
constexpr std::int64_t all_registers = 0xFFFF;
constexpr std::array<Function, 5> functions{{
    {"power_limit", 0, {1, sts::largest_units}, true},
    {"clear_credit", 1, {0, all_registers}, false},
    {"tariff_rate", 2, {0, tariff::rate_max}, false},
    {"clear_tamper", 5, {0, 0}, false},
    {"phase_unbalance", 6, {0, sts::largest_units}, true},
}};
constexpr std::int64_t last_test = 28;  // the shortest layout of class 1 has 28 control bits

const Function* function_of(std::string_view kind) {
  for (const Function& function : functions) {
    if (function.kind == kind) return &function;
  }
  return nullptr;
}

// Class 1, for every maker's meters: test `number`, or all of them.
std::string test_token(std::int64_t number) {
  constexpr std::uint64_t all_tests = 0xF'FFFF'FFFF;
  const std::uint64_t control =
      number == 0 ? all_tests : std::uint64_t{1} << static_cast<unsigned>(number - 1);
  const sts::Digits digits = sts::encode(sts::Test{.control = control});
  return {digits.begin(), digits.end()};
}

bool same(const NewEngineering& a, const NewEngineering& b) {
  return a.meter == b.meter && a.kind == b.kind && a.value == b.value && a.deliver == b.deliver;
}

// Only the service's own registers, and all, make sense.
bool is_register(std::int64_t value) {
  constexpr std::int64_t currency = 4;
  return value == 0 || value == currency || value == all_registers;
}

// Fills in what the vault makes; the meter's record with it.
std::expected<void, SaleRefusal> make(store::Unit& unit, const TokenMaker& tokens, const KeyRecord& record,
                                      Engineering& token, Settle settle) {
  const NewEngineering& asked = token.asked;
  const Wanted wanted{asked.user, asked.id};
  if (asked.kind == "test") {
    token.token = test_token(asked.value);
    return {};
  }
  const Need need = asked.kind == "key_change" ? Need::always : Need::where_due;
  auto plan = plan_key(tokens, record, unit.now_ms, wanted, need);
  if (!plan) return std::unexpected(plan.error());
  token.key_change = plan->front;
  if (asked.kind != "key_change") {
    const auto tid = TokenMaker::identifier(plan->after.base_date, plan->after.last_tid, unit.now_ms);
    if (!tid) return std::unexpected(tid.error());
    const Function& function = *function_of(asked.kind);
    std::uint16_t value = static_cast<std::uint16_t>(asked.value);
    if (function.is_watts) {
      value = value_of(sts::encode_units(static_cast<std::uint64_t>(asked.value)));
      token.effective = sts::decode_units(value);
    }
    const auto random = static_cast<std::uint8_t>(unit.now_ms & 15);
    auto digits = tokens.management(plan->after.key, *tid, function.sub_class, value, random, wanted);
    if (!digits) return std::unexpected(digits.error());
    token.tid = *tid;
    token.token = std::move(*digits);
    plan->after.last_tid = *tid;
  }
  if (settle == Settle::now) {
    if (const auto settled = tokens.settle(); !settled) return settled;
  }
  store::Batch batch(unit.session);
  save_plan(batch, unit.now_ms, record, *plan, asked.user);
  batch.run("update meter set last_tid = ? where number = ?", {plan->after.last_tid, asked.meter});
  batch.send();
  return {};
}

void deliver(store::Unit& unit, const meters::Ports& ports, const SaleRules& rules, const Engineering& token,
             bool with_keys) {
  const auto meter = value_of(meters::find_meter(unit.session, token.asked.meter));
  const bool begins_with_key = !token.key_change.empty() && (with_keys || token.token.empty());
  meters::begin_command(
      unit, ports,
      {customers::random_uuid(), meter.gateway, meter.number, meters::CommandKind::token,
       begins_with_key ? token.key_change.front() : token.token, unit.now_ms + rules.delivery_ms},
      {.purchase = "", .order = "", .engineering = token.asked.id});
}

std::vector<Engineering> fetch(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Engineering> tokens;
  for (auto& [id, meter, kind, value, delivered, user, effective, tid, key_change, token, state, detail, ts,
              accepted] :
       session.rows<std::string, std::string, std::string, std::int64_t, bool, std::string, std::int64_t,
                    std::int64_t, std::string, std::string, std::string, std::string, std::int64_t,
                    std::optional<std::int64_t>>("select id, meter, kind, value, deliver, \"user\", "
                                                 "effective, tid, key_change, token, state, detail, "
                                                 "ts, accepted from engineering_token " +
                                                     rest,
                                                 std::move(values))) {
    tokens.push_back({{std::move(id), std::move(meter), std::move(kind), value, delivered, std::move(user)},
                      effective,
                      tid,
                      words_of(key_change),
                      std::move(token),
                      std::move(state),
                      std::move(detail),
                      ts,
                      accepted});
  }
  return tokens;
}

}  // namespace

std::optional<ValueRange> value_range(const std::string& kind) {
  if (const Function* function = function_of(kind)) return function->range;
  if (kind == "test") return ValueRange{0, last_test};
  if (kind == "key_change") return ValueRange{0, 0};
  return std::nullopt;
}

std::expected<MadeEngineering, SaleRefusal> make_engineering(store::Unit& unit, const TokenMaker& tokens,
                                                             const meters::Ports& ports,
                                                             const SaleRules& rules,
                                                             const NewEngineering& asked, Settle settle) {
  store::Session& session = unit.session;
  if (auto known = find_engineering(session, asked.id)) {
    if (same(known->asked, asked)) return MadeEngineering{std::move(*known), true};
    return std::unexpected(SaleRefusal::id_reused);
  }
  const auto range = value_range(asked.kind);
  const bool fits = range && asked.value >= range->least && asked.value <= range->most &&
                    (asked.kind != "clear_credit" || is_register(asked.value));
  if (!fits) return std::unexpected(SaleRefusal::amount_range);
  const auto record = read_key(session, asked.meter);
  if (!record) return std::unexpected(SaleRefusal::unknown_meter);

  Engineering token{.asked = asked, .effective = asked.value};
  token.ts = unit.now_ms;
  token.state = asked.deliver ? "sent" : "issued";
  if (const auto made = make(unit, tokens, *record, token, settle); !made)
    return std::unexpected(made.error());
  const auto now = value_of(read_key(session, asked.meter));
  session.run(
      "insert into engineering_token (id, meter, kind, value, effective, tid, base_date, key_change, token, "
      "deliver, state, ts, \"user\") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {asked.id, asked.meter, asked.kind, asked.value, token.effective, token.tid, now.base_date,
       joined(token.key_change), token.token, int{asked.deliver}, token.state, token.ts, asked.user});
  if (asked.deliver) deliver(unit, ports, rules, token, true);
  return MadeEngineering{std::move(token), false};
}

std::optional<Engineering> reissue_engineering(store::Unit& unit, const meters::Ports& ports,
                                               const SaleRules& rules, const std::string& id) {
  auto token = find_engineering(unit.session, id);
  if (!token || token->state == "accepted" || meters::has_open_command(unit.session, id)) return token;
  const auto record = read_key(unit.session, token->asked.meter);
  deliver(unit, ports, rules, *token, record && record->open);
  unit.session.run("update engineering_token set state = 'sent', detail = '' where id = ?", {id});
  token->state = "sent";
  token->detail.clear();
  return token;
}

void end_engineering(store::Unit& unit, const std::string& id, const std::string& state,
                     const std::string& detail, std::int64_t ts) {
  unit.session.run("update engineering_token set state = ?, detail = ? where id = ? and state <> 'accepted'",
                   {state, detail, id});
  unit.session.run(
      "update engineering_token set accepted = ? where id = ? and state = 'accepted' and accepted is null",
      {ts, id});
}

std::optional<Engineering> find_engineering(store::Session& session, const std::string& id) {
  auto found = fetch(session, "where id = ?", {id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Engineering> list_engineering(store::Session& session, const std::string& meter,
                                          std::int64_t limit) {
  return fetch(session, "where meter = ? order by ts desc, id limit ?", {meter, limit});
}

}  // namespace lk::vending
