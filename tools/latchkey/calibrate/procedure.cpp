// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/calibrate/procedure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lk::tools {
namespace {

using metrology::BoardCalibration;
using metrology::CurrentCalibration;
using metrology::CurvePoint;
using metrology::VoltageCalibration;

struct Refusal {
  std::string text;
};

template <typename... Arguments>
[[noreturn]] void refuse(const LoadPoint& point, const char* format, Arguments... arguments) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), format, arguments...);
  throw Refusal{"load point \"" + point.name + "\": " + text.data()};
}

double within_half_turn(double degrees) {
  return degrees - 360 * std::round(degrees / 360);
}

std::int64_t micro(double value) {
  return std::llround(value * 1e6);
}
std::int32_t q8(double counts) {
  return static_cast<std::int32_t>(std::lround(counts * 256));
}

class Procedure {
 public:
  Procedure(const Design& design, const std::vector<LoadPoint>& points) : design_(design), points_(points) {}

  BoardCalibration run() {
    const LoadPoint& first = points_.front();
    BoardCalibration board;
    board.phase_count = static_cast<std::uint8_t>(design_.phase_count);
    board.has_neutral = design_.has_neutral;
    board.rate_hz = design_.rate_hz;
    board.full_scale_count = design_.full_scale_count;
    board.reference_millidegrees =
        static_cast<std::int32_t>(std::lround(first.reference.temperature_c * 1000));
    board.clock_ppb = clock(first);
    for (std::size_t phase = 0; phase < design_.phase_count; ++phase) {
      board.voltage[phase] = voltage(first, phase);
      board.current[phase] = current(phase);
    }
    if (design_.has_neutral) board.neutral = current(neutral);
    return board;
  }

 private:
  static constexpr std::size_t neutral = 3;  // its place after the phases

  // The mains is slower in samples where the clock is faster.
  std::int32_t clock(const LoadPoint& point) const {
    const double faster = point.reference.frequency_hz / point.measured.frequency_hz - 1;
    if (std::abs(faster) > 1e-3) {
      refuse(point,
             "the converter's clock is %.0f ppm off, more than 1000: is the rate of %u Hz the design's?",
             faster * 1e6, design_.rate_hz);
    }
    return static_cast<std::int32_t>(std::lround(faster * 1e9));
  }

  double gain(const LoadPoint& point, const ChannelFigures& figures, double reference, double designed,
              const char* channel) const {
    const double counts = figures.rms / reference;
    const double off_percent = 100 * (counts / designed - 1);
    if (!(std::abs(off_percent) <= design_.tolerance_percent)) {
      refuse(point,
             "%s is %.1f %% off its design, more than %.1f: look at its sensor, its wiring and the reference",
             channel, off_percent, design_.tolerance_percent);
    }
    if (figures.rms * 1.42 > design_.full_scale_count)
      refuse(point, "%s is clipped: take a smaller load", channel);
    return counts;
  }

  VoltageCalibration voltage(const LoadPoint& point, std::size_t phase) const {
    if (point.reference.voltage_v[phase] <= 0) refuse(point, "U%zu has no reference", phase + 1);
    const ChannelFigures& figures = point.measured.channels[sim::voltage_channel(phase)];
    const std::string name = std::string{"U"} += std::to_string(phase + 1);
    VoltageCalibration result;
    result.microcounts_per_volt =
        micro(gain(point, figures, point.reference.voltage_v[phase], design_.counts_per_volt, name.c_str()));
    result.offset_q8 = q8(figures.mean);
    result.noise_q8 = static_cast<std::uint32_t>(q8(figures.noise));
    result.drift = drift(design_.voltage_ppm_per_k);
    return result;
  }

  metrology::Drift drift(double ppm_per_k) const {
    return {static_cast<std::int32_t>(std::lround(ppm_per_k * 1000)),
            static_cast<std::int32_t>(std::lround(design_.ppm_per_k2 * 1000))};
  }

  static double amperes_of(const LoadPoint& point, std::size_t sensor) {
    return sensor == neutral ? point.reference.neutral_a : point.reference.current_a[sensor];
  }
  static const ChannelFigures& figures_of(const LoadPoint& point, std::size_t sensor) {
    return point.measured.channels[sensor == neutral ? sim::neutral_channel : sim::current_channel(sensor)];
  }

  // How far the counts lead the true current, at the design's frequency.
  double lead_degrees(const LoadPoint& point, std::size_t sensor, const char* name) const {
    const ChannelFigures& amperes = figures_of(point, sensor);
    const ChannelFigures& volts =
        point.measured.channels[sim::voltage_channel(sensor == neutral ? 0 : sensor)];
    const double true_lag =
        sensor == neutral ? point.reference.neutral_lag_degrees : point.reference.lag_degrees[sensor];
    const double shown_lag = volts.angle_degrees - amperes.angle_degrees;
    const double lead = within_half_turn(true_lag - shown_lag);
    if (!(std::abs(lead) <= design_.lead_degrees_most)) {
      refuse(point, "%s leads by %.2f degrees, more than %.2f: %s", name, lead, design_.lead_degrees_most,
             std::abs(lead) > 90 ? "its sensor is turned round" : "it has the voltage of another phase?");
    }
    return lead * point.reference.frequency_hz / design_.nominal_frequency_hz;
  }

  CurrentCalibration current(std::size_t sensor) const {
    const std::string name =
        sensor == neutral ? std::string{"IN"} : std::string{"I"} += std::to_string(sensor + 1);
    std::vector<const LoadPoint*> used;
    for (const LoadPoint& point : points_) {
      if (amperes_of(point, sensor) > 0) used.push_back(&point);
    }
    CurrentCalibration result;
    if (used.empty()) {
      if (sensor != neutral) refuse(points_.front(), "%s has no current in any load point", name.c_str());
      result.microcounts_per_ampere = micro(design_.counts_per_ampere);
      return result;
    }
    const LoadPoint& first = *used.front();  // in the order of the file: the point that sets the gain
    const double nominal = gain(first, figures_of(first, sensor), amperes_of(first, sensor),
                                design_.counts_per_ampere, name.c_str());
    result.microcounts_per_ampere = micro(nominal);
    // The sensor's curve wants rising currents.
    std::sort(used.begin(), used.end(), [&](const LoadPoint* a, const LoadPoint* b) {
      return amperes_of(*a, sensor) < amperes_of(*b, sensor);
    });
    // The smallest current tells the channel's own noise and offset best.
    result.offset_q8 = q8(figures_of(*used.front(), sensor).mean);
    result.noise_q8 = static_cast<std::uint32_t>(q8(figures_of(*used.front(), sensor).noise));
    result.sees_direct_current = design_.has_shunts && sensor != neutral;
    result.drift = drift(design_.current_ppm_per_k);
    result.lead_microdegrees_per_kelvin =
        static_cast<std::int32_t>(std::lround(design_.lead_microdegrees_per_k));
    for (const LoadPoint* point : used) {
      const double counts = gain(*point, figures_of(*point, sensor), amperes_of(*point, sensor),
                                 design_.counts_per_ampere, name.c_str());
      CurvePoint& entry = result.curve[result.curve_count++];
      entry.milliamperes = static_cast<std::uint32_t>(std::lround(amperes_of(*point, sensor) * 1000));
      entry.gain_ppm = static_cast<std::int32_t>(std::lround((counts / nominal - 1) * 1e6));
      entry.lead_microdegrees =
          static_cast<std::int32_t>(std::lround(lead_degrees(*point, sensor, name.c_str()) * 1e6));
    }
    fill_widest_gap(result);
    return result;
  }

  // A transformer's error goes about with the logarithm of its current, the meter draws straight lines over
  // the current: in the widest gap between two load points, one more point makes the difference small.
  static void fill_widest_gap(CurrentCalibration& current) {
    constexpr double worth_it = 4;
    auto& curve = current.curve;
    if (current.curve_count < 2 || current.curve_count == curve.size()) return;
    std::size_t after = 0;
    double widest = worth_it;
    for (std::size_t k = 1; k < current.curve_count; ++k) {
      const double ratio = static_cast<double>(curve[k].milliamperes) / curve[k - 1].milliamperes;
      if (ratio <= widest) continue;
      widest = ratio;
      after = k;
    }
    if (after == 0) return;
    const CurvePoint& low = curve[after - 1];
    const CurvePoint& high = curve[after];
    const CurvePoint middle{
        static_cast<std::uint32_t>(
            std::lround(std::sqrt(static_cast<double>(low.milliamperes) * high.milliamperes))),
        (low.gain_ppm + high.gain_ppm) / 2, (low.lead_microdegrees + high.lead_microdegrees) / 2};
    std::copy_backward(curve.begin() + static_cast<std::ptrdiff_t>(after), curve.end() - 1, curve.end());
    curve[after] = middle;
    ++current.curve_count;
  }

  const Design& design_;
  const std::vector<LoadPoint>& points_;
};

const char* why(metrology::CalibrationError error) {
  using enum metrology::CalibrationError;
  switch (error) {
    case rate:
      return "the rate, the clock or the full scale is out of range";
    case phase_count:
      return "the design has neither one nor three phases";
    case gain:
      return "a gain is out of range";
    case offset:
      return "an offset is more than a quarter of full scale";
    case noise:
      return "a noise floor is more than a hundredth of full scale";
    case phase:
      return "a phase is out of range";
    case drift:
      return "a temperature coefficient is out of range";
    case curve:
      return "two load points have the same current";
    case format:
    case seal:
      break;
  }
  return "the calibration is not valid";
}

}  // namespace

std::expected<metrology::BoardCalibration, std::string> calibrate(const Design& design,
                                                                  const std::vector<LoadPoint>& points) {
  if (points.empty() || points.size() > load_points_most)
    return std::unexpected("give one to three load points");
  if (design.phase_count != 1 && design.phase_count != 3) {
    return std::unexpected(why(metrology::CalibrationError::phase_count));
  }
  if (!(design.counts_per_volt > 0 && design.counts_per_ampere > 0)) {
    return std::unexpected("the design needs counts_per_volt and counts_per_ampere above 0");
  }
  try {
    const BoardCalibration board = Procedure{design, points}.run();
    if (const auto checked = metrology::check(board); !checked) return std::unexpected(why(checked.error()));
    return board;
  } catch (const Refusal& refusal) {
    return std::unexpected(refusal.text);
  }
}

}  // namespace lk::tools
