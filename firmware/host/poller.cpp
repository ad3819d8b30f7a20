// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/poller.hpp"

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

namespace lk::host {

void Poller::watch(int descriptor, short events, Callback callback) {
  watches_.insert_or_assign(descriptor, Watch{events, std::move(callback)});
}

void Poller::forget(int descriptor) {
  watches_.erase(descriptor);
}

void Poller::wait(std::chrono::nanoseconds longest) {
  std::vector<pollfd> polled;
  polled.reserve(watches_.size());
  for (const auto& [descriptor, watch] : watches_) polled.push_back({descriptor, watch.events, 0});
  longest = std::max(longest, std::chrono::nanoseconds::zero());
  const auto whole_seconds = std::chrono::duration_cast<std::chrono::seconds>(longest);
  const timespec timeout{whole_seconds.count(), (longest - whole_seconds).count()};
  if (ppoll(polled.data(), polled.size(), &timeout, nullptr) <= 0) return;
  for (const pollfd& entry : polled) {
    if (entry.revents == 0) continue;
    const auto watch = watches_.find(entry.fd);
    if (watch == watches_.end()) continue;             // forgotten by an earlier callback
    const Callback callback = watch->second.callback;  // a copy: it may forget itself
    callback(entry.revents);
  }
}

}  // namespace lk::host
