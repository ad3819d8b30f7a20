// SPDX-License-Identifier: Apache-2.0
#include "server/meters/readings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/ledger/decimal.hpp"
#include "server/store/session.hpp"

namespace lk::meters {
namespace {

constexpr std::int64_t quarter_ms = 15LL * 60 * 1000;
constexpr std::size_t leading = 2;  // ts, seq
constexpr std::size_t columns = leading + reading_fields.size() + 3;

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto comma = text.find(',');
    words.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return words;
}

const std::string& column_list() {
  static const std::string list = [] {
    std::string names = "ts, seq";
    for (const ReadingField& field : reading_fields) names += ", " + std::string(field.name);
    return names + ", supply_closed, hold_reasons, alarms";
  }();
  return list;
}

Reading reading_of(std::vector<store::Cell>& cells) {
  Reading reading;
  reading.ts = store::Column<std::int64_t>::from(std::move(cells[0]));
  reading.seq = store::Column<std::int64_t>::from(std::move(cells[1]));
  for (std::size_t i = 0; i < reading_fields.size(); ++i) {
    reading.*reading_fields[i].member = store::Column<Number>::from(std::move(cells[leading + i]));
  }
  reading.supply_closed = store::Column<std::optional<bool>>::from(std::move(cells[columns - 3]));
  reading.hold_reasons = split(store::Column<std::string>::from(std::move(cells[columns - 2])));
  reading.alarms = split(store::Column<std::string>::from(std::move(cells[columns - 1])));
  return reading;
}

std::optional<Reading> first(std::vector<std::vector<store::Cell>> rows) {
  if (rows.empty()) return std::nullopt;
  return reading_of(rows.front());
}

}  // namespace

bool keep_reading(store::Session& session, const std::string& meter, const Reading& reading) {
  static const std::string sql = [] {
    std::string marks;
    for (std::size_t i = 0; i < columns + 2; ++i) marks += i == 0 ? "?" : ", ?";
    return "insert into reading (meter, quarter, " + column_list() + ") values (" + marks +
           ") on conflict do nothing";
  }();
  const std::int64_t start = reading.ts - ((reading.ts % quarter_ms) + quarter_ms) % quarter_ms;
  const bool first_of_quarter = !session.row<std::int64_t>(
      "select 1 from reading where meter = ? and ts >= ? and ts <= ? limit 1", {meter, start, reading.ts});
  store::Values values{meter, int{first_of_quarter}, reading.ts, reading.seq};
  for (const ReadingField& field : reading_fields) values.emplace_back(reading.*field.member);
  std::optional<std::int64_t> closed;
  if (reading.supply_closed) closed = *reading.supply_closed ? 1 : 0;
  values.emplace_back(closed);
  values.emplace_back(join(reading.hold_reasons));
  values.emplace_back(join(reading.alarms));
  return session.run(sql, std::move(values)) == 1;
}

bool note_newest(store::Session& session, const std::string& meter, const Reading& reading) {
  return session.run(
             "update meter_state set reading_ts = ?, reading_seq = ? where meter = ? and "
             "(reading_ts is null or reading_ts < ? or (reading_ts = ? and reading_seq < ?))",
             {reading.ts, reading.seq, meter, reading.ts, reading.ts, reading.seq}) == 1;
}

std::optional<Reading> find_reading(store::Session& session, const std::string& meter, std::int64_t ts,
                                    std::int64_t seq) {
  static const std::string sql =
      "select " + column_list() + " from reading where meter = ? and ts = ? and seq = ?";
  return first(session.fetch(sql, {meter, ts, seq}, columns));
}

std::optional<Reading> reading_before(store::Session& session, const std::string& meter, std::int64_t ts) {
  static const std::string sql =
      "select " + column_list() + " from reading where meter = ? and ts <= ? order by ts desc limit 1";
  return first(session.fetch(sql, {meter, ts}, columns));
}

std::vector<Reading> readings_between(store::Session& session, const std::string& meter, std::int64_t from,
                                      std::int64_t to, std::int64_t limit) {
  static const std::string sql = "select " + column_list() +
                                 " from (select *, row_number() over (order by ts, seq) - 1 as place from "
                                 "reading where meter = ? and ts >= ? and "
                                 "ts < ?) as numbered where place % ? = 0 order by ts, seq";
  const auto count = session.one<std::int64_t>(
      "select count(*) from reading where meter = ? and ts >= ? and ts < ?", {meter, from, to});
  const std::int64_t step = std::max<std::int64_t>(1, (count + limit - 1) / limit);
  std::vector<Reading> readings;
  for (auto& cells : session.fetch(sql, {meter, from, to, step}, columns))
    readings.push_back(reading_of(cells));
  return readings;
}

std::int64_t thin_out_readings(store::Session& session, std::int64_t before, std::int64_t most) {
  std::int64_t dropped = 0;
  for (const auto& [meter] : session.rows<std::string>("select number from meter")) {
    if (dropped >= most) break;
    dropped += session.run(
        "delete from reading where meter = ? and (ts, seq) in (select ts, seq from reading where meter = ? "
        "and ts < ? "
        "and quarter = 0 order by ts limit ?)",
        {meter, meter, before, most - dropped});
  }
  return dropped;
}

nlohmann::ordered_json view(const Reading& reading) {
  nlohmann::ordered_json json{{"ts", reading.ts}};
  constexpr std::size_t measured = 10;  // meter_time to export_energy_mj
  for (std::size_t i = 0; i < measured; ++i) {
    if (const Number number = reading.*reading_fields[i].member)
      json[std::string(reading_fields[i].name)] = *number;
  }
  if (reading.balance) json["balance"] = ledger::print(quantity::Money::of(*reading.balance));
  if (reading.price) json["price"] = ledger::print(quantity::Price::of(*reading.price));
  if (reading.supply_closed) {
    json["supply_state"] = *reading.supply_closed ? "closed" : "open";
    json["hold_reasons"] = reading.hold_reasons;
    json["alarms"] = reading.alarms;
  }
  return json;
}

}  // namespace lk::meters
