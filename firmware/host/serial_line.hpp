// SPDX-License-Identifier: Apache-2.0
// One RS485 line of the building as other programs reach it: through a TCP serial line (several at once, all
// on the same two wires) or a pseudo-terminal. Bytes go in and come out at the speed of the line; a program
// that does not read loses what its operating system has no room for, as on a real port.
#pragma once

#include <map>
#include <string>

#include "firmware/host/configuration.hpp"
#include "firmware/host/descriptor.hpp"
#include "firmware/host/poller.hpp"
#include "sim/line/line.hpp"

namespace lk::host {

class SerialLine {
 public:
  // Opens its socket or pseudo-terminal; throws as `attachment.hpp` says. `poller` and `meters` must outlive
  // it.
  SerialLine(const LineSettings& settings, std::uint64_t seed, sim::Slaves& meters, Poller& poller);
  ~SerialLine();
  SerialLine(const SerialLine&) = delete;
  SerialLine& operator=(const SerialLine&) = delete;

  // Lets the line happen until `now` and hands over what was heard.
  void advance(sim::LineTime now);
  // When `advance` wants to be called next, at the latest.
  [[nodiscard]] sim::LineTime next() const;
  [[nodiscard]] const sim::LineCounters& counters() const { return line_.counters(); }

 private:
  struct Client {
    Descriptor descriptor;
    bool watched = false;
  };

  void accept_client();
  void open_terminal(const std::string& link);
  void watch(sim::Line::Master master, Client& client);
  void read_from(sim::Line::Master master);
  void hand_over(sim::Line::Master master, Client& client);

  std::string link_;  // of the pseudo-terminal
  Poller& poller_;
  sim::Line line_;
  Descriptor listener_;
  std::map<sim::Line::Master, Client> clients_;
};

}  // namespace lk::host
