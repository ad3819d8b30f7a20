// SPDX-License-Identifier: Apache-2.0
#include "server/meters/gaps.hpp"

#include <algorithm>

#include "server/customers/password.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/meters.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"

namespace lk::meters {
namespace {

constexpr std::int64_t late_ms = 10'000;
constexpr std::int64_t delivery_ms = 60LL * 60 * 1000;
constexpr std::int64_t most_tries = 5;

// The number up to which every event has come, or is in a gap; 0 where nothing is known of the meter's
// events.
std::int64_t known_number(store::Session& session, const std::string& meter) {
  return session.one<std::int64_t>(
      "select max(coalesce(last_event, 0), coalesce((select max(last) from event_gap where meter = ?), 0)) "
      "from meter_state where meter = ?",
      {meter, meter});
}

std::string send_command(store::Unit& unit, const Ports& ports, const std::string& meter, EventRange events) {
  const auto known = find_meter(unit.session, meter);
  std::string id = customers::random_uuid();
  begin_command(
      unit, ports,
      {id, known ? known->gateway : "", meter, CommandKind::events, "", unit.now_ms + delivery_ms, events},
      {});
  return id;
}

void ask(store::Unit& unit, const Ports& ports, const std::string& meter, EventRange events) {
  const std::string command = send_command(unit, ports, meter, events);
  unit.session.run("insert into event_gap (meter, first, last, command, tries) values (?, ?, ?, ?, 1)",
                   {meter, events.first, events.last, command});
}

// The alarm follows the count where that has changed.
void tell_lost(store::Unit& unit, const Ports& ports, const std::string& meter, std::int64_t before) {
  const std::int64_t count = lost_events(unit.session, meter);
  if (count == before) return;
  const auto alarm = set_alarm(unit.session, AlarmKind::lost_events, {meter, ""}, count > 0,
                               std::to_string(count) + " events of this meter are lost", unit.now_ms);
  if (!alarm) return;
  unit.after_commit(
      [&port = ports.changes, key = std::to_string(*alarm)] { port.changed(Kind::alarm, key); });
}

}  // namespace

bool take_event(store::Unit& unit, const Ports& ports, const std::string& meter, const Event& event) {
  store::Session& session = unit.session;
  const std::int64_t known = known_number(session, meter);
  const std::int64_t lost_before = lost_events(session, meter);
  if (!keep_event(session, meter, event)) return false;
  const bool overwritten = event.code == lost_events_code;
  const std::int64_t first =
      overwritten ? std::max<std::int64_t>(event.number - std::max<std::int64_t>(event.value, 1) + 1, 1)
                  : event.number;
  if (known > 0 && first > known + 1) ask(unit, ports, meter, {known + 1, first - 1});
  const std::int64_t first_overwritten = std::max(first, known + 1);
  if (overwritten && first_overwritten <= event.number) {
    session.run("insert into event_gap (meter, first, last, answered) values (?, ?, ?, ?)",
                {meter, first_overwritten, event.number, unit.now_ms});
  }
  tell_lost(unit, ports, meter, lost_before);
  return true;
}

void ask_for_late_events(store::Unit& unit, const Ports& ports, const std::string& meter,
                         const Reading& reading) {
  const std::int64_t known = known_number(unit.session, meter);
  if (reading.event_count.value_or(0) <= known) return;
  // A gateway reads the events behind the reading that tells of them, and where it fails then, behind the
  // next one: they are late when neither the reading before this one nor one of some time ago was followed by
  // them.
  const auto told = unit.session.one<std::int64_t>(
      "select event_count from reading where meter = ? and ts <= ? and "
      "ts < (select max(ts) from reading where meter = ? and ts < ?) order by ts desc, seq desc limit 1",
      {meter, reading.ts - late_ms, meter, reading.ts});
  if (told > known) ask(unit, ports, meter, {known + 1, told});
}

void end_gap(store::Unit& unit, const Ports& ports, const std::string& command,
             std::optional<std::int64_t> had) {
  store::Session& session = unit.session;
  const auto gap = session.row<std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t>(
      "select id, meter, first, last, tries from event_gap where command = ? and answered is null",
      {command});
  if (!gap) return;
  const auto& [id, meter, first, last, tries] = *gap;
  const auto here = session.one<std::int64_t>(
      "select count(*) from event where meter = ? and number between ? and ?", {meter, first, last});
  if (had.value_or(0) > here && tries < most_tries) {
    const std::string again = send_command(unit, ports, meter, {first, last});
    session.run("update event_gap set command = ?, tries = tries + 1 where id = ?", {again, id});
    return;
  }
  const std::int64_t lost_before = lost_events(session, meter);
  // What a meter told before the first event that is known of it was not for us.
  session.run(
      "update event_gap set answered = ?, first = min(last + 1, max(first, coalesce((select first_event from "
      "meter_state where meter = event_gap.meter), last + 1))) where id = ?",
      {unit.now_ms, id});
  tell_lost(unit, ports, meter, lost_before);
}

std::int64_t lost_events(store::Session& session, const std::string& meter) {
  return session.one<std::int64_t>(
      "select coalesce(sum(g.last - g.first + 1 - (select count(*) from event e where e.meter = g.meter and "
      "e.number between g.first and g.last and e.code <> ?)), 0) from event_gap g where g.meter = ? and "
      "g.answered is not null",
      {lost_events_code, meter});
}

}  // namespace lk::meters
