// SPDX-License-Identifier: Apache-2.0
#include "server/meters/routes.hpp"

#include <nlohmann/json.hpp>

#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/ledger/decimal.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/events.hpp"
#include "server/meters/readings.hpp"
#include "server/meters/tariffs.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/order_sealer.hpp"
#include "server/vault/security_module.hpp"
#include "sts/identity.hpp"

namespace lk::meters {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

constexpr std::int64_t hour_ms = 3600LL * 1000;

Problem unknown_meter() {
  return {404, "unknown_meter", "There is no meter of this number; check it, or register it first.",
          "number"};
}

// The meter that the path names, where this caller may see it.
std::expected<Meter, Problem> visible(store::Session& session, const Caller& caller,
                                      const std::string& number) {
  auto meter = find_meter(session, number);
  const bool own = meter && !caller.customer.empty() && meter->customer == caller.customer;
  if (!meter || !(caller.is_operator || own)) return std::unexpected(unknown_meter());
  return std::move(*meter);
}

// The key that meters are registered with which name none: the first unique one that is loaded.
std::optional<vault::GroupName> usual_group(vault::SecurityModule& module) {
  for (const vault::KeyGroup& group : module.groups()) {
    if (group.check_value && group.name.key_type == sts::KeyType::unique) return group.name;
  }
  return std::nullopt;
}

// What goes with the meter's key: where the vault does not know it, the usual.
void complete_key(Meter& meter, vault::SecurityModule& module) {
  const auto name = vault::parse_group_name(meter.supply_group_code + "-" +
                                            std::to_string(meter.key_revision_number) + "-2");
  const auto group = name ? module.group(*name) : vault::refuse(vault::Reason::unknown_group, "");
  if (!group) return;
  meter.base_date = static_cast<int>(sts::year_of(group->base_date));
  meter.key_expiry_number = group->key_expiry_number;
}

Meter meter_fields(http::Fields& fields, vault::SecurityModule& module) {
  Meter meter;
  meter.number = fields.digits("number", 11);
  meter.name = fields.text("name", 80);
  meter.kind = fields.word("kind", {"flat", "feeder"}, false);
  meter.gateway = fields.code("gateway");
  meter.line = fields.optional_text("line", 32);
  meter.address = fields.optional_integer("address", 1, 247);
  meter.customer = fields.optional_uuid("customer").value_or("");
  meter.tariff = fields.code("tariff");
  if (fields.has("preset_credit")) meter.preset_credit = fields.money("preset_credit");
  meter.supply_group_code = fields.has("supply_group_code") ? fields.digits("supply_group_code", 6) : "";
  const auto revision = fields.optional_integer("key_revision_number", 1, 9);
  const auto usual = usual_group(module);
  if (meter.supply_group_code.empty() && usual) meter.supply_group_code = vault::text(*usual).substr(0, 6);
  meter.key_revision_number = static_cast<int>(revision.value_or(usual ? usual->key_revision_number : 1));
  meter.tariff_index = static_cast<int>(fields.optional_integer("tariff_index", 0, 99).value_or(1));
  complete_key(meter, module);
  // Absent ones too are fields of this request.
  fields.optional_text("supply_group_code");
  fields.optional_text("preset_credit");
  if (meter.preset_credit < quantity::Money{}) fields.refuse("preset_credit", "must not be negative");
  if (meter.number.size() == 11 && !sts::luhn_holds(meter.number)) {
    fields.refuse("number", "is mistyped: its last digit does not fit the others");
  }
  return meter;
}

Problem problem_of(MeterRefusal refusal) {
  switch (refusal) {
    case MeterRefusal::id_reused:
      return {409, "id_reused", "A meter of this number is registered with other contents.", "number"};
    case MeterRefusal::unknown_tariff:
      return {422, "unknown_tariff", "There is no tariff of this code; add it first.", "tariff"};
    case MeterRefusal::unknown_customer:
      return {422, "unknown_customer", "There is no such customer; add it first.", "customer"};
  }
  return {500, "internal", "", ""};
}

Problem problem_of(OrderRefusal refusal) {
  switch (refusal) {
    case OrderRefusal::unknown_meter:
      return unknown_meter();
    case OrderRefusal::unknown_tariff:
      return {422, "unknown_tariff", "There is no tariff of this code; add it first.", "tariff"};
    case OrderRefusal::id_reused:
      return {409, "id_reused", "This id belongs to another order; make a new id.", "id"};
    case OrderRefusal::sequence_ended:
      return {422, "sequence_ended", "This meter's order sequence is used up: it needs a new order key.", ""};
    case OrderRefusal::vault_unavailable:
      return {503, "vault_unavailable",
              "The keeper of the keys does not answer; nothing was done, ask again.", ""};
  }
  return {500, "internal", "", ""};
}

Result show_meters(const Request&, const Caller& caller, store::Session& session) {
  Json list = Json::array();
  for (const std::string& number : list_meter_numbers(session, caller.customer)) {
    list.push_back(meter_view(session, number));
  }
  return Response{200, Json{{"meters", list}}.dump()};
}

Result show_meter(const Request& request, const Caller& caller, store::Session& session) {
  const auto meter = visible(session, caller, request.parameter("number"));
  if (!meter) return std::unexpected(meter.error());
  return Response{200, meter_view(session, meter->number).dump()};
}

Result show_readings(const Request& request, const Caller& caller, store::Session& session) {
  const auto meter = visible(session, caller, request.parameter("number"));
  if (!meter) return std::unexpected(meter.error());
  constexpr std::int64_t farthest = 1LL << 53;
  const auto to = http::query_integer(request, "to", -farthest, farthest, store::system_clock()());
  if (!to) return std::unexpected(to.error());
  const auto from = http::query_integer(request, "from", -farthest, farthest, *to - hour_ms);
  if (!from) return std::unexpected(from.error());
  const auto limit = http::query_integer(request, "limit", 1, 5000, 1000);
  if (!limit) return std::unexpected(limit.error());
  Json list = Json::array();
  for (const Reading& reading : readings_between(session, meter->number, *from, *to, *limit)) {
    list.push_back(view(reading));
  }
  return Response{200, Json{{"readings", list}}.dump()};
}

Result show_events(const Request& request, const Caller& caller, store::Session& session) {
  const auto meter = visible(session, caller, request.parameter("number"));
  if (!meter) return std::unexpected(meter.error());
  const auto limit = http::query_integer(request, "limit", 1, 1000, 100);
  if (!limit) return std::unexpected(limit.error());
  Json list = Json::array();
  for (const Event& event : list_events(session, meter->number, *limit)) list.push_back(view(event));
  return Response{200, Json{{"events", list}}.dump()};
}

Result show_orders(const Request& request, const Caller& caller, store::Session& session) {
  const auto meter = visible(session, caller, request.parameter("number"));
  if (!meter) return std::unexpected(meter.error());
  Json list = Json::array();
  for (const Order& order : list_orders(session, meter->number, 200)) list.push_back(view(order));
  return Response{200, Json{{"orders", list}}.dump()};
}

Result show_order(const Request& request, const Caller& caller, store::Session& session) {
  const auto order = find_order(session, request.parameter("id"));
  if (!order || !visible(session, caller, order->asked.meter)) {
    return std::unexpected(Problem{404, "unknown_order", "There is no order of this id.", "id"});
  }
  return Response{200, view(*order).dump()};
}

Json view(const Tariff& tariff) {
  return {{"code", tariff.code}, {"name", tariff.name}, {"price", ledger::print(tariff.price)}};
}

Result show_tariffs(const Request&, const Caller&, store::Session& session) {
  Json list = Json::array();
  for (const Tariff& tariff : list_tariffs(session)) list.push_back(view(tariff));
  return Response{200, Json{{"tariffs", list}}.dump()};
}

Result post_tariff(const Request& request, const Caller&, store::Unit& unit) {
  http::Fields fields(request.body);
  const Tariff tariff{fields.code("code"), fields.text("name", 80), fields.price("price")};
  if (tariff.price > quantity::Price::of(0xFFFF'FFFF)) fields.refuse("price", "must be at most 429496.7295");
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto added = add_tariff(unit.session, tariff, unit.now_ms);
  if (!added) {
    return std::unexpected(
        Problem{409, "id_reused",
                "There is a tariff of this code with other contents; a new price needs a new code.", "code"});
  }
  return Response{*added == Added::now ? 201 : 200, view(tariff).dump()};
}

Result show_alarms(const Request& request, const Caller& caller, store::Session& session) {
  const std::string* open = request.asked("open");
  if (open != nullptr && *open != "true" && *open != "false") {
    return std::unexpected(Problem{422, "bad_field", "open must be true or false", "open"});
  }
  Json list = Json::array();
  for (const Alarm& alarm : list_alarms(session, open == nullptr || *open == "true", caller.customer)) {
    list.push_back(view(alarm));
  }
  return Response{200, Json{{"alarms", list}}.dump()};
}

std::expected<NewOrder, Problem> order_fields(const Request& request, const std::string& meter,
                                              const std::string& user) {
  http::Fields fields(request.body);
  NewOrder order{fields.uuid("id"),
                 meter,
                 fields.word("verb", {"open", "close", "set_price", "set_low_credit", "refund"}),
                 "",
                 std::nullopt,
                 user};
  if (fields.has("tariff")) order.tariff = fields.code("tariff");
  if (fields.has("amount")) order.amount = fields.money("amount");
  fields.optional_text("tariff");
  fields.optional_text("amount");
  if ((order.verb == "set_price") == order.tariff.empty())
    fields.refuse("tariff", "goes with set_price, and only with it");
  if ((order.verb == "set_low_credit" || order.verb == "refund") != order.amount.has_value()) {
    fields.refuse("amount", "goes with set_low_credit and refund, and only with them");
  }
  if (order.verb == "refund" && order.amount && *order.amount <= quantity::Money{}) {
    fields.refuse("amount", "must be above zero: the most that is to be refunded");
  }
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  return order;
}

}  // namespace

void add_routes(http::Router& router, const Keepers& keepers, const Ports& ports, const OrderRules& rules,
                const SiteName& site) {
  router.add({"GET", "/api/v1/site", Access::tenant,
              http::Read([&site](const Request&, const Caller& caller, store::Session& session) -> Result {
                return Response{200,
                                site_view(session, site, caller.customer, store::system_clock()()).dump()};
              })});
  router.add({"GET", "/api/v1/live", Access::tenant,
              http::Read([](const Request&, const Caller&, store::Session&) -> Result {
                return std::unexpected(
                    Problem{426, "upgrade_required", "This is a WebSocket: ask for an upgrade.", ""});
              })});
  router.add({"GET", "/api/v1/meters", Access::tenant, http::Read(show_meters)});
  router.add({"GET", "/api/v1/meters/{number}", Access::tenant, http::Read(show_meter)});
  router.add({"GET", "/api/v1/meters/{number}/readings", Access::tenant, http::Read(show_readings)});
  router.add({"GET", "/api/v1/meters/{number}/events", Access::tenant, http::Read(show_events)});
  router.add({"GET", "/api/v1/meters/{number}/orders", Access::tenant, http::Read(show_orders)});
  router.add({"GET", "/api/v1/orders/{id}", Access::tenant, http::Read(show_order)});
  router.add({"GET", "/api/v1/tariffs", Access::tenant, http::Read(show_tariffs)});
  router.add({"POST", "/api/v1/tariffs", Access::operators, http::Write(post_tariff)});
  router.add({"GET", "/api/v1/alarms", Access::tenant, http::Read(show_alarms)});
  router.add({"POST", "/api/v1/meters", Access::operators,
              http::Write([&, keepers](const Request& request, const Caller&, store::Unit& unit) -> Result {
                http::Fields fields(request.body);
                const Meter meter = meter_fields(fields, keepers.module);
                if (const auto problem = fields.problem()) return std::unexpected(*problem);
                const auto added = register_meter(unit, meter);
                if (!added) return std::unexpected(problem_of(added.error()));
                unit.after_commit(
                    [&ports, number = meter.number] { ports.changes.changed(Kind::meter, number); });
                return Response{*added ? 201 : 200, meter_view(unit.session, meter.number).dump()};
              })});
  router.add(
      {"POST", "/api/v1/meters/{number}/orders", Access::operators,
       http::Write([&, keepers](const Request& request, const Caller& caller, store::Unit& unit) -> Result {
         const auto order = order_fields(request, request.parameter("number"), caller.user);
         if (!order) return std::unexpected(order.error());
         const auto placed = place_order(unit, keepers.sealer, ports, rules, *order);
         if (!placed) return std::unexpected(problem_of(placed.error()));
         return Response{placed->repeated ? 200 : 202, view(placed->order).dump()};
       })});
}

}  // namespace lk::meters
