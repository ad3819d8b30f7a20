// SPDX-License-Identifier: Apache-2.0
// Tokens that carry no credit: limits, clearing, tests, and key changes that go to the meter by themselves.
// They are made by engineers and operators, have identifiers of the same row as purchases, are delivered and
// printed again like them, and touch no ledger. Who made which stands here and in the vault's audit; a test
// token needs no key and stands here only.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/meters/ports.hpp"
#include "server/vending/purchases.hpp"
#include "server/vending/receipt.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::vending {

class TokenMaker;

// What it is for, by the names of the HTTP interface, with what `value` means.
//   power_limit      W, 1 to 18 201 624
//   phase_unbalance  W
//   tariff_rate      1 to 8, the rate that prices all; 0 the calendar's
//   clear_credit     register: 0 units, 4 currency, 65 535 all
//   clear_tamper     0
//   test             number of the test, 0 all
//   key_change       0; the next key, or the same one again
struct NewEngineering {
  std::string id;
  std::string meter;
  std::string kind;
  std::int64_t value = 0;
  bool deliver = false;
  std::string user;
};

struct Engineering {
  NewEngineering asked;
  std::int64_t effective = 0;  // what the token says: watts are rounded up to what it can carry
  std::int64_t tid = 0;        // 0: it has none
  std::vector<std::string> key_change;
  std::string token;  // empty for a key change
  std::string state;  // issued, sent, accepted, refused, expired, failed
  std::string detail;
  std::int64_t ts = 0;
  std::optional<std::int64_t> accepted;
};

// The range of a kind's value; nothing for a kind that there is not.
struct ValueRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
};
[[nodiscard]] std::optional<ValueRange> value_range(const std::string& kind);

struct MadeEngineering {
  Engineering token;
  bool repeated = false;
};
// When the vault's audit of a token goes to disk: nobody may see the token before.
enum class Settle {
  now,
  later,  // the caller does it, for many at once
};
// Makes a token, and sends it where it is to be delivered. The same id again gives the first one; with other
// contents it is `id_reused`. A value outside its range is `amount_range`.
[[nodiscard]] std::expected<MadeEngineering, SaleRefusal> make_engineering(
    store::Unit& unit, const TokenMaker& tokens, const meters::Ports& ports, const SaleRules& rules,
    const NewEngineering& asked, Settle settle = Settle::now);
// The same token once more to the meter, where it is not accepted and not under way.
[[nodiscard]] std::optional<Engineering> reissue_engineering(store::Unit& unit, const meters::Ports& ports,
                                                             const SaleRules& rules, const std::string& id);
// The delivery has ended so. An accepted one stays accepted.
void end_engineering(store::Unit& unit, const std::string& id, const std::string& state,
                     const std::string& detail, std::int64_t ts);

[[nodiscard]] std::optional<Engineering> find_engineering(store::Session& session, const std::string& id);
// The newest first.
[[nodiscard]] std::vector<Engineering> list_engineering(store::Session& session, const std::string& meter,
                                                        std::int64_t limit);
[[nodiscard]] nlohmann::ordered_json view(const Engineering& token);
// A slip for printers of 58 mm paper.
[[nodiscard]] std::string slip_text(const ReceiptHead& head, const Engineering& token);

}  // namespace lk::vending
