// SPDX-License-Identifier: Apache-2.0
#include "server/app/live.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "server/http/listener.hpp"
#include "server/meters/alarms.hpp"
#include "server/meters/orders.hpp"
#include "server/store/session.hpp"
#include "server/vending/purchases.hpp"

namespace lk::app {
namespace {

using Json = nlohmann::ordered_json;
using meters::Kind;

constexpr std::int64_t meter_pause_ms = 950;

struct Message {
  std::string type;
  Json data;
  std::string meter;  // whose customer may see it; empty: operators only
};

Message message_of(store::Session& session, Kind kind, const std::string& key) {
  switch (kind) {
    case Kind::meter:
      return {"meter", meters::meter_view(session, key), key};
    case Kind::purchase:
      if (const auto purchase = vending::find_purchase(session, key)) {
        return {"purchase", view(*purchase), purchase->asked.meter};
      }
      return {};
    case Kind::order:
      if (const auto order = meters::find_order(session, key))
        return {"order", view(*order), order->asked.meter};
      return {};
    case Kind::alarm: {
      std::int64_t id = 0;
      std::from_chars(key.data(), key.data() + key.size(), id);
      if (const auto alarm = meters::find_alarm(session, id))
        return {"alarm", view(*alarm), alarm->place.meter};
      return {};
    }
    case Kind::site:
      return {};
  }
  return {};
}

}  // namespace

void Live::changed(Kind kind, const std::string& key) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(kind, key);
  waiting_.emplace(Kind::site, "");
}

Live::Changes Live::take(std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Changes ready;
  for (auto change = waiting_.begin(); change != waiting_.end();) {
    const bool paced = change->first == Kind::meter || change->first == Kind::site;
    std::int64_t& sent = paced ? sent_ms_[change->second] : sent_ms_["!"];
    if (paced && now_ms >= sent && now_ms - sent < meter_pause_ms) {
      ++change;
      continue;
    }
    sent = now_ms;
    ready.insert(*change);
    change = waiting_.erase(change);
  }
  return ready;
}

void Live::send(store::Session& session, http::Listener& listener, std::int64_t now_ms) {
  const Changes changes = take(now_ms);
  if (!listener.has_sockets()) return;
  for (const auto& [kind, key] : changes) {
    if (kind == Kind::site) {
      const Json site = meters::site_view(session, site_, "", now_ms);
      listener.broadcast(Json{{"type", "site"}, {"data", site}}.dump(),
                         [](const http::Caller& caller) { return caller.is_operator; });
      continue;
    }
    const Message message = message_of(session, kind, key);
    if (message.data.is_null()) continue;
    const auto meter = meters::find_meter(session, message.meter);
    const std::string customer = meter ? meter->customer : "";
    listener.broadcast(Json{{"type", message.type}, {"data", message.data}}.dump(),
                       [customer](const http::Caller& caller) {
                         return caller.is_operator || (!customer.empty() && caller.customer == customer);
                       });
  }
}

}  // namespace lk::app
