// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "server/http/fields.hpp"
#include "server/http/router.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vault/security_module.hpp"
#include "server/vending/campaign.hpp"
#include "server/vending/problems.hpp"
#include "server/vending/routes.hpp"

namespace lk::vending {
namespace {

using http::Access;
using http::Caller;
using http::Problem;
using http::Request;
using http::Response;
using http::Result;
using Json = nlohmann::ordered_json;

Problem problem_of(CampaignRefusal refusal) {
  switch (refusal) {
    case CampaignRefusal::id_reused:
      return {409, "id_reused", "This id belongs to another campaign; make a new id.", "id"};
    case CampaignRefusal::unknown_key:
      return {422, "foreign_keys", "The vault has no such key group; add it and load its key first.", "to"};
    case CampaignRefusal::same_key:
      return {422, "same_key", "From and to are the same key; name another one, or a tariff index.", "to"};
    case CampaignRefusal::no_meters:
      return {422, "no_meters", "No meter has the old key, or all that have it are in a campaign already.",
              "from"};
  }
  return {500, "internal", "", ""};
}

Problem unknown_campaign() {
  return {404, "unknown_campaign", "There is no campaign of this id.", "id"};
}

Json or_null(const std::optional<std::int64_t>& value) {
  return value ? Json(*value) : Json();
}

Json view(const Campaign& campaign) {
  return {{"id", campaign.asked.id},
          {"name", campaign.asked.name},
          {"from", text_of(campaign.asked.from)},
          {"to", text_of(campaign.asked.to)},
          {"tariff_index", or_null(campaign.asked.tariff_index)},
          {"ts", campaign.ts},
          {"user", campaign.asked.user},
          {"waiting", campaign.waiting},
          {"issued", campaign.issued},
          {"done", campaign.done}};
}

// The last time for which a token can be made under the group's key.
std::int64_t tokens_until(const vault::KeyGroup& group) {
  const std::uint32_t last = (std::uint32_t{group.key_expiry_number} << 16U) | 0xFFFFU;
  return sts::instant_of(group.base_date, last).unix_ms();
}

Result show_groups(const Counter& counter, store::Session& session) {
  Json list = Json::array();
  for (const vault::KeyGroup& group : counter.module.groups()) {
    const std::string name = vault::text(group.name);
    const auto count = [&](const char* sql) {
      return session.one<std::int64_t>(sql, {name.substr(0, 6), group.name.key_revision_number});
    };
    Json json{{"group", name},
              {"key", name.substr(0, 8)},
              {"loaded", group.check_value.has_value()},
              {"base_date", sts::year_of(group.base_date)},
              {"key_expiry_number", group.key_expiry_number},
              {"tokens_until", tokens_until(group)},
              {"active", group.active_unix_s * 1000}};
    json["expires"] = group.expires_unix_s == vault::never ? Json() : Json(group.expires_unix_s * 1000);
    const bool is_unique = group.name.key_type == sts::KeyType::unique;
    json["meters"] =
        is_unique
            ? count("select count(*) from meter where supply_group_code = ? and key_revision_number = ?")
            : 0;
    json["coming"] = is_unique ? count(
                                     "select count(*) from meter where next_supply_group_code = ? and "
                                     "next_key_revision_number = ?")
                               : 0;
    list.push_back(std::move(json));
  }
  return Response{200, Json{{"groups", list}}.dump()};
}

Result show_campaigns(const Request&, const Caller&, store::Session& session) {
  Json list = Json::array();
  for (const Campaign& campaign : list_campaigns(session)) list.push_back(view(campaign));
  return Response{200, Json{{"campaigns", list}}.dump()};
}

Result show_campaign(const Request& request, const Caller&, store::Session& session) {
  const auto campaign = find_campaign(session, request.parameter("id"));
  if (!campaign) return std::unexpected(unknown_campaign());
  return Response{200, view(*campaign).dump()};
}

Result show_meters(const Request& request, const Caller&, store::Session& session) {
  const auto campaign = find_campaign(session, request.parameter("id"));
  if (!campaign) return std::unexpected(unknown_campaign());
  const auto meters = campaign_meters(session, campaign->asked.id);
  const std::string* format = request.asked("format");
  if (format != nullptr && *format == "csv") {
    return Response{
        200,
        campaign_csv(*campaign, meters),
        "text/csv; charset=utf-8",
        {{"Content-Disposition", "attachment; filename=\"campaign-" + campaign->asked.id + ".csv\""}}};
  }
  if (format != nullptr && *format != "json") {
    return std::unexpected(Problem{422, "bad_field", "format must be json or csv", "format"});
  }
  Json list = Json::array();
  for (const CampaignMeter& meter : meters) {
    list.push_back({{"meter", meter.meter},
                    {"name", meter.name},
                    {"state", meter.state},
                    {"roll_over", meter.roll_over},
                    {"issued", or_null(meter.issued)},
                    {"confirmed", or_null(meter.confirmed)}});
  }
  return Response{200, Json{{"meters", list}}.dump()};
}

KeyOf key_field(http::Fields& fields, std::string_view name) {
  const auto key = parse_key(fields.text(name, 8));
  if (!key) fields.refuse(name, "must be supply group code and revision, like 201457-2");
  return key.value_or(KeyOf{});
}

Result post_campaign(const Counter& counter, const Request& request, const Caller& caller,
                     store::Unit& unit) {
  http::Fields fields(request.body);
  const NewCampaign asked{fields.uuid("id"),
                          fields.text("name", 80),
                          key_field(fields, "from"),
                          key_field(fields, "to"),
                          fields.optional_integer("tariff_index", 0, 99),
                          caller.user};
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto begun = begin_campaign(unit, counter.tokens, asked);
  if (!begun) return std::unexpected(problem_of(begun.error()));
  return Response{begun->repeated ? 200 : 201, view(begun->campaign).dump()};
}

Result post_delivery(const Counter& counter, const Request& request, const Caller& caller,
                     store::Unit& unit) {
  http::Fields fields(request.body);
  constexpr std::int64_t most_at_once = 200;
  const auto most = fields.optional_integer("most", 1, most_at_once).value_or(most_at_once);
  if (const auto problem = fields.problem()) return std::unexpected(*problem);
  const auto campaign = find_campaign(unit.session, request.parameter("id"));
  if (!campaign) return std::unexpected(unknown_campaign());
  const auto sent = deliver_campaign(unit, counter.tokens, counter.ports, counter.rules, campaign->asked.id,
                                     most, caller.user);
  if (!sent) return std::unexpected(problem_of(sent.error(), counter.rules));
  Json json = view(value_of(find_campaign(unit.session, campaign->asked.id)));
  json["sent"] = *sent;
  return Response{200, json.dump()};
}

}  // namespace

void add_campaign_routes(http::Router& router, const Counter& counter) {
  router.add({"GET", "/api/v1/key-groups", Access::engineers,
              http::Read([counter](const Request&, const Caller&, store::Session& session) {
                return show_groups(counter, session);
              })});
  router.add({"GET", "/api/v1/campaigns", Access::engineers, http::Read(show_campaigns)});
  router.add({"POST", "/api/v1/campaigns", Access::operators,
              http::Write([counter](const Request& request, const Caller& caller, store::Unit& unit) {
                return post_campaign(counter, request, caller, unit);
              })});
  router.add({"GET", "/api/v1/campaigns/{id}", Access::engineers, http::Read(show_campaign)});
  router.add({"GET", "/api/v1/campaigns/{id}/meters", Access::engineers, http::Read(show_meters)});
  router.add({"POST", "/api/v1/campaigns/{id}/delivery", Access::operators,
              http::Write([counter](const Request& request, const Caller& caller, store::Unit& unit) {
                return post_delivery(counter, request, caller, unit);
              })});
}

}  // namespace lk::vending
