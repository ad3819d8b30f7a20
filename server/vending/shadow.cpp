// SPDX-License-Identifier: Apache-2.0
#include "server/vending/shadow.hpp"

#include <algorithm>
#include <limits>

#include "server/ledger/decimal.hpp"
#include "server/ledger/ledger.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/purchases.hpp"
#include "server/vending/returned.hpp"
#include "tariff/tariff.hpp"

namespace lk::vending {
namespace {

using quantity::Energy;
using quantity::Money;
using quantity::Price;

constexpr std::size_t most_tokens = 16;
// A reading may be stamped this long after the meter gave it, and so after a token that it does not show yet.
constexpr std::int64_t stamp_slack_ms = 10'000;

// A token that the meter may or may not have taken when it gave the reading.
struct Open {
  std::string purchase;
  Money credited;
  bool by_hand = false;  // no result is to be waited for
};

struct Tokens {
  Money taken;  // by all that the meter is known to have taken, with the preset credit
  std::vector<Open> open;
};

// Taken for certain: what was accepted up to a time; open: all others, the likeliest first.
Tokens tokens_of(store::Session& session, const std::string& meter, std::int64_t certain_until) {
  Tokens tokens;
  tokens.taken = session.one<Money>("select preset_credit from meter where number = ?", {meter}) +
                 session.one<Money>(
                     "select coalesce(sum(credited), 0) from purchase where meter = ? and state = "
                     "'accepted' and accepted <= ?",
                     {meter, certain_until});
  for (auto& [id, credited, state] : session.rows<std::string, Money, std::string>(
           "select id, credited, state from purchase where meter = ? and (state <> 'accepted' or accepted > "
           "?) "
           "order by case state when 'accepted' then 0 when 'sent' then 1 when 'reversed' then 3 else 2 end, "
           "receipt "
           "limit 16",
           {meter, certain_until})) {
    tokens.open.push_back({std::move(id), credited, state != "sent" && state != "accepted"});
  }
  return tokens;
}

// The tokens that explain a credit, where they do. First with all that was ever accepted as taken, then with
// room for a reading that is older than the latest of these.
std::optional<std::vector<Open>> explain(store::Session& session, const std::string& meter,
                                         const meters::Reading& reading, Money shown) {
  constexpr std::int64_t ever = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t certain_until : {ever, reading.ts - stamp_slack_ms}) {
    const Tokens tokens = tokens_of(session, meter, certain_until);
    std::vector<Money> amounts;
    for (const Open& open : tokens.open) amounts.push_back(open.credited);
    if (const auto chosen = tokens_that_make(amounts, shown - tokens.taken)) {
      std::vector<Open> explained;
      for (const std::size_t i : *chosen) explained.push_back(tokens.open[i]);
      return explained;
    }
  }
  return std::nullopt;
}

std::vector<PriceStep> steps_of(store::Session& session, const std::string& meter) {
  std::vector<PriceStep> steps;
  for (const auto& [version, price, from] : session.rows<std::int64_t, Price, Energy>(
           "select version, price, from_energy from price_step where meter = ? order by version", {meter})) {
    steps.push_back({version, price, from});
  }
  return steps;
}

// The state of the order that gave the price of a reading, where it was not answered; empty where there is
// none.
std::string unanswered_price(store::Session& session, const std::string& meter, std::int64_t version) {
  return session.one<std::string>(
      "select state from meter_order where meter = ? and tariff_version = ? and state <> 'done'",
      {meter, version});
}

// Whether the meter has told of an event that has not come yet, and is not known to be lost.
bool has_event_under_way(store::Session& session, const std::string& meter, const meters::Reading& reading) {
  if (!reading.event_count) return false;
  const auto known = session.one<std::int64_t>(
      "select max(coalesce(last_event, 0), coalesce((select max(last) from event_gap where meter = ? and "
      "answered is not null), 0)) from meter_state where meter = ?",
      {meter, meter});
  return *reading.event_count > known;
}

bool search(std::span<const Money> tokens, Money missing, std::size_t from,
            std::vector<std::size_t>& chosen) {
  if (missing == Money{}) return true;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    if (tokens[i] > missing) continue;
    chosen.push_back(i);
    if (search(tokens, missing - tokens[i], i + 1, chosen)) return true;
    chosen.pop_back();
  }
  return false;
}

void set_difference_alarm(store::Unit& unit, const meters::Ports& ports, const std::string& meter, bool on,
                          const std::string& detail, std::int64_t ts) {
  const auto alarm =
      meters::set_alarm(unit.session, meters::AlarmKind::shadow_difference, {meter, ""}, on, detail, ts);
  if (!alarm) return;
  unit.after_commit(
      [&port = ports.changes, id = *alarm] { port.changed(meters::Kind::alarm, std::to_string(id)); });
}

}  // namespace

std::optional<Money> cost_of(std::span<const PriceStep> steps, Energy priced, std::int64_t version) {
  Money cost;
  tariff::Remainder carried;
  for (std::size_t i = 0; i < steps.size() && steps[i].version <= version; ++i) {
    const bool is_last = i + 1 == steps.size() || steps[i + 1].version > version;
    const Energy end = is_last ? priced : steps[i + 1].from;
    const auto charge = tariff::charge({steps[i].price, static_cast<std::uint32_t>(steps[i].version)},
                                       end - steps[i].from, carried);
    if (!charge) return std::nullopt;
    cost += charge->money;
    carried = charge->remainder;
  }
  return cost;
}

std::optional<std::vector<std::size_t>> tokens_that_make(std::span<const Money> tokens, Money missing) {
  std::vector<std::size_t> chosen;
  if (missing < Money{}) return std::nullopt;
  if (!search(tokens.first(std::min(tokens.size(), most_tokens)), missing, 0, chosen)) return std::nullopt;
  return chosen;
}

void assess(store::Unit& unit, const meters::Ports& ports, const std::string& meter,
            const meters::Reading& reading) {
  store::Session& session = unit.session;
  if (!reading.balance || !reading.credited || !reading.priced_energy_mj) return;
  const std::int64_t version = reading.tariff_version.value_or(0);
  if (const std::string state = unanswered_price(session, meter, version); !state.empty()) {
    if (state == "sent") return;
    // Its answer was lost, and so was the event that would tell from which energy on the price is another.
    return set_difference_alarm(unit, ports, meter, true,
                                "the meter prices by tariff version " + std::to_string(version) +
                                    ", whose order was never answered: its account cannot be followed",
                                reading.ts);
  }
  // A meter's tariff version starts where its maker put it: below the first ordered one, all count as version
  // 0.
  const auto cost = cost_of(steps_of(session, meter), Energy::of(*reading.priced_energy_mj), version);

  const Money shown = Money::of(*reading.credited);
  const auto explained = explain(session, meter, reading, shown);
  Money should_have = shown;
  if (explained) {
    for (const Open& token : *explained) {
      if (token.by_hand) accept(unit, ports, token.purchase, reading.ts, "keyed in at the meter");
    }
  } else {
    should_have = tokens_of(session, meter, reading.ts).taken;
  }
  constexpr std::int64_t ever = std::numeric_limits<std::int64_t>::max();
  const Money returned = returned_by(session, meter, reading.event_count.value_or(ever));
  const Money balance = should_have - cost.value_or(Money{}) - returned;
  const Money difference = Money::of(*reading.balance) - balance;
  const bool agrees = cost && explained && difference == Money{};
  // Less than it should be may be a refund whose event is still on its way.
  if (cost && explained && difference < Money{} && has_event_under_way(session, meter, reading)) return;
  session.run(
      "update meter_state set shadow_balance = ?, shadow_difference = ?, shadow_agrees = ?, deducted = ? "
      "where meter = ?",
      {balance, difference, int{agrees}, cost.value_or(Money{}), meter});

  std::string detail;
  if (!cost) {
    detail = "priced energy is below what it was at the last change of price";
  } else if (!explained) {
    detail = "credit of " + ledger::print(shown) + " in the meter is not the sum of tokens sold to it";
  } else if (!agrees) {
    detail = "the meter holds " + ledger::print(difference) + " more than it should";
  }
  set_difference_alarm(unit, ports, meter, !agrees, detail, reading.ts);
}

void book_revenue(store::Unit& unit) {
  ledger::Entry entry{unit.now_ms, "Energy delivered", "", {}};
  for (const auto& [meter, due] : unit.session.rows<std::string, Money>(
           "select s.meter, s.deducted - s.booked from meter_state s join meter m on m.number = s.meter "
           "where s.deducted > s.booked and m.kind = 'flat' order by s.meter")) {
    entry.lines.push_back({std::string(ledger::account::customer_credit), meter, due});
    entry.lines.push_back({std::string(ledger::account::revenue), meter, -due});
    unit.session.run("update meter_state set booked = deducted where meter = ?", {meter});
  }
  if (!entry.lines.empty()) ledger::post(unit.session, entry);
}

}  // namespace lk::vending
