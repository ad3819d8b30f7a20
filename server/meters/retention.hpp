// SPDX-License-Identifier: Apache-2.0
// What is forgotten after some time: commands and alarms that have ended, and events. What carries value
// stays for ever: purchases, tokens, orders, the ledger, and the events by which a meter gave credit back.
#pragma once

#include <cstdint>

namespace lk::store {
class Session;
}

namespace lk::meters {

// Drops what ended before a time, at most so many rows of each kind; how many were dropped.
std::int64_t drop_old_records(store::Session& session, std::int64_t before, std::int64_t most);

}  // namespace lk::meters
