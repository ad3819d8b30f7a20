// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/guard/guard_replay.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "meter/metrology/metrology.hpp"

namespace lk::tools {
namespace {

using quantity::Instant;

constexpr std::uint32_t half_cycles_per_second = 100;

// RMS of the last cycle each half cycle, by the nominal frequency.
class HalfCycleRms {
 public:
  explicit HalfCycleRms(const metrology::Calibration& calibration)
      : counts_per_volt_(static_cast<double>(calibration.voltage_microcounts_per_volt) / 1e6) {}

  quantity::Voltage take(std::span<const metrology::Sample> half) {
    double squares = 0;
    for (const metrology::Sample& sample : half)
      squares += std::pow(sample.voltage_count / counts_per_volt_, 2);
    const double now = squares / static_cast<double>(half.size());
    const double both = has_before_ ? (now + before_) / 2 : now;
    before_ = now;
    has_before_ = true;
    return quantity::Voltage::of(std::llround(std::sqrt(both) * 1e3));
  }

 private:
  double counts_per_volt_;
  double before_ = 0;
  bool has_before_ = false;
};

std::string quoted(std::string_view text) {
  return '"' + std::string{text} + '"';
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

// In the unit that the guard file has for it.
double shown(guard::ConditionId id, std::int64_t value) {
  switch (guard::row_of(id).unit) {
    case guard::Unit::share_e4:
      return static_cast<double>(value) / 1e4;
    case guard::Unit::microampere:
      return static_cast<double>(value) / 1e6;
    case guard::Unit::milliwatt:
      return static_cast<double>(value) / 1e3;
    case guard::Unit::flag:
      break;
  }
  return static_cast<double>(value);
}

GuardEvent event_of(const guard::Event& event, Instant now) {
  using guard::EventKind;
  GuardEvent out{.t_s = static_cast<double>(now.unix_ms()) / 1e3};
  const auto seconds = [](Instant at) { return number(static_cast<double>(at.unix_ms()) / 1e3); };
  switch (event.kind) {
    case EventKind::started:
    case EventKind::ended:
    case EventKind::was_while_off: {
      out.name = guard::row_of(event.condition).name;
      const bool is_end = event.kind == EventKind::ended;
      out.detail =
          "{\"state\": " + quoted(is_end ? "end" : "start") + ", \"start_s\": " + seconds(event.start);
      if (is_end) out.detail += ", \"end_s\": " + seconds(event.end);
      out.detail += ", \"extreme\": " + number(shown(event.condition, event.extreme)) +
                    ", \"action\": " + quoted(guard::name_of(event.action)) + "}";
      break;
    }
    case EventKind::malicious_load:
      out.name = "malicious_load";
      out.detail = "{\"kind\": " + quoted(guard::name_of(event.finding.kind)) +
                   ", \"power_w\": " + number(static_cast<double>(event.finding.power.count()) / 1e3) +
                   ", \"rest\": " + number(event.finding.rest_e3 / 1e3) +
                   ", \"start_s\": " + seconds(event.start) +
                   ", \"action\": " + quoted(guard::name_of(event.action)) + "}";
      break;
    case EventKind::tripped:
    case EventKind::restored:
    case EventKind::locked:
      out.name = event.kind == EventKind::tripped    ? "trip"
                 : event.kind == EventKind::restored ? "restore"
                                                     : "lock";
      out.detail = "{\"reason\": " + quoted(guard::name_of(event.reason)) + "}";
      break;
  }
  return out;
}

guard::LocalTime local_time(const guard::LocalTime& start, Instant now) {
  const std::int64_t minutes = start.minute + now.unix_ms() / 60'000;
  return {static_cast<std::int32_t>(start.day + minutes / 1440), static_cast<std::uint16_t>(minutes % 1440),
          start.is_holiday};
}

}  // namespace

std::vector<GuardEvent> replay_guard(std::span<const metrology::Sample> samples,
                                     const metrology::Calibration& calibration, const GuardFile& file) {
  guard::Guard guard{file.settings};
  guard::CycleSampler sampler{calibration};
  guard::MaliciousLoad detector{guard::recognition_of(file.settings)};
  metrology::Metrology meter{calibration};
  HalfCycleRms half_cycle{calibration};
  std::vector<GuardEvent> events;
  const std::size_t half = calibration.rate_hz / half_cycles_per_second;
  for (std::size_t at = 0; at + half <= samples.size(); at += half) {
    const auto part = samples.subspan(at, half);
    const Instant now = Instant::of(static_cast<std::int64_t>((at + half) * 1000 / calibration.rate_hz));
    const guard::LocalTime local = local_time(file.start, now);
    guard.take(guard::HalfCycleVoltages{.voltage = {half_cycle.take(part)}}, now);
    if (meter.feed(part) > 0) {
      const metrology::Measurement& window = meter.latest();
      guard.take(guard::Observation{.phase = {guard::PhaseObservation{window.voltage, window.current,
                                                                      window.active}}},
                 now);
    }
    for (auto rest = part; !rest.empty();) {
      const auto result = sampler.feed(rest);
      rest = rest.subspan(result.consumed_count);
      if (result.event == guard::CycleSampler::Event::no_mains) detector.interrupt();
      if (result.event != guard::CycleSampler::Event::cycle) continue;
      if (const auto finding = detector.take(sampler.wave())) guard.take(*finding, 0, local, now);
    }
    guard.poll(local, now);
    while (const auto event = guard.take_event()) events.push_back(event_of(*event, now));
  }
  return events;
}

}  // namespace lk::tools
