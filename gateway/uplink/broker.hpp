// SPDX-License-Identifier: Apache-2.0
// The way to the MQTT broker, as the courier sees it. A test puts another one in its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lk::gateway {

// Told from the broker's own thread.
class BrokerListener {
 public:
  virtual void connected() = 0;
  virtual void disconnected(const std::string& reason) = 0;
  // The broker has the message that `publish` returned this number for.
  virtual void confirmed(int message_number) = 0;
  // A message on the command topic. It counts as delivered when this returns.
  virtual void command(std::string_view payload) = 0;

 protected:
  ~BrokerListener() = default;
};

class Broker {
 public:
  // Hands a message over for QoS 1. Its number, or nothing where it was not taken. A message that was taken
  // is sent again after a lost connection, in its order, until it is confirmed. Callable from any thread.
  virtual std::optional<int> publish(const std::string& topic, const std::string& payload, bool retained) = 0;

 protected:
  ~Broker() = default;
};

}  // namespace lk::gateway
