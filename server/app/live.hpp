// SPDX-License-Identifier: Apache-2.0
// Tells the WebSockets of what changes. Changes are gathered and sent a few times a second; a meter at most
// once a second, always as it is then.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "server/meters/meters.hpp"
#include "server/meters/ports.hpp"

namespace lk::http {
class Listener;
}
namespace lk::store {
class Session;
}

namespace lk::app {

class Live final : public meters::ChangePort {
 public:
  explicit Live(meters::SiteName site) : site_(std::move(site)) {}

  void changed(meters::Kind kind, const std::string& key) override;

  // Sends what has changed; called a few times a second on a reading thread.
  void send(store::Session& session, http::Listener& listener, std::int64_t now_ms);

 private:
  using Changes = std::set<std::pair<meters::Kind, std::string>>;
  Changes take(std::int64_t now_ms);

  meters::SiteName site_;
  std::mutex mutex_;
  Changes waiting_;
  std::map<std::string, std::int64_t> sent_ms_;
};

}  // namespace lk::app
