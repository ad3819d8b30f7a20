// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/board_calibration.hpp"

#include <span>

#include "meter/metrology/settings.hpp"
#include "meter/metrology/wide.hpp"

namespace lk::metrology {
namespace {

constexpr bool is_within(std::int64_t value, std::int64_t limit) {
  return value >= -limit && value <= limit;
}

// Full scale in millionths of the unit; 0 where the gain is none.
std::int64_t full_scale_micro(std::int64_t microcounts, const BoardCalibration& board) {
  constexpr std::int64_t tera = 1'000'000'000'000;
  return microcounts > 0 ? board.full_scale_count * tera / microcounts : 0;
}

bool is_drift_sane(const Drift& drift) {
  return is_within(drift.first_ppb_per_kelvin, 1'000'000) && is_within(drift.second_ppb_per_kelvin2, 2000);
}

using Checked = std::expected<void, CalibrationError>;

Checked check_voltage(const VoltageCalibration& channel, const BoardCalibration& board) {
  const std::int64_t microvolts = full_scale_micro(channel.microcounts_per_volt, board);
  if (microvolts < 50'000'000 || microvolts > 10'000'000'000) return std::unexpected{CalibrationError::gain};
  if (!is_within(channel.offset_q8, std::int64_t{board.full_scale_count} * 64)) {
    return std::unexpected{CalibrationError::offset};
  }
  if (channel.noise_q8 > static_cast<std::uint32_t>(board.full_scale_count) * 256U / 100) {
    return std::unexpected{CalibrationError::noise};
  }
  if (!is_drift_sane(channel.drift)) return std::unexpected{CalibrationError::drift};
  return {};
}

Checked check_curve(const CurrentCalibration& channel) {
  if (channel.curve_count > curve_points) return std::unexpected{CalibrationError::curve};
  for (std::size_t index = 0; index < channel.curve_count; ++index) {
    const CurvePoint& point = channel.curve[index];
    if (index > 0 && point.milliamperes <= channel.curve[index - 1].milliamperes) {
      return std::unexpected{CalibrationError::curve};
    }
    if (point.milliamperes > 20'000'000) return std::unexpected{CalibrationError::curve};
    if (!is_within(point.gain_ppm, 50'000)) return std::unexpected{CalibrationError::gain};
    if (!is_within(point.lead_microdegrees, 10'000'000)) return std::unexpected{CalibrationError::phase};
  }
  return {};
}

Checked check_current(const CurrentCalibration& channel, const BoardCalibration& board) {
  const std::int64_t microamperes = full_scale_micro(channel.microcounts_per_ampere, board);
  if (microamperes < 500'000 || microamperes > 20'000'000'000) return std::unexpected{CalibrationError::gain};
  if (!is_within(channel.offset_q8, std::int64_t{board.full_scale_count} * 64)) {
    return std::unexpected{CalibrationError::offset};
  }
  if (channel.noise_q8 > static_cast<std::uint32_t>(board.full_scale_count) * 256U / 100) {
    return std::unexpected{CalibrationError::noise};
  }
  if (!is_drift_sane(channel.drift)) return std::unexpected{CalibrationError::drift};
  if (!is_within(channel.delay_ns, 200'000) || !is_within(channel.lead_microdegrees_per_kelvin, 100'000)) {
    return std::unexpected{CalibrationError::phase};
  }
  return check_curve(channel);
}

// Less than 10^12 VA primary at full scale, so that no figure of a window leaves 64 bits.
bool is_bounded(const VoltageCalibration& voltage, const CurrentCalibration& current,
                const MeteringSettings& settings, const BoardCalibration& board) {
  constexpr std::int64_t most_voltamperes = 1'000'000'000'000;
  const std::int64_t volts = full_scale_micro(voltage.microcounts_per_volt, board) / 1'000'000 + 1;
  const std::int64_t amperes = full_scale_micro(current.microcounts_per_ampere, board) / 1'000'000 + 1;
  const Ratio& by_voltage = settings.voltage_ratio;
  const Ratio& by_current = settings.current_ratio;
  const std::int64_t primary_volts = volts * by_voltage.primary / by_voltage.secondary + 1;
  const std::int64_t primary_amperes = amperes * by_current.primary / by_current.secondary + 1;
  return primary_volts <= most_voltamperes / primary_amperes;
}

bool is_sane(const Ratio& ratio) {
  return ratio.primary >= 1 && ratio.primary <= 1'000'000 && ratio.secondary >= 1 &&
         ratio.secondary <= ratio.primary;
}

}  // namespace

std::expected<void, CalibrationError> check(const BoardCalibration& board) {
  if (board.phase_count != 1 && board.phase_count != 3) return std::unexpected{CalibrationError::phase_count};
  if (board.rate_hz < 4000 || board.rate_hz > 16'000 || !is_within(board.clock_ppb, 1'000'000) ||
      board.full_scale_count < 1000 || board.full_scale_count > 8'388'607) {
    return std::unexpected{CalibrationError::rate};
  }
  if (board.reference_millidegrees < -40'000 || board.reference_millidegrees > 85'000) {
    return std::unexpected{CalibrationError::drift};
  }
  for (std::size_t phase = 0; phase < board.phase_count; ++phase) {
    if (const auto checked = check_voltage(board.voltage[phase], board); !checked) return checked;
    if (const auto checked = check_current(board.current[phase], board); !checked) return checked;
  }
  if (board.has_neutral) return check_current(board.neutral, board);
  return {};
}

BoardCalibration design_calibration(std::uint8_t phase_count, bool has_neutral, std::uint32_t rate_hz,
                                    std::int64_t microcounts_per_volt, std::int64_t microcounts_per_ampere) {
  BoardCalibration board;
  board.phase_count = phase_count;
  board.has_neutral = has_neutral;
  board.rate_hz = rate_hz;
  for (VoltageCalibration& channel : board.voltage) channel.microcounts_per_volt = microcounts_per_volt;
  for (CurrentCalibration& channel : board.current) channel.microcounts_per_ampere = microcounts_per_ampere;
  board.neutral.microcounts_per_ampere = microcounts_per_ampere;
  return board;
}

bool is_valid(const MeteringSettings& settings, const BoardCalibration& board) {
  if (settings.nominal_frequency_hz != 50 && settings.nominal_frequency_hz != 60) return false;
  if (settings.nominal_voltage.count() < 10'000 || settings.nominal_voltage.count() > 1'000'000) return false;
  if (settings.starting_current.count() < 0 || settings.starting_current.count() > 10'000'000) return false;
  if (settings.creep_percent > 60 || settings.neutral_difference_percent > 50) return false;
  if (settings.pulses_per_kwh < 1 || settings.pulses_per_kwh > 1'000'000) return false;
  if (!is_sane(settings.voltage_ratio) || !is_sane(settings.current_ratio)) return false;
  for (std::size_t phase = 0; phase < board.phase_count; ++phase) {
    if (!is_bounded(board.voltage[phase], board.current[phase], settings, board)) return false;
  }
  return !board.has_neutral || is_bounded(board.voltage[0], board.neutral, settings, board);
}

}  // namespace lk::metrology
