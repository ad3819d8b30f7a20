// SPDX-License-Identifier: Apache-2.0
// What the domains ask of the rest of the server: to send a command to a gateway, and to tell who is
// watching.
#pragma once

#include <cstdint>
#include <string>

namespace lk::meters {

enum class CommandKind { token, order, events };

// Numbers of events, both included.
struct EventRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// A command as docs/formats/mqtt.md sends it.
struct Command {
  std::string id;
  std::string gateway;
  std::string meter;
  CommandKind kind = CommandKind::token;
  std::string content;  // of a token its 20 digits, of an order its sealed bytes in hexadecimal
  std::int64_t expires = 0;
  EventRange events{};  // of events: which
};

class CommandPort {
 public:
  // Sends once, without waiting; what is lost is sent again until its result comes. Any thread.
  virtual void send(const Command& command) = 0;

 protected:
  ~CommandPort() = default;
};

enum class Kind { meter, purchase, order, alarm, site };

class ChangePort {
 public:
  // Something that is now on disk has changed; `key` is its number or id. Any thread.
  virtual void changed(Kind kind, const std::string& key) = 0;

 protected:
  ~ChangePort() = default;
};

struct Ports {
  CommandPort& commands;
  ChangePort& changes;
};

}  // namespace lk::meters
