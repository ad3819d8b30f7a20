// SPDX-License-Identifier: Apache-2.0
// What comes from the gateways, into the database: each message once, with its own time. Unknown meters are
// counted and logged once; damaged messages are counted, logged and dropped.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "server/ingest/messages.hpp"
#include "server/meters/ports.hpp"

namespace lk::store {
class Writer;
struct Unit;
}  // namespace lk::store

namespace lk::ingest {

// Brings one decoded message into the open transaction; false where its meter is not registered.
bool apply(store::Unit& unit, const meters::Ports& ports, const Incoming& incoming);

class Ingest {
 public:
  Ingest(store::Writer& writer, const meters::Ports& ports) : writer_(writer), ports_(ports) {}

  // A message as the broker gave it. Any thread; waits where the database is behind.
  void take(std::string_view topic, std::string_view payload);

  struct Counts {
    std::int64_t taken = 0;
    std::int64_t damaged = 0;
    std::int64_t unknown = 0;  // of meters that are not registered
    std::int64_t failed = 0;   // the database did not take them
  };
  [[nodiscard]] Counts counts() const;

 private:
  void note_unknown(const std::string& meter);

  store::Writer& writer_;
  meters::Ports ports_;
  mutable std::mutex mutex_;
  Counts counts_;
  std::set<std::string> unknown_;
};

}  // namespace lk::ingest
