// SPDX-License-Identifier: Apache-2.0
// The commands that are on their way to the gateways. A command is on disk before it is sent and stays open
// until its result comes, through restarts of everybody: gateway and meter both make a repeat harmless.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/meters/ports.hpp"

namespace lk::store {
class Batch;
class Session;
struct Unit;
}  // namespace lk::store

namespace lk::meters {

// What a command serves; one of the three is set, or none: then it fills a gap of events (gaps.hpp).
struct Purpose {
  std::string purchase;
  std::string order;
  std::string engineering = {};  // a token that carries no credit
};

// A command that has ended.
struct Ended {
  Purpose purpose;
  std::string content;  // what was sent
  std::string gateway;  // of the meter
  std::int64_t expires = 0;
  bool was_open = false;  // false: it had ended before, and this is a late word about it
};

// Keeps the command and sends it when it is on disk.
void begin_command(store::Unit& unit, const Ports& ports, const Command& command, const Purpose& purpose);
// The same for many, which are there when the batch has been sent.
struct Begun {
  Command command;
  Purpose purpose;
};
void begin_commands(store::Unit& unit, store::Batch& batch, const Ports& ports,
                    const std::vector<Begun>& begun);

// The open commands, oldest first; of one gateway where it is not empty; begun at or before `until_ms`.
[[nodiscard]] std::vector<Command> open_commands(store::Session& session, const std::string& gateway,
                                                 std::int64_t until_ms);
// Whether a purchase, or an engineering token, has a command under way; how many it ever had.
[[nodiscard]] bool has_open_command(store::Session& session, const std::string& id);
[[nodiscard]] std::int64_t count_commands(store::Session& session, const std::string& id);

// Who says that a command has ended.
struct Teller {
  std::string meter;
  std::string gateway;  // empty: the server itself, whose patience is at an end
};

// Ends a command; what it was for, or nothing where it is not known or not of a meter of that gateway. A late
// result of an ended command is told too.
std::optional<Ended> end_command(store::Session& session, const std::string& id, const Teller& teller,
                                 std::int64_t now_ms);

}  // namespace lk::meters
