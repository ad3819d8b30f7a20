// SPDX-License-Identifier: Apache-2.0
// The optical port of one meter as other programs reach it, over TCP (one reader at a time) or a
// pseudo-terminal: characters take their time at the rate that meter and reader have agreed on. The eighth
// bit is 0 and no parity is made, because a pseudo-terminal takes none.
#pragma once

#include <chrono>
#include <string>

#include "firmware/host/configuration.hpp"
#include "firmware/host/descriptor.hpp"
#include "firmware/host/poller.hpp"
#include "firmware/host/site.hpp"

namespace lk::host {

class OpticalPort {
 public:
  using Wall = std::chrono::nanoseconds;

  // Opens its socket or pseudo-terminal; throws as `attachment.hpp` says. The rest must outlive it.
  OpticalPort(const Attachment& attachment, VirtualMeter& meter, const Site& site, Poller& poller);
  ~OpticalPort();
  OpticalPort(const OpticalPort&) = delete;
  OpticalPort& operator=(const OpticalPort&) = delete;

  // Hands over what has left the meter until `wall`.
  void advance(Wall wall);
  // When characters leave next; far in the future where none do.
  [[nodiscard]] Wall next() const;

 private:
  void accept_reader();
  void watch();
  void read_reader();
  void send(std::string_view characters);

  VirtualMeter& meter_;
  const Site& site_;
  Poller& poller_;
  std::string link_;  // of the pseudo-terminal
  Descriptor listener_;
  Descriptor reader_;
  bool is_watched_ = false;
  std::string leaving_;  // said by the meter, and not gone yet
  Wall left_at_{};
};

}  // namespace lk::host
