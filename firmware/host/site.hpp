// SPDX-License-Identifier: Apache-2.0
// The building in one process: its mains and flats (sim/household), the meters that measure them, and their
// time. Time goes on in blocks of samples; every meter gets every sample. The meters of one line are
// `sim::Slaves` to it.
//
//   Pace ──block due──► sim::Building ──samples──► VirtualMeter ──relay──► sim::Building
//                                                      ▲
//   SerialLine ──frame──► slaves(line) ────────────────┘
//
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "firmware/host/clock_file.hpp"
#include "firmware/host/configuration.hpp"
#include "firmware/host/pace.hpp"
#include "firmware/host/virtual_meter.hpp"
#include "sim/household/building.hpp"
#include "sim/line/line.hpp"

namespace lk::host {

class Site {
 public:
  // Opens the state folder and starts all meters. Throws std::runtime_error where files fail.
  Site(const BuildingSettings& settings, std::chrono::nanoseconds wall);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  // Makes the block that is due, if one is.
  void advance(std::chrono::nanoseconds wall);
  // When the next block is due.
  [[nodiscard]] std::chrono::nanoseconds due() const { return pace_.due(); }
  // Stores every account: the process ends.
  void stop();

  [[nodiscard]] quantity::Instant now() const { return building_.now(); }
  // The wall time that the meters' clock lost since the last call because the machine could not keep up.
  [[nodiscard]] std::chrono::nanoseconds take_lag() { return pace_.take_lag(); }

  struct Place {
    std::unique_ptr<VirtualMeter> meter;
    std::size_t line_index;
    std::size_t flat_index;  // among the flats; none for a feeder
  };
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  // The meter of that number, or null.
  [[nodiscard]] const Place* find(std::string_view number) const;
  // A constant resistor in the flat of a meter (not a feeder), in place of the one set before.
  void set_extra_load(const Place& place, double watts);
  // An appliance of that flat switched on, or off with 0 W; false where its load is a recording.
  [[nodiscard]] bool set_appliance(const Place& place, const sim::Appliance& appliance);
  // A wire past the live conductor's sensor of a meter (not a feeder) that takes this share of its current.
  void set_bypass(const Place& place, double share);

  // The meters of a line as its receiver sees them; valid as long as the site.
  [[nodiscard]] sim::Slaves& slaves(std::size_t line_index);

 private:
  class LineMeters;

  BuildingSettings settings_;
  ClockFile clock_file_;
  sim::Building building_;
  Pace pace_;
  std::size_t block_samples_;
  std::chrono::nanoseconds clock_stored_at_{};
  std::vector<Place> places_;
  std::vector<std::unique_ptr<LineMeters>> slaves_;
};

}  // namespace lk::host
