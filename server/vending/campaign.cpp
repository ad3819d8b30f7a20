// SPDX-License-Identifier: Apache-2.0
#include "server/vending/campaign.hpp"

#include <algorithm>

#include "assert/assert.hpp"
#include "server/customers/password.hpp"
#include "server/store/session.hpp"
#include "server/store/writer.hpp"
#include "server/vending/engineering.hpp"
#include "server/vending/token_maker.hpp"

namespace lk::vending {
namespace {

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool same(const NewCampaign& a, const NewCampaign& b) {
  return a.name == b.name && a.from == b.from && a.to == b.to && a.tariff_index == b.tariff_index;
}

std::vector<Campaign> fetch(store::Session& session, const std::string& rest, store::Values values) {
  std::vector<Campaign> campaigns;
  for (auto& [id, name, from, from_revision, to, to_revision, index, user, ts, waiting, issued, done] :
       session.rows<std::string, std::string, std::string, std::int64_t, std::string, std::int64_t,
                    std::optional<std::int64_t>, std::string, std::int64_t, std::int64_t, std::int64_t,
                    std::int64_t>(
           "select c.id, c.name, c.from_group, c.from_revision, c.to_group, c.to_revision, c.tariff_index, "
           "c.\"user\", c.ts, "
           "(select count(*) from campaign_meter m where m.campaign = c.id and m.key_change is null), "
           "(select count(*) from campaign_meter m join key_change k on k.id = m.key_change "
           "where m.campaign = c.id and k.confirmed is null), "
           "(select count(*) from campaign_meter m join key_change k on k.id = m.key_change "
           "where m.campaign = c.id and k.confirmed is not null) from campaign c " +
               rest,
           std::move(values))) {
    campaigns.push_back({{std::move(id),
                          std::move(name),
                          {std::move(from), static_cast<int>(from_revision)},
                          {std::move(to), static_cast<int>(to_revision)},
                          index,
                          std::move(user)},
                         ts,
                         waiting,
                         issued,
                         done});
  }
  return campaigns;
}

// Names the next key of all meters that take part; how many these are.
std::int64_t enlist(store::Session& session, const NewCampaign& asked) {
  const std::int64_t count = session.run(
      "insert into campaign_meter (campaign, meter) select c.id, m.number from meter m join campaign c on "
      "c.id = ? where m.kind = 'flat' and m.supply_group_code = c.from_group and m.key_revision_number = "
      "c.from_revision and m.next_supply_group_code is null and (c.from_group <> c.to_group or "
      "c.from_revision <> c.to_revision or m.tariff_index <> c.tariff_index)",
      {asked.id});
  session.run(
      "update meter set next_supply_group_code = ?, next_key_revision_number = ?, next_tariff_index = "
      "coalesce((select tariff_index from campaign where id = ?), tariff_index) "
      "where number in (select meter from campaign_meter where campaign = ?)",
      {asked.to.supply_group_code, asked.to.key_revision_number, asked.id, asked.id});
  return count;
}

std::string quoted(const std::string& text) {
  std::string safe = "\"";
  // A table program must not take a name for a formula.
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) safe += '\'';
  for (const char c : text) {
    if (c == '"') safe += '"';
    safe += c;
  }
  return safe + "\"";
}

}  // namespace

std::optional<KeyOf> parse_key(std::string_view text) {
  if (text.size() != 8 || text[6] != '-' || !is_digits(text.substr(0, 6))) return std::nullopt;
  if (text[7] < '1' || text[7] > '9') return std::nullopt;
  return KeyOf{std::string(text.substr(0, 6)), text[7] - '0'};
}

std::string text_of(const KeyOf& key) {
  return key.supply_group_code + "-" + std::to_string(key.key_revision_number);
}

std::expected<BegunCampaign, CampaignRefusal> begin_campaign(store::Unit& unit, const TokenMaker& tokens,
                                                             const NewCampaign& asked) {
  store::Session& session = unit.session;
  if (auto known = find_campaign(session, asked.id)) {
    if (same(known->asked, asked)) return BegunCampaign{std::move(*known), true};
    return std::unexpected(CampaignRefusal::id_reused);
  }
  if (asked.from == asked.to && !asked.tariff_index) return std::unexpected(CampaignRefusal::same_key);
  for (const KeyOf& key : {asked.from, asked.to}) {
    if (!tokens.facts({"", key.supply_group_code, key.key_revision_number, 1})) {
      return std::unexpected(CampaignRefusal::unknown_key);
    }
  }
  session.run(
      "insert into campaign (id, name, from_group, from_revision, to_group, to_revision, tariff_index, ts, "
      "\"user\") values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {asked.id, asked.name, asked.from.supply_group_code, asked.from.key_revision_number,
       asked.to.supply_group_code, asked.to.key_revision_number, asked.tariff_index, unit.now_ms,
       asked.user});
  if (enlist(session, asked) == 0) return std::unexpected(CampaignRefusal::no_meters);
  return BegunCampaign{value_of(find_campaign(session, asked.id)), false};
}

std::expected<std::int64_t, SaleRefusal> deliver_campaign(store::Unit& unit, const TokenMaker& tokens,
                                                          const meters::Ports& ports, const SaleRules& rules,
                                                          const std::string& campaign, std::int64_t most,
                                                          const std::string& user) {
  std::int64_t count = 0;
  for (const auto& [meter] :
       unit.session.rows<std::string>("select meter from campaign_meter where campaign = ? and key_change is "
                                      "null order by meter limit ?",
                                      {campaign, most})) {
    const auto made =
        make_engineering(unit, tokens, ports, rules,
                         {customers::random_uuid(), meter, "key_change", 0, true, user}, Settle::later);
    if (!made && count == 0) return std::unexpected(made.error());
    if (!made) break;
    ++count;
  }
  // All of the vault's audit in one go: this holds up the sales.
  if (const auto settled = tokens.settle(); !settled) return std::unexpected(settled.error());
  return count;
}

std::optional<Campaign> find_campaign(store::Session& session, const std::string& id) {
  auto found = fetch(session, "where c.id = ?", {id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Campaign> list_campaigns(store::Session& session) {
  return fetch(session, "order by c.ts desc, c.id", {});
}

std::vector<CampaignMeter> campaign_meters(store::Session& session, const std::string& id) {
  std::vector<CampaignMeter> meters;
  for (auto& [meter, name, roll_over, issued, confirmed] :
       session.rows<std::string, std::string, bool, std::optional<std::int64_t>, std::optional<std::int64_t>>(
           "select c.meter, m.name, coalesce(k.roll_over, 0), k.ts, k.confirmed from campaign_meter c "
           "join meter m on m.number = c.meter left join key_change k on k.id = c.key_change "
           "where c.campaign = ? order by c.meter",
           {id})) {
    const char* state = !issued ? "waiting" : !confirmed ? "issued" : "done";
    meters.push_back({std::move(meter), std::move(name), state, roll_over, issued, confirmed});
  }
  return meters;
}

std::string campaign_csv(const Campaign& campaign, const std::vector<CampaignMeter>& meters) {
  std::string text = "meter,name,from,to,state,roll_over,issued_ms,confirmed_ms\r\n";
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string{};
  };
  for (const CampaignMeter& meter : meters) {
    text += meter.meter + "," + quoted(meter.name) + "," + text_of(campaign.asked.from) + "," +
            text_of(campaign.asked.to) + "," + meter.state + "," + (meter.roll_over ? "yes" : "no") + "," +
            number(meter.issued) + "," + number(meter.confirmed) + "\r\n";
  }
  return text;
}

}  // namespace lk::vending
