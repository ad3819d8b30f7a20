// SPDX-License-Identifier: Apache-2.0
#include "server/store/readers.hpp"

namespace lk::store {

Readers::Readers(const std::string& path, int threads) {
  for (int i = 0; i < threads; ++i) {
    sessions_.push_back(std::make_unique<Session>(path));
    sessions_.back()->read_only();
  }
  for (const auto& session : sessions_) {
    threads_.emplace_back([this, &session] { loop(*session); });
  }
}

void Readers::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Readers::submit(Work work) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
  }
  arrived_.notify_one();
}

void Readers::loop(Session& session) {
  while (true) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work(session);
  }
}

}  // namespace lk::store
