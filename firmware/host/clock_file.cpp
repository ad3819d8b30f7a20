// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/clock_file.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>

namespace lk::host {

namespace {

constexpr std::size_t digits = 15;  // milliseconds until the year 33 000

}  // namespace

ClockFile::ClockFile(const std::string& path)
    : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (!file_.is_open()) throw std::system_error(errno, std::generic_category(), "cannot open " + path);
}

quantity::Instant ClockFile::stored() const {
  std::array<char, digits> text{};
  std::int64_t unix_ms = 0;
  if (pread(file_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) return {};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), unix_ms);
  return parsed.ptr == text.data() + text.size() ? quantity::Instant::of(unix_ms) : quantity::Instant{};
}

void ClockFile::store(quantity::Instant time) const {
  std::array<char, digits + 2> text{};
  std::snprintf(text.data(), text.size(), "%015lld\n", static_cast<long long>(time.unix_ms()));
  // One small write in place; where it fails (full disk) the next second tries again.
  const ssize_t written = pwrite(file_.get(), text.data(), digits + 1, 0);
  (void)written;
}

}  // namespace lk::host
