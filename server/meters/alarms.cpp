// SPDX-License-Identifier: Apache-2.0
#include "server/meters/alarms.hpp"

#include <nlohmann/json.hpp>

#include "server/store/session.hpp"

namespace lk::meters {
namespace {

using Row = std::tuple<std::int64_t, std::string, std::string, std::string, std::string, std::int64_t,
                       std::optional<std::int64_t>>;

Alarm alarm_of(Row&& row) {
  auto& [id, kind, meter, gateway, detail, ts, ended] = row;
  return {id, std::move(kind), {std::move(meter), std::move(gateway)}, std::move(detail), ts, ended};
}

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::string_view name_of(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::low_credit:
      return "low_credit";
    case AlarmKind::no_credit:
      return "no_credit";
    case AlarmKind::relay_fault:
      return "relay_fault";
    case AlarmKind::storage_fault:
      return "storage_fault";
    case AlarmKind::unreachable:
      return "unreachable";
    case AlarmKind::shadow_difference:
      return "shadow_difference";
    case AlarmKind::gateway_offline:
      return "gateway_offline";
    case AlarmKind::lost_events:
      return "lost_events";
  }
  return {};
}

std::optional<std::int64_t> set_alarm(store::Session& session, AlarmKind kind, const AlarmPlace& place,
                                      bool on, const std::string& detail, std::int64_t ts) {
  const auto open = session.row<std::int64_t, std::string>(
      "select id, detail from alarm where ended is null and kind = ? and coalesce(meter, '') = ? and "
      "coalesce(gateway, '') = ?",
      {name_of(kind), place.meter, place.gateway});
  if (on && !open) {
    return session.one<std::int64_t>(
        "insert into alarm (kind, meter, gateway, detail, ts) values (?, ?, ?, ?, ?) returning id",
        {name_of(kind), or_null(place.meter), or_null(place.gateway), detail, ts});
  }
  if (!open) return std::nullopt;
  const auto& [id, known] = *open;
  if (!on) {
    session.run("update alarm set ended = ? where id = ?", {ts, id});
    return id;
  }
  if (known != detail) session.run("update alarm set detail = ? where id = ?", {detail, id});
  return std::nullopt;
}

void end_old_notes(store::Session& session, std::int64_t before, std::int64_t now_ms) {
  session.run("update alarm set ended = ? where ended is null and kind = ? and ts < ?",
              {now_ms, name_of(AlarmKind::lost_events), before});
}

std::optional<Alarm> find_alarm(store::Session& session, std::int64_t id) {
  auto row = session.row<std::int64_t, std::string, std::string, std::string, std::string, std::int64_t,
                         std::optional<std::int64_t>>(
      "select id, kind, meter, gateway, detail, ts, ended from alarm where id = ?", {id});
  if (!row) return std::nullopt;
  return alarm_of(std::move(*row));
}

std::vector<Alarm> list_alarms(store::Session& session, bool only_open, const std::string& customer) {
  std::vector<Alarm> alarms;
  for (auto& row : session.rows<std::int64_t, std::string, std::string, std::string, std::string,
                                std::int64_t, std::optional<std::int64_t>>(
           "select a.id, a.kind, a.meter, a.gateway, a.detail, a.ts, a.ended from alarm a "
           "left join meter m on m.number = a.meter "
           "where (? = 0 or a.ended is null) and (? = '' or m.customer = ?) order by a.id desc limit 1000",
           {int{only_open}, customer, customer})) {
    alarms.push_back(alarm_of(std::move(row)));
  }
  return alarms;
}

nlohmann::ordered_json view(const Alarm& alarm) {
  nlohmann::ordered_json json{{"id", alarm.id}, {"kind", alarm.kind}};
  json["meter"] =
      alarm.place.meter.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(alarm.place.meter);
  json["gateway"] =
      alarm.place.gateway.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(alarm.place.gateway);
  json["detail"] = alarm.detail;
  json["ts"] = alarm.ts;
  json["ended"] = alarm.ended ? nlohmann::ordered_json(*alarm.ended) : nlohmann::ordered_json();
  return json;
}

}  // namespace lk::meters
