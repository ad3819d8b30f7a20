// SPDX-License-Identifier: Apache-2.0
// The work that comes by the clock: live messages, commands again, revenue, expiry, thinning out.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "server/meters/ports.hpp"

namespace lk::http {
class Listener;
}
namespace lk::store {
class Readers;
class Writer;
struct Unit;
}  // namespace lk::store

namespace lk::app {

class Live;

class Chores {
 public:
  struct Parts {
    store::Writer& writer;
    store::Readers& readers;
    Live& live;
    http::Listener& listener;
    meters::Ports ports;
    std::int64_t keep_readings_ms;
    std::int64_t keep_records_ms;
  };
  explicit Chores(Parts parts) : parts_(parts) {}
  ~Chores() { stop(); }
  Chores(const Chores&) = delete;
  Chores& operator=(const Chores&) = delete;

  void start();
  void stop();

 private:
  void loop();
  void send_live();
  void send_commands_again();
  void write(const char* what, void (Chores::*chore)(store::Unit&));
  void tidy(store::Unit& unit);
  void book(store::Unit& unit);

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace lk::app
