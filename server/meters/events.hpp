// SPDX-License-Identifier: Apache-2.0
// The events that the meters tell of, each numbered by its meter.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lk::store {
class Session;
}

namespace lk::meters {

struct Event {
  std::int64_t ts = 0;  // the meter's time
  std::int64_t number = 0;
  std::int64_t code = 0;
  std::string name;
  std::int64_t detail = 0;
  std::int64_t value = 0;
};

// Keeps an event; false where the meter's event of this number is there already.
bool keep_event(store::Session& session, const std::string& meter, const Event& event);

// The newest first.
[[nodiscard]] std::vector<Event> list_events(store::Session& session, const std::string& meter,
                                             std::int64_t limit);

[[nodiscard]] nlohmann::ordered_json view(const Event& event);

}  // namespace lk::meters
