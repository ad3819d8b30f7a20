// SPDX-License-Identifier: Apache-2.0
// The broker over libmosquitto (MQTT 3.1.1), on a thread of its own that connects again for ever: the
// library's own loop gives up where a name cannot be resolved.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/uplink/broker.hpp"

struct mosquitto;

namespace lk::gateway {

struct BrokerSettings {
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;
  std::string command_topic;
  std::string will_topic;
  std::string will_payload;  // retained
  int in_flight = 64;        // messages on the way at once
  std::string user;          // empty: nobody
  std::string password;
  std::string ca_file;  // TLS where it is set
  std::string cert_file;
  std::string key_file;
};

class MosquittoBroker final : public Broker {
 public:
  // `listener` must outlive `stop`.
  MosquittoBroker(BrokerSettings settings, BrokerListener& listener);
  ~MosquittoBroker();
  MosquittoBroker(const MosquittoBroker&) = delete;
  MosquittoBroker& operator=(const MosquittoBroker&) = delete;

  void start();
  // Publishes the will as the last word and says good-bye, so that the broker does not send it again; joins
  // the thread.
  void stop();
  std::optional<int> publish(const std::string& topic, const std::string& payload, bool retained) override;

 private:
  struct Callbacks;
  void use_tls();
  void run();
  void say_good_bye();
  void wait_before_reconnect();
  void on_connect(int code);

  BrokerSettings settings_;
  BrokerListener& listener_;
  mosquitto* client_ = nullptr;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_ = false;
  std::int64_t backoff_ms_ = 0;
  std::string told_;              // the last failure that was logged
  std::optional<int> last_word_;  // the message of the good-bye, until it is confirmed; the thread's own
};

}  // namespace lk::gateway
