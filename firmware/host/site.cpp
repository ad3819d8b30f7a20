// SPDX-License-Identifier: Apache-2.0
#include "firmware/host/site.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "assert/assert.hpp"
#include "firmware/host/wall_clock.hpp"
#include "port/posix/system.hpp"

namespace lk::host {

namespace {

constexpr std::uint32_t rate_hz = 6400;
constexpr std::size_t samples_per_10_ms = rate_hz / 100;

// Blocks of 10 ms; where time runs fast, of 100 ms, which cost less each second.
std::size_t block_samples_of(std::int64_t speed) {
  return speed < 10 ? samples_per_10_ms : 10 * samples_per_10_ms;
}

std::chrono::nanoseconds block_time(std::size_t samples) {
  return std::chrono::milliseconds(10) * (samples / samples_per_10_ms);
}

std::string make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw std::system_error(error, "cannot make the state folder " + path);
  return path;
}

bool is_recording(const MeterSettings& settings) {
  return settings.load.starts_with("recording:");
}

// A recording has the 16 bits of its file.
sim::FrontEnd front_end_of(const MeterSettings& settings) {
  if (settings.is_feeder) return sim::feeder_front_end(rate_hz);
  sim::FrontEnd front_end = sim::direct_front_end(rate_hz);
  if (is_recording(settings)) {
    front_end.bits = 16;
    metrology::Calibration& gains = front_end.calibration;
    gains.voltage_microcounts_per_volt = static_cast<std::int64_t>(settings.counts_per_volt * 1e6);
    gains.current_microcounts_per_ampere = static_cast<std::int64_t>(settings.counts_per_ampere * 1e6);
  }
  return front_end;
}

// What is in the meter's memory may be anything; the meter judges it.
std::vector<std::byte> bytes_of_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read the calibration " + path);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto view = std::as_bytes(std::span{bytes});
  return {view.begin(), view.end()};
}

meter::Measuring measuring_of(const MeterSettings& settings) {
  meter::Measuring measuring{.board = sim::board_of(front_end_of(settings), settings.phase_count)};
  if (!metrology::check(measuring.board) || !metrology::is_valid(measuring.settings, measuring.board)) {
    throw std::runtime_error("meter " + settings.number +
                             ": counts_per_volt or counts_per_ampere is not of a recording of 16 bits: its "
                             "full scale must be 50 to 10000 V and 0.5 to 20000 A");
  }
  if (settings.calibration.empty()) return measuring;
  const std::vector<std::byte> record = bytes_of_file(settings.calibration);
  return meter::measuring_by(record, settings.calibration_key, measuring.board, measuring.settings);
}

sim::FlatConfiguration flat_of(const MeterSettings& settings) {
  auto load = sim::parse_load(settings.load, load_options(settings));
  if (!load) throw std::runtime_error(load.error());
  sim::FlatConfiguration flat{.load = std::move(*load),
                              .phase = settings.phase,
                              .front_end = front_end_of(settings),
                              .seed = settings.flat_seed};
  for (std::uint8_t phase = 2; phase <= settings.phase_count; ++phase) {
    auto other = sim::parse_load(settings.other_loads[phase - 2U], load_options(settings, phase));
    if (!other) throw std::runtime_error(other.error());
    flat.other_loads.push_back(std::move(*other));
  }
  return flat;
}

sim::BuildingConfiguration building_of(const BuildingSettings& settings, quantity::Instant start) {
  sim::BuildingConfiguration building{.rate_hz = rate_hz, .start = start};
  building.mains.voltage = settings.mains_voltage;
  building.mains.frequency = settings.mains_frequency;
  building.mains.seed = settings.seed;
  building.feeder_front_end = sim::feeder_front_end(rate_hz);
  building.seed = settings.seed;
  for (const LineSettings& line : settings.lines) {
    for (const MeterSettings& meter : line.meters) {
      if (meter.is_feeder) {
        building.has_three_phase_feeder |= meter.phase_count == 3;
      } else {
        building.flats.push_back(flat_of(meter));
      }
    }
  }
  return building;
}

}  // namespace

class Site::LineMeters final : public sim::Slaves {
 public:
  LineMeters(Site& site, std::size_t line_index) : site_(site), line_index_(line_index) {}

  std::vector<std::byte> answer(std::span<const std::byte> frame) override {
    const auto heard_at = std::chrono::duration_cast<std::chrono::microseconds>(wall_now());
    const std::uint32_t rate = agreed_baud();
    std::vector<std::byte> answer;
    reaction_ = {};
    for (const Place& place : site_.places_) {
      if (place.line_index != line_index_ || place.meter->line().baud != rate) continue;
      const auto said = place.meter->hear(frame, heard_at, site_.now());
      if (!said.empty()) reaction_ = std::max<sim::LineTime>(reaction_, place.meter->reaction());
      answer.insert(answer.end(), said.begin(), said.end());
    }
    return answer;
  }
  sim::LineTime reaction() const override { return reaction_; }
  std::uint32_t baud() const override { return agreed_baud(); }

 private:
  // The rate that all meters of the line are set to. Where they differ, the line stays as it was installed,
  // and those that were set anew hear nothing until the others have followed.
  [[nodiscard]] std::uint32_t agreed_baud() const {
    const std::uint32_t installed = site_.settings_.lines[line_index_].baud;
    std::optional<std::uint32_t> agreed;
    for (const Place& place : site_.places_) {
      if (place.line_index != line_index_ || !place.meter->has_power()) continue;
      if (agreed && *agreed != place.meter->line().baud) return installed;
      agreed = place.meter->line().baud;
    }
    return agreed.value_or(installed);
  }

  Site& site_;
  std::size_t line_index_;
  sim::LineTime reaction_{};
};

Site::Site(const BuildingSettings& settings, std::chrono::nanoseconds wall)
    : settings_(settings),
      clock_file_(make_folder(settings.state) + "/clock"),
      building_(building_of(settings, std::max(posix::now(), clock_file_.stored()))),
      pace_(wall, block_time(block_samples_of(settings.speed)), settings.speed),
      block_samples_(block_samples_of(settings.speed)) {
  std::size_t flat_count = 0;
  std::uint64_t seed = settings.seed;
  const quantity::Duration checkpoint = quantity::seconds(1) * settings.speed;
  for (std::size_t line = 0; line < settings.lines.size(); ++line) {
    slaves_.push_back(std::make_unique<LineMeters>(*this, line));
    for (const MeterSettings& meter : settings.lines[line].meters) {
      auto body = std::make_unique<VirtualMeter>(meter, settings.lines[line], measuring_of(meter),
                                                 settings.state, checkpoint, ++seed);
      places_.push_back({std::move(body), line, meter.is_feeder ? 0 : flat_count++});
    }
  }
  for (const Place& place : places_) place.meter->start(now());
}

Site::~Site() = default;

sim::Slaves& Site::slaves(std::size_t line_index) {
  return *slaves_[line_index];
}

void Site::advance(std::chrono::nanoseconds wall) {
  if (wall < pace_.due()) return;
  // Not passed before the next store: the backlog that may be caught up, and twice the interval for good
  // measure.
  if (wall - clock_stored_at_ >= std::chrono::seconds(1)) {
    clock_file_.store(now() + quantity::seconds(3) * settings_.speed);
    clock_stored_at_ = wall;
  }
  for (const Place& place : places_) {
    if (!place.meter->is_feeder()) building_.set_closed(place.flat_index, place.meter->supplies());
  }
  building_.advance(block_samples_);
  for (const Place& place : places_) {
    const bool is_feeder = place.meter->is_feeder();
    if (place.meter->phase_count() == 1) {
      place.meter->feed(is_feeder ? building_.feeder() : building_.flat(place.flat_index), now());
    } else {
      place.meter->feed(
          is_feeder ? building_.three_phase_feeder() : building_.three_phase_flat(place.flat_index), now());
    }
  }
  pace_.advance(wall);
}

void Site::stop() {
  for (const Place& place : places_) place.meter->stop(now());
  clock_file_.store(now());
}

const Site::Place* Site::find(std::string_view number) const {
  const auto found = std::find_if(places_.begin(), places_.end(),
                                  [number](const Place& place) { return place.meter->number() == number; });
  return found == places_.end() ? nullptr : &*found;
}

bool Site::set_appliance(const Place& place, const sim::Appliance& appliance) {
  ensure(!place.meter->is_feeder());
  return building_.set_appliance(place.flat_index, appliance);
}

void Site::set_bypass(const Place& place, double share) {
  ensure(!place.meter->is_feeder());
  building_.set_bypass(place.flat_index, share);
}

void Site::set_extra_load(const Place& place, double watts) {
  ensure(!place.meter->is_feeder());
  building_.set_extra_load(place.flat_index, watts);
}

}  // namespace lk::host
