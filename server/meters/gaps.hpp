// SPDX-License-Identifier: Apache-2.0
// Gaps in the numbers of a meter's events. Each is asked once of the gateway, which keeps the last events;
// what the gateway does not have either is lost, and an alarm tells how many that are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/meters/events.hpp"
#include "server/meters/ports.hpp"
#include "server/meters/reading.hpp"

namespace lk::store {
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::meters {

// The gateway's own note that events were overwritten in the meter before it could read them.
inline constexpr std::int64_t lost_events_code = 0;

// Keeps an event and asks for the numbers that it skipped; false where the event is there already.
bool take_event(store::Unit& unit, const Ports& ports, const std::string& meter, const Event& event);

// Asks for events that the newest reading's count tells of and that have not come for some time: so a last
// event that went missing is found too.
void ask_for_late_events(store::Unit& unit, const Ports& ports, const std::string& meter,
                         const Reading& reading);

// The end of a gap's command: `had` events were sent again, or nothing where the gateway could not tell.
// Events that went missing once more are asked for again, a few times.
void end_gap(store::Unit& unit, const Ports& ports, const std::string& command,
             std::optional<std::int64_t> had);

// How many events of a meter nobody has any more.
[[nodiscard]] std::int64_t lost_events(store::Session& session, const std::string& meter);

}  // namespace lk::meters
