// SPDX-License-Identifier: Apache-2.0
// What a line tells upwards, and asks before it acts on a command. A line knows neither broker nor disk.
// Called from the lines' thread; the implementation hands over and returns at once (except `may_send`, which
// is a disk write).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/command/command.hpp"
#include "gateway/polling/readout.hpp"

namespace lk::gateway {

struct LineStatus {
  std::string name;
  std::size_t meters = 0;
  std::size_t reachable = 0;
  std::int64_t cycle_ms = 0;
};

class Reports {
 public:
  virtual void reading(const std::string& meter, Readout readout, std::int64_t taken_ms) = 0;
  virtual void events(const std::string& meter, NewEvents events, std::int64_t taken_ms) = 0;
  // `reason` is empty where the meter is reachable, else "timeout", "garbled", "wrong_meter" or "line_down".
  virtual void link(const std::string& meter, bool reachable, const std::string& reason,
                    std::int64_t now_ms) = 0;
  virtual void ended(const Command& command, const CommandResult& result) = 0;
  virtual void line_status(const LineStatus& status) = 0;
  // Notes durably that frames of a command go out from now on; false where that is not possible: do not send
  // them.
  virtual bool may_send(const Command& command) = 0;

 protected:
  ~Reports() = default;
};

}  // namespace lk::gateway
