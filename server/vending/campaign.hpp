// SPDX-License-Identifier: Apache-2.0
// Bringing many meters from one vending key to another: a new revision, another supply group, another tariff
// index, or a key of the next base date (roll-over). A campaign names the next key of each meter of the old
// one; each gets its key change tokens in front of its next purchase (key_record.hpp), or at once over its
// gateway.
//
//   waiting ──next token, or delivery──► issued ──the meter is known to have the key──► done
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "server/meters/ports.hpp"
#include "server/vending/purchases.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::vending {

class TokenMaker;

// Supply group code and revision: written 201457-1.
struct KeyOf {
  std::string supply_group_code;
  int key_revision_number = 1;

  bool operator==(const KeyOf&) const = default;
};
[[nodiscard]] std::optional<KeyOf> parse_key(std::string_view text);
[[nodiscard]] std::string text_of(const KeyOf& key);

struct NewCampaign {
  std::string id;
  std::string name;
  KeyOf from;
  KeyOf to;
  std::optional<std::int64_t> tariff_index;  // else each meter keeps its own
  std::string user;
};

struct Campaign {
  NewCampaign asked;
  std::int64_t ts = 0;
  std::int64_t waiting = 0;
  std::int64_t issued = 0;
  std::int64_t done = 0;
};

struct CampaignMeter {
  std::string meter;
  std::string name;
  std::string state;  // waiting, issued, done
  bool roll_over = false;
  std::optional<std::int64_t> issued;
  std::optional<std::int64_t> confirmed;
};

// Why a campaign was not begun.
enum class CampaignRefusal {
  id_reused,    // the id belongs to another one
  unknown_key,  // the vault has no such key, or not yet its bits
  same_key,     // from and to are the same, and so is the tariff index
  no_meters,    // no meter has the old key and is free for another
};

struct BegunCampaign {
  Campaign campaign;
  bool repeated = false;
};
// Begins with all meters that have the old key and no next one. The same again gives the first.
[[nodiscard]] std::expected<BegunCampaign, CampaignRefusal> begin_campaign(store::Unit& unit,
                                                                           const TokenMaker& tokens,
                                                                           const NewCampaign& asked);

// Makes and sends the key changes of at most `most` meters that wait; how many that were. Stops at the first
// that the vault refuses, and tells why where that is the first of all.
[[nodiscard]] std::expected<std::int64_t, SaleRefusal> deliver_campaign(
    store::Unit& unit, const TokenMaker& tokens, const meters::Ports& ports, const SaleRules& rules,
    const std::string& campaign, std::int64_t most, const std::string& user);

[[nodiscard]] std::optional<Campaign> find_campaign(store::Session& session, const std::string& id);
// The newest first.
[[nodiscard]] std::vector<Campaign> list_campaigns(store::Session& session);
[[nodiscard]] std::vector<CampaignMeter> campaign_meters(store::Session& session, const std::string& id);
// The same as CSV (RFC 4180), with a head line.
[[nodiscard]] std::string campaign_csv(const Campaign& campaign, const std::vector<CampaignMeter>& meters);

}  // namespace lk::vending
