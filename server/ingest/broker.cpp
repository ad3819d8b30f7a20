// SPDX-License-Identifier: Apache-2.0
#include "server/ingest/broker.hpp"

#include <mosquitto.h>
#include <spdlog/spdlog.h>

#include "server/ingest/messages.hpp"

namespace lk::ingest {
namespace {
constexpr int qos = 1;
constexpr int keepalive_s = 20;
}  // namespace

Broker::Broker(BrokerAddress address, std::string site, Message message, Connected connected)
    : address_(std::move(address)),
      site_(std::move(site)),
      message_(std::move(message)),
      on_connected_(std::move(connected)) {}

Broker::~Broker() {
  stop();
  if (client_ == nullptr) return;
  mosquitto_destroy(client_);
  mosquitto_lib_cleanup();
}

void Broker::start() {
  mosquitto_lib_init();
  const std::string id = "latchkey-server-" + site_;
  // Not a clean session: the broker keeps what comes while we are away.
  client_ = mosquitto_new(id.c_str(), false, this);
  if (client_ == nullptr) throw std::runtime_error("no memory for the MQTT client");
  mosquitto_connect_callback_set(client_, on_connect);
  mosquitto_disconnect_callback_set(client_, on_disconnect);
  mosquitto_message_callback_set(client_, on_message);
  mosquitto_reconnect_delay_set(client_, 1, 10, true);
  if (!address_.user.empty())
    mosquitto_username_pw_set(client_, address_.user.c_str(), address_.password.c_str());
  if (!address_.ca_file.empty()) {
    const auto or_null = [](const std::string& file) { return file.empty() ? nullptr : file.c_str(); };
    const int set = mosquitto_tls_set(client_, address_.ca_file.c_str(), nullptr, or_null(address_.cert_file),
                                      or_null(address_.key_file), nullptr);
    if (set != MOSQ_ERR_SUCCESS) {
      throw std::runtime_error("mqtt.ca_file, cert_file or key_file: " +
                               std::string(mosquitto_strerror(set)) + "; name files that can be read");
    }
  }
  const int code = mosquitto_connect_async(client_, address_.host.c_str(), address_.port, keepalive_s);
  if (code != MOSQ_ERR_SUCCESS) {
    spdlog::warn("broker {}:{} does not answer yet: {}", address_.host, address_.port,
                 mosquitto_strerror(code));
  }
  mosquitto_loop_start(client_);
  running_ = true;
}

void Broker::stop() {
  if (!running_) return;
  running_ = false;
  mosquitto_disconnect(client_);
  mosquitto_loop_stop(client_, true);
  connected_ = false;
}

void Broker::send(const meters::Command& command) {
  if (!connected_) return;
  const std::string topic = "latchkey/v1/" + site_ + "/" + command.gateway + "/command";
  const std::string payload = encode(command);
  const int code = mosquitto_publish(client_, nullptr, topic.c_str(), static_cast<int>(payload.size()),
                                     payload.data(), qos, false);
  if (code != MOSQ_ERR_SUCCESS) {
    spdlog::warn("command {} waits for the broker: {}", command.id, mosquitto_strerror(code));
  }
}

void Broker::on_connect(mosquitto* client, void* self, int code) {
  auto& broker = *static_cast<Broker*>(self);
  if (code != 0) {
    spdlog::error("broker {}:{} refuses us: {}", broker.address_.host, broker.address_.port,
                  mosquitto_connack_string(code));
    return;
  }
  const std::string base = "latchkey/v1/" + broker.site_ + "/+/";
  for (const char* end : {"status", "meter/+/reading", "meter/+/event", "meter/+/link", "result"}) {
    mosquitto_subscribe(client, nullptr, (base + end).c_str(), qos);
  }
  spdlog::info("broker {}:{} connected", broker.address_.host, broker.address_.port);
  broker.connected_ = true;
  broker.on_connected_();
}

void Broker::on_disconnect(mosquitto*, void* self, int code) {
  auto& broker = *static_cast<Broker*>(self);
  broker.connected_ = false;
  if (code != 0) spdlog::warn("broker is gone: {}; trying again", mosquitto_strerror(code));
}

void Broker::on_message(mosquitto*, void* self, const mosquitto_message* message) {
  const auto& broker = *static_cast<Broker*>(self);
  broker.message_(message->topic, {static_cast<const char*>(message->payload),
                                   static_cast<std::size_t>(message->payloadlen)});
}

}  // namespace lk::ingest
