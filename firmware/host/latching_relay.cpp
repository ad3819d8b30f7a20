// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/latching_relay.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

namespace lk::host {

LatchingRelay::LatchingRelay(const std::string& path)
    : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (!file_.is_open()) throw std::system_error(errno, std::generic_category(), "cannot open " + path);
  char position = 0;
  if (pread(file_.get(), &position, 1, 0) == 1 && position == 'C') contact_ = port::Contact::closed;
}

void LatchingRelay::move_to(port::Contact contact) {
  contact_ = contact;
  const char position = contact == port::Contact::closed ? 'C' : 'O';
  // A write that fails (full disk) only means that after a restart the meter finds the contact elsewhere and
  // pulses.
  const ssize_t written = pwrite(file_.get(), &position, 1, 0);
  (void)written;
}

}  // namespace lk::host
