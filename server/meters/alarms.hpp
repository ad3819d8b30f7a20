// SPDX-License-Identifier: Apache-2.0
// What an operator must know of, from its beginning to its end. One alarm of a kind is open for a meter or
// gateway at a time.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::meters {

enum class AlarmKind {
  low_credit,
  no_credit,
  relay_fault,
  storage_fault,
  unreachable,
  shadow_difference,
  gateway_offline,
  lost_events,
};
[[nodiscard]] std::string_view name_of(AlarmKind kind);

// Of what an alarm is; one of the two is set.
struct AlarmPlace {
  std::string meter;
  std::string gateway;
};

struct Alarm {
  std::int64_t id = 0;
  std::string kind;
  AlarmPlace place;
  std::string detail;
  std::int64_t ts = 0;
  std::optional<std::int64_t> ended;
};

// Opens the alarm where it is `on` and not yet open, ends it where it is off and open; the number of the
// alarm that changed, or nothing. An open alarm takes a new detail over silently.
std::optional<std::int64_t> set_alarm(store::Session& session, AlarmKind kind, const AlarmPlace& place,
                                      bool on, const std::string& detail, std::int64_t ts);

// Ends the alarms that only tell of something past (lost events) and have stood since before a time.
void end_old_notes(store::Session& session, std::int64_t before, std::int64_t now_ms);

[[nodiscard]] std::optional<Alarm> find_alarm(store::Session& session, std::int64_t id);
// The newest first; of one customer's meters where `customer` is not empty.
[[nodiscard]] std::vector<Alarm> list_alarms(store::Session& session, bool only_open,
                                             const std::string& customer);

[[nodiscard]] nlohmann::ordered_json view(const Alarm& alarm);

}  // namespace lk::meters
