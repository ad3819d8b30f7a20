// SPDX-License-Identifier: Apache-2.0
// What DL/T 645 and the optical port need of the meter beside its values (`device.hpp`): local time, the long
// records, commands that a site lets a password give, and a place to keep what passwords need. Called by a
// link while it serves one frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "dlt645/bcd.hpp"
#include "meter/links/output_signal.hpp"
#include "meter/records/archive.hpp"
#include "order/command.hpp"

namespace lk::links {

// What became of a command that came without a seal.
enum class CommandResult : std::uint8_t {
  done,
  refused,    // it cannot be carried out: as an order it would be a bad argument
  not_ready,  // the storage failed: again later
};

// Who gave a command by password, for the record.
struct Programmer {
  std::uint8_t level = 0;           // of the password
  std::uint32_t operator_code = 0;  // as the link names him
  std::uint32_t what = 0;           // data identifier, or the function
};

// Entries of a long record: numbers from `first` to before `next` may be there.
struct LogRange {
  std::uint32_t first = 1;
  std::uint32_t next = 1;
};

class Station {
 public:
  // The meter's clock, s since 1970-01-01 UTC.
  [[nodiscard]] virtual std::uint32_t clock_s() = 0;
  // Local time of an instant, by the zone of the tariff in force.
  [[nodiscard]] virtual dlt645::Time local_time(std::uint32_t unix_s) = 0;
  // The instant of a local time; of an hour that comes twice, the first. The time must be real (`is_time`).
  [[nodiscard]] virtual std::uint32_t instant_of(const dlt645::Time& local) = 0;

  [[nodiscard]] virtual LogRange log_range(records::Log log) = 0;
  // Reads the entry of that number; its size, 0 where it is not there. `to` has records::entry_max_bytes.
  [[nodiscard]] virtual std::size_t log_entry(records::Log log, std::uint32_t number,
                                              std::span<std::byte> to) = 0;
  // The first entry of that instant or later.
  [[nodiscard]] virtual std::uint32_t log_since(records::Log log, std::uint32_t unix_s) = 0;

  // Does what a sealed order of that command would do, and notes who it was; nothing of value may be asked
  // for (password_rules.hpp). Without a programmer it is the meter's own doing. Durable when it returns.
  [[nodiscard]] virtual CommandResult command(const order::Command& command,
                                              const Programmer* programmer) = 0;

  // What the multi-function output tells from now on, until the next start.
  virtual void select_output(OutputSignal signal) = 0;

  // What links keep over a power cut, and where a programmer is named, the record that he changed it, in one
  // with it; false, and nothing of both, where the storage failed.
  [[nodiscard]] virtual bool keep(std::span<const std::byte> state, const Programmer* programmer) = 0;

 protected:
  ~Station() = default;
};

}  // namespace lk::links
