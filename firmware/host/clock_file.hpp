// SPDX-License-Identifier: Apache-2.0
// The battery of the meters' clock: a file that keeps the time they have reached, so that a restart never
// sets them back, also where they run faster than the wall clock. What is stored is a time that is not passed
// before the next store; after a crash the clock goes on from there, a few seconds (times speed) ahead. One
// thread.
#pragma once

#include <string>

#include "firmware/host/descriptor.hpp"
#include "quantity/quantity.hpp"

namespace lk::host {

class ClockFile {
 public:
  // Opens or makes the file; throws std::system_error.
  explicit ClockFile(const std::string& path);

  // What was stored last; 1970 where nothing was, or what is there is no time.
  [[nodiscard]] quantity::Instant stored() const;
  void store(quantity::Instant time) const;

 private:
  Descriptor file_;
};

}  // namespace lk::host
