// SPDX-License-Identifier: Apache-2.0
// The link to the MQTT broker (libmosquitto, a thread of its own). It connects, and connects again, by
// itself; what the gateways send while this server is away waits at the broker.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/meters/ports.hpp"

struct mosquitto;
struct mosquitto_message;

namespace lk::ingest {

struct BrokerAddress {
  std::string host;
  std::uint16_t port = 1883;
  std::string user;
  std::string password;
  // TLS, where there is a file of the authorities that are trusted; a certificate of our own where the
  // broker wants one.
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
};

class Broker final : public meters::CommandPort {
 public:
  // On the broker's thread: a message of a topic below this site, and each new connection.
  using Message = std::function<void(std::string_view topic, std::string_view payload)>;
  using Connected = std::function<void()>;

  Broker(BrokerAddress address, std::string site, Message message, Connected connected);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Begins to connect.
  void start();
  // Ends the link and its thread; no callback comes afterwards.
  void stop();
  void send(const meters::Command& command) override;
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  static void on_connect(mosquitto* client, void* self, int code);
  static void on_disconnect(mosquitto* client, void* self, int code);
  static void on_message(mosquitto* client, void* self, const mosquitto_message* message);

  BrokerAddress address_;
  std::string site_;
  Message message_;
  Connected on_connected_;
  mosquitto* client_ = nullptr;
  std::atomic<bool> connected_ = false;
  bool running_ = false;
};

}  // namespace lk::ingest
