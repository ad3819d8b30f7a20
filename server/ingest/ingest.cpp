// SPDX-License-Identifier: Apache-2.0
#include "server/ingest/ingest.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "server/meters/alarms.hpp"
#include "server/meters/commands.hpp"
#include "server/meters/gaps.hpp"
#include "server/meters/orders.hpp"
#include "server/meters/readings.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/delivery.hpp"
#include "server/vending/returned.hpp"
#include "server/vending/shadow.hpp"

namespace lk::ingest {
namespace {

using meters::AlarmKind;
using meters::Kind;
using meters::Ports;
using store::Unit;

// The meter's own words for what is wrong with it (docs/formats/modbus-map.md) and the alarms they are.
constexpr std::array<std::pair<std::string_view, AlarmKind>, 4> meter_alarms{{
    {"low_credit", AlarmKind::low_credit},
    {"no_credit", AlarmKind::no_credit},
    {"relay_does_not_follow", AlarmKind::relay_fault},
    {"memory", AlarmKind::storage_fault},
}};

constexpr std::size_t most_unknown = 10'000;

void tell(Unit& unit, const Ports& ports, Kind kind, const std::string& key) {
  unit.after_commit([&port = ports.changes, kind, key] { port.changed(kind, key); });
}

void set_alarm(Unit& unit, const Ports& ports, AlarmKind kind, const meters::AlarmPlace& place, bool on,
               const std::string& detail, std::int64_t ts) {
  if (const auto id = meters::set_alarm(unit.session, kind, place, on, detail, ts)) {
    tell(unit, ports, Kind::alarm, std::to_string(*id));
  }
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

void apply_reading(Unit& unit, const Ports& ports, const std::string& meter, const meters::Reading& given) {
  // A gateway whose clock is ahead must not freeze the meter: later true readings would count as history.
  constexpr std::int64_t most_ahead_ms = 60'000;
  meters::Reading reading = given;
  reading.ts = std::min(given.ts, unit.now_ms + most_ahead_ms);
  if (!meters::keep_reading(unit.session, meter, reading)) return;
  // A reading that waited in the gateway's outbox is history; it does not change how the meter stands.
  if (!meters::note_newest(unit.session, meter, reading)) return;
  const bool heard_again =
      unit.session.run(
          "update meter_state set reachable = 1, link_ts = ? where meter = ? and reachable = 0 and "
          "link_ts < ?",
          {reading.ts, meter, reading.ts}) == 1;
  if (heard_again) set_alarm(unit, ports, AlarmKind::unreachable, {meter, ""}, false, "", reading.ts);

  if (reading.supply_closed) {
    for (const auto& [word, kind] : meter_alarms) {
      set_alarm(unit, ports, kind, {meter, ""}, has(reading.alarms, word), "", reading.ts);
    }
  }
  meters::ask_for_late_events(unit, ports, meter, reading);
  vending::assess(unit, ports, meter, reading);
  tell(unit, ports, Kind::meter, meter);
}

void apply_event(Unit& unit, const Ports& ports, const std::string& meter, const meters::Event& event) {
  if (!meters::take_event(unit, ports, meter, event)) return;
  if (event.code == vending::credit_returned_code) vending::book_returned(unit, meter, event);
  if (event.code == vending::tariff_changed_code) {
    meters::settle_price_order(unit, ports, meter, event.detail, event.value);
  }
  tell(unit, ports, Kind::meter, meter);
}

void apply_link(Unit& unit, const Ports& ports, const std::string& meter, const Link& link) {
  const bool newer =
      unit.session.run("update meter_state set reachable = ?, link_ts = ? where meter = ? and link_ts <= ?",
                       {int{link.reachable}, link.ts, meter, link.ts}) == 1;
  if (!newer) return;
  set_alarm(unit, ports, AlarmKind::unreachable, {meter, ""}, !link.reachable, link.reason, link.ts);
  tell(unit, ports, Kind::meter, meter);
}

void apply_status(Unit& unit, const Ports& ports, const std::string& gateway, const Status& status) {
  const std::int64_t ts = status.ts.value_or(unit.now_ms);
  const auto known =
      unit.session.row<bool, std::int64_t>("select online, dropped from gateway where name = ?", {gateway});
  const bool was_online = known && std::get<0>(*known);
  const std::int64_t dropped = status.online ? status.dropped : known ? std::get<1>(*known) : 0;
  unit.session.run(
      "insert into gateway (name, online, ts, lines, dropped) values (?, ?, ?, ?, ?) on conflict (name) do "
      "update set "
      "online = excluded.online, ts = excluded.ts, dropped = excluded.dropped, "
      "lines = case when excluded.online <> 0 then excluded.lines else gateway.lines end",
      {gateway, int{status.online}, ts, status.lines, dropped});
  set_alarm(unit, ports, AlarmKind::gateway_offline, {"", gateway}, !status.online,
            "the gateway has lost the broker or its power", ts);
  if (dropped > (known ? std::get<1>(*known) : 0)) {
    set_alarm(unit, ports, AlarmKind::lost_events, {"", gateway}, true,
              "the gateway's outbox was full: " + std::to_string(dropped) + " messages are lost", ts);
  }
  tell(unit, ports, Kind::site, "");
  if (was_online == status.online) return;
  for (const auto& [meter] :
       unit.session.rows<std::string>("select number from meter where gateway = ?", {gateway})) {
    tell(unit, ports, Kind::meter, meter);
  }
  if (!status.online) return;
  // What was sent while it was away may have gone nowhere.
  for (const meters::Command& command : meters::open_commands(unit.session, gateway, unit.now_ms)) {
    unit.after_commit([&port = ports.commands, command] { port.send(command); });
  }
}

std::string state_of(const CommandResult& result) {
  // `used` comes after an answer that was lost: the meter has this token.
  constexpr std::int64_t used = 10;
  if (result.outcome == Outcome::refused && result.result == used) return "done";
  switch (result.outcome) {
    case Outcome::done:
      return "done";
    case Outcome::refused:
      return "refused";
    case Outcome::expired:
      return "expired";
    case Outcome::failed:
      return "failed";
  }
  return "failed";
}

bool apply_result(Unit& unit, const Ports& ports, const std::string& gateway, const CommandResult& result) {
  const auto ended = meters::end_command(unit.session, result.id, {result.meter, gateway}, unit.now_ms);
  if (!ended) return false;
  const meters::Purpose& purpose = ended->purpose;
  const std::int64_t ts = result.ts > 0 ? result.ts : unit.now_ms;
  const std::string detail = result.error.empty() ? result.result_name : result.error;
  if (!purpose.order.empty()) {
    // An order has no `used`: result 10 would not be one.
    std::string state = result.outcome == Outcome::refused ? "refused" : state_of(result);
    meters::end_order(unit, ports, purpose.order, {std::move(state), detail, result.value, ts});
    return true;
  }
  if (purpose.purchase.empty() && purpose.engineering.empty()) {
    meters::end_gap(unit, ports, result.id, result.outcome == Outcome::done ? result.value : std::nullopt);
    return true;
  }
  vending::take_delivery(unit, ports, {*ended, result.meter, state_of(result), result.result, detail, ts});
  tell(unit, ports, Kind::meter, result.meter);
  return true;
}

}  // namespace

bool apply(Unit& unit, const Ports& ports, const Incoming& incoming) {
  if (const auto* status = std::get_if<Status>(&incoming.body)) {
    apply_status(unit, ports, incoming.gateway, *status);
    return true;
  }
  if (const auto* result = std::get_if<CommandResult>(&incoming.body))
    return apply_result(unit, ports, incoming.gateway, *result);
  // A gateway speaks for its own meters only.
  if (!unit.session.row<std::int64_t>("select 1 from meter where number = ? and gateway = ?",
                                      {incoming.meter, incoming.gateway})) {
    return false;
  }
  if (const auto* reading = std::get_if<meters::Reading>(&incoming.body)) {
    apply_reading(unit, ports, incoming.meter, *reading);
  } else if (const auto* event = std::get_if<meters::Event>(&incoming.body)) {
    apply_event(unit, ports, incoming.meter, *event);
  } else if (const auto* link = std::get_if<Link>(&incoming.body)) {
    apply_link(unit, ports, incoming.meter, *link);
  }
  return true;
}

void Ingest::take(std::string_view topic, std::string_view payload) {
  auto incoming = decode(topic, payload);
  if (!incoming) {
    spdlog::warn("dropped a message of {}: {}", topic, incoming.error());
    const std::lock_guard lock(mutex_);
    ++counts_.damaged;
    return;
  }
  const std::string meter = incoming->meter;
  auto known = std::make_shared<bool>(false);
  writer_.submit(
      [this, incoming = std::move(*incoming), known](store::Unit& unit) {
        *known = apply(unit, ports_, incoming);
        return store::Writer::Keep::yes;
      },
      [this, meter, known](const std::optional<store::Error>& error) {
        if (error) spdlog::error("a message of meter {} is lost: {}", meter, error->what());
        if (!error && !*known) note_unknown(meter);
        const std::lock_guard lock(mutex_);
        ++(error ? counts_.failed : counts_.taken);
      });
}

Ingest::Counts Ingest::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Ingest::note_unknown(const std::string& meter) {
  const std::lock_guard lock(mutex_);
  ++counts_.unknown;
  if (unknown_.size() >= most_unknown || !unknown_.insert(meter).second) return;
  if (meter.empty()) {
    spdlog::warn("a gateway answered a command that is not known here");
  } else {
    spdlog::warn("meter {} sends readings but is not registered with that gateway: POST /api/v1/meters",
                 meter);
  }
}

}  // namespace lk::ingest
