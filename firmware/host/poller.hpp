// SPDX-License-Identifier: Apache-2.0
// poll(2) with a callback for each descriptor. Callbacks run inside `wait`, one after another, and may watch
// and forget descriptors, their own too. One thread.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <map>

namespace lk::host {

class Poller {
 public:
  using Callback = std::function<void(short ready)>;

  // Calls `callback` with the ready events of `descriptor`: those of `events` (POLLIN, POLLOUT), and POLLERR
  // and POLLHUP. Watching a descriptor again replaces what was said before.
  void watch(int descriptor, short events, Callback callback);
  void forget(int descriptor);
  // Waits until something is ready, but no longer than `longest`, and serves it.
  void wait(std::chrono::nanoseconds longest);

 private:
  struct Watch {
    short events;
    Callback callback;
  };
  std::map<int, Watch> watches_;
};

}  // namespace lk::host
