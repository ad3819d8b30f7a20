// SPDX-License-Identifier: Apache-2.0
#include "server/meters/events.hpp"

#include <nlohmann/json.hpp>

#include "server/store/session.hpp"

namespace lk::meters {

bool keep_event(store::Session& session, const std::string& meter, const Event& event) {
  const bool fresh =
      session.run(
          "insert into event (meter, number, ts, code, name, detail, value) values (?, ?, ?, ?, ?, "
          "?, ?) on conflict do nothing",
          {meter, event.number, event.ts, event.code, event.name, event.detail, event.value}) == 1;
  if (!fresh) return false;
  session.run(
      "update meter_state set first_event = min(coalesce(first_event, ?), ?), "
      "last_event = max(coalesce(last_event, ?), ?) where meter = ?",
      {event.number, event.number, event.number, event.number, meter});
  return true;
}

std::vector<Event> list_events(store::Session& session, const std::string& meter, std::int64_t limit) {
  std::vector<Event> events;
  for (auto& [ts, number, code, name, detail, value] :
       session.rows<std::int64_t, std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t>(
           "select ts, number, code, name, detail, value from event where meter = ? order by number desc "
           "limit ?",
           {meter, limit})) {
    events.push_back({ts, number, code, std::move(name), detail, value});
  }
  return events;
}

nlohmann::ordered_json view(const Event& event) {
  return {{"ts", event.ts},     {"number", event.number}, {"code", event.code},
          {"name", event.name}, {"detail", event.detail}, {"value", event.value}};
}

}  // namespace lk::meters
