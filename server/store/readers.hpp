// SPDX-License-Identifier: Apache-2.0
// A few threads that read, each with its own session: a long list never holds up a sale.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/store/session.hpp"

namespace lk::store {

class Readers {
 public:
  using Work = std::function<void(Session&)>;

  Readers(const std::string& path, int threads);
  ~Readers() { stop(); }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  // `work` must not throw. Not after `stop`.
  void submit(Work work);
  // Finishes what is waiting, and ends the threads.
  void stop();

 private:
  void loop(Session& session);

  std::vector<std::unique_ptr<Session>> sessions_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Work> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace lk::store
