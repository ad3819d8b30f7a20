// SPDX-License-Identifier: Apache-2.0
#include "gateway/uplink/mosquitto_broker.hpp"

#include <mosquitto.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace lk::gateway {
namespace {

constexpr int keep_alive_s = 20;
constexpr auto good_bye_time = std::chrono::seconds{5};
constexpr int loop_ms = 100;
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
  static void publish(mosquitto*, void* self, int number) {
    if (of(self).last_word_ == number) of(self).last_word_.reset();
    of(self).listener_.confirmed(number);
  }
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
  if (!settings_.user.empty()) {
    mosquitto_username_pw_set(client_, settings_.user.c_str(), settings_.password.c_str());
  }
  if (!settings_.ca_file.empty()) use_tls();
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

void MosquittoBroker::use_tls() {
  const auto or_null = [](const std::string& file) { return file.empty() ? nullptr : file.c_str(); };
  const int code = mosquitto_tls_set(client_, settings_.ca_file.c_str(), nullptr,
                                     or_null(settings_.cert_file), or_null(settings_.key_file), nullptr);
  if (code == MOSQ_ERR_SUCCESS) return;
  mosquitto_destroy(client_);
  throw std::runtime_error{std::string{"mqtt.ca_file, cert_file or key_file: "} + mosquitto_strerror(code)};
}

void MosquittoBroker::start() {
  thread_ = std::thread{[this] { run(); }};
}

void MosquittoBroker::stop() {
  if (!thread_.joinable()) return;
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
  if (code == MOSQ_ERR_SUCCESS) say_good_bye();
}

// The will itself is the last word, confirmed before the connection ends: what is still on its way cannot
// hold it back. The DISCONNECT is then written with nothing read in between, for from the moment it is asked
// for the library takes a confirmation that comes in for a breach of protocol, closes the connection, and the
// broker would send the will.
void MosquittoBroker::say_good_bye() {
  const auto patience = std::chrono::steady_clock::now() + good_bye_time;
  last_word_ = publish(settings_.will_topic, settings_.will_payload, true);
  while (last_word_ && std::chrono::steady_clock::now() < patience) {
    if (mosquitto_loop(client_, loop_ms, 1) != MOSQ_ERR_SUCCESS) return;
  }
  mosquitto_disconnect(client_);
  while (mosquitto_socket(client_) >= 0 && std::chrono::steady_clock::now() < patience) {
    pollfd socket{mosquitto_socket(client_), POLLOUT, 0};
    (void)poll(&socket, 1, loop_ms);
    if (mosquitto_loop_write(client_, 1) != MOSQ_ERR_SUCCESS) return;
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
