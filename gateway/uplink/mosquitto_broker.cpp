// SPDX-License-Identifier: Apache-2.0
#include "gateway/uplink/mosquitto_broker.hpp"

#include <mosquitto.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace lk::gateway {
namespace {

constexpr int keep_alive_s = 20;
constexpr auto good_bye_time = std::chrono::seconds{5};
constexpr int loop_ms = 500;
constexpr int qos = 1;
constexpr std::int64_t first_backoff_ms = 250;
constexpr std::int64_t last_backoff_ms = 5000;

}  // namespace

struct MosquittoBroker::Callbacks {
  static MosquittoBroker& of(void* self) { return *static_cast<MosquittoBroker*>(self); }
  static void connect(mosquitto*, void* self, int code) { of(self).on_connect(code); }
  static void disconnect(mosquitto*, void* self, int code) {
    of(self).listener_.disconnected(code == 0 ? "said good-bye" : mosquitto_strerror(code));
  }
  static void publish(mosquitto*, void* self, int number) { of(self).listener_.confirmed(number); }
  static void message(mosquitto*, void* self, const mosquitto_message* message) {
    of(self).listener_.command(
        {static_cast<const char*>(message->payload), static_cast<std::size_t>(message->payloadlen)});
  }
};

MosquittoBroker::MosquittoBroker(BrokerSettings settings, BrokerListener& listener)
    : settings_(std::move(settings)), listener_(listener) {
  mosquitto_lib_init();
  // A session that stays: the broker keeps commands for a gateway that is away.
  client_ = mosquitto_new(settings_.client_id.c_str(), false, this);
  if (client_ == nullptr) throw std::runtime_error{"libmosquitto has no memory for a client"};
  mosquitto_threaded_set(client_, true);
  mosquitto_max_inflight_messages_set(client_, static_cast<unsigned>(settings_.in_flight));
  mosquitto_will_set(client_, settings_.will_topic.c_str(), static_cast<int>(settings_.will_payload.size()),
                     settings_.will_payload.data(), qos, true);
  mosquitto_connect_callback_set(client_, &Callbacks::connect);
  mosquitto_disconnect_callback_set(client_, &Callbacks::disconnect);
  mosquitto_publish_callback_set(client_, &Callbacks::publish);
  mosquitto_message_callback_set(client_, &Callbacks::message);
}

MosquittoBroker::~MosquittoBroker() {
  stop();
  mosquitto_destroy(client_);
  mosquitto_lib_cleanup();
}

void MosquittoBroker::start() {
  thread_ = std::thread{[this] { run(); }};
}

void MosquittoBroker::stop() {
  if (!thread_.joinable()) return;
  mosquitto_disconnect(client_);
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void MosquittoBroker::on_connect(int code) {
  if (code != 0) {
    const std::string why = mosquitto_connack_string(code);
    if (told_ != why) spdlog::error("broker {}:{} refuses: {}", settings_.host, settings_.port, why);
    told_ = why;
    return;
  }
  backoff_ms_ = 0;
  told_.clear();
  mosquitto_subscribe(client_, nullptr, settings_.command_topic.c_str(), qos);
  listener_.connected();
}

void MosquittoBroker::wait_before_reconnect() {
  backoff_ms_ = std::clamp(backoff_ms_ * 2, first_backoff_ms, last_backoff_ms);
  std::unique_lock lock{mutex_};
  wake_.wait_for(lock, std::chrono::milliseconds{backoff_ms_}, [this] { return stopping_.load(); });
}

void MosquittoBroker::run() {
  int code = mosquitto_connect(client_, settings_.host.c_str(), settings_.port, keep_alive_s);
  while (!stopping_) {
    if (code == MOSQ_ERR_SUCCESS) {
      code = mosquitto_loop(client_, loop_ms, 1);
      continue;
    }
    const std::string why = code == MOSQ_ERR_ERRNO ? "cannot be reached" : mosquitto_strerror(code);
    if (told_ != why)
      spdlog::warn("broker {}:{}: {}; readings wait on disk", settings_.host, settings_.port, why);
    told_ = why;
    wait_before_reconnect();
    if (!stopping_) code = mosquitto_reconnect(client_);
  }
  // The good-bye goes out with the loop as well, and the broker closes the connection then; without it the
  // will would follow the last status.
  const auto patience = std::chrono::steady_clock::now() + good_bye_time;
  while (code == MOSQ_ERR_SUCCESS && std::chrono::steady_clock::now() < patience) {
    code = mosquitto_loop(client_, loop_ms, 1);
  }
}

std::optional<int> MosquittoBroker::publish(const std::string& topic, const std::string& payload,
                                            bool retained) {
  int number = 0;
  const int code = mosquitto_publish(client_, &number, topic.c_str(), static_cast<int>(payload.size()),
                                     payload.data(), qos, retained);
  // Without a connection the library has the message all the same, and sends it with the next one.
  if (code == MOSQ_ERR_SUCCESS || code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST) return number;
  spdlog::error("broker: a message to {} was not taken: {}", topic, mosquitto_strerror(code));
  return std::nullopt;
}

}  // namespace lk::gateway
