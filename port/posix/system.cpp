// SPDX-License-Identifier: Apache-2.0
#include "port/posix/system.hpp"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "assert/assert.hpp"

namespace lk::posix {

quantity::Instant now() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return quantity::Instant::of(std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count());
}

void fill_random(std::span<std::byte> to) {
  while (!to.empty()) {
    const ssize_t got = ::getrandom(to.data(), to.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    ensure(got > 0);
    to = to.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace lk::posix
