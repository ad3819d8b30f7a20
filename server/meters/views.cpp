// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "server/ledger/decimal.hpp"
#include "server/meters/meters.hpp"
#include "server/meters/readings.hpp"
#include "server/store/session.hpp"

namespace lk::meters {
namespace {

using Json = nlohmann::ordered_json;
using quantity::Money;

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}
Json money_or_null(const std::optional<Money>& amount) {
  return amount ? Json(ledger::print(*amount)) : Json();
}

// Whole days that the balance lasts at the mean use of the last day, by the meter's own clock where it tells
// one.
Json days_left(store::Session& session, const std::string& number, const Reading& latest) {
  if (!latest.balance || !latest.deducted) return {};
  const bool own_clock = latest.meter_time.has_value();
  const std::int64_t now = own_clock ? *latest.meter_time : latest.ts;
  const auto row = session.row<std::int64_t, std::int64_t>(
      own_clock ? "select meter_time, deducted from reading where meter = ? and ts > ? and meter_time >= ? "
                  "and deducted "
                  "is not null order by ts limit 1"
                : "select ts, deducted from reading where meter = ? and ts > ? and ts >= ? and deducted is "
                  "not null "
                  "order by ts limit 1",
      {number, latest.ts - day_ms, now - day_ms});
  if (!row) return {};
  const auto [since, deducted] = *row;
  const std::int64_t span_ms = now - since;
  const std::int64_t used = *latest.deducted - deducted;
  if (span_ms < 5LL * 60 * 1000 || used <= 0) return {};
  if (*latest.balance <= 0) return 0;
  // An estimate: a double carries it well enough, and its products do not overflow.
  const double per_ms = static_cast<double>(used) / static_cast<double>(span_ms);
  return static_cast<std::int64_t>(static_cast<double>(*latest.balance) / per_ms /
                                   static_cast<double>(day_ms));
}

}  // namespace

Json meter_view(store::Session& session, const std::string& number) {
  const auto meter = find_meter(session, number);
  if (!meter) return nullptr;
  const auto customer_name =
      session.one<std::string>("select name from customer where id = ?", {meter->customer});
  Json json{{"number", number}, {"name", meter->name}, {"kind", meter->kind}, {"gateway", meter->gateway}};
  if (!meter->line.empty()) json["line"] = meter->line;
  if (meter->address) json["address"] = *meter->address;
  json["customer"] = text_or_null(meter->customer);
  json["customer_name"] = text_or_null(customer_name);
  json["tariff"] = meter->tariff;

  const auto state = session.row<std::optional<std::int64_t>, std::int64_t, bool, std::optional<Money>,
                                 std::optional<Money>, std::optional<bool>, bool>(
      "select s.reading_ts, s.reading_seq, s.reachable, s.shadow_balance, s.shadow_difference, "
      "s.shadow_agrees, "
      "coalesce(g.online, 0) from meter_state s left join gateway g on g.name = ? where s.meter = ?",
      {meter->gateway, number});
  if (!state) return nullptr;
  const auto& [ts, seq, reachable, balance, difference, agrees, online] = *state;
  json["reachable"] = reachable && online;
  const auto reading = ts ? find_reading(session, number, *ts, seq) : std::nullopt;
  json["reading"] = reading ? view(*reading) : Json();
  json["shadow"] = {{"balance", money_or_null(balance)},
                    {"difference", money_or_null(difference)},
                    {"agrees", agrees ? Json(*agrees) : Json()}};
  json["days_left"] = reading ? days_left(session, number, *reading) : Json();
  return json;
}

Json site_view(store::Session& session, const SiteName& site, const std::string& customer,
               std::int64_t now_ms) {
  const auto counts = session.row<std::int64_t, std::int64_t, std::int64_t>(
      "select count(*), coalesce(sum(s.reachable * coalesce(g.online, 0)), 0), "
      "coalesce(sum(case when m.kind = 'flat' then r.active_power_dw end), 0) from meter m "
      "join meter_state s on s.meter = m.number left join gateway g on g.name = m.gateway "
      "left join reading r on r.meter = m.number and r.ts = s.reading_ts and r.seq = s.reading_seq "
      "where ? = '' or m.customer = ?",
      {customer, customer});
  const auto& [meters, reachable, power] = value_of(counts);
  const std::int64_t midnight = now_ms - now_ms % day_ms;
  Json json{{"name", site.name},
            {"currency", site.currency},
            {"meters", meters},
            {"meters_reachable", reachable},
            {"active_power_dw", power}};
  json["alarms_open"] = session.one<std::int64_t>(
      "select count(*) from alarm a left join meter m on m.number = a.meter where a.ended is null and (? = "
      "'' or "
      "m.customer = ?)",
      {customer, customer});
  json["sold_today"] =
      ledger::print(session.one<Money>("select coalesce(sum(p.amount), 0) from purchase p join meter m on "
                                       "m.number = p.meter where p.ts >= ? and "
                                       "(? = '' or m.customer = ?)",
                                       {midnight, customer, customer}));
  json["gateways"] = Json::array();
  if (!customer.empty()) return json;
  for (const auto& [name, online, ts, lines] : session.rows<std::string, bool, std::int64_t, std::string>(
           "select name, online, ts, lines from gateway order by name")) {
    json["gateways"].push_back(
        {{"name", name}, {"online", online}, {"ts", ts}, {"lines", Json::parse(lines, nullptr, false)}});
  }
  return json;
}

}  // namespace lk::meters
