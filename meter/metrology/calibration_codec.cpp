// SPDX-License-Identifier: Apache-2.0
#include "meter/metrology/calibration_codec.hpp"

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "bytes/crc.hpp"
#include "crypto/cmac.hpp"

namespace lk::metrology {
namespace {

constexpr std::uint32_t magic = 0x3143'4B4C;  // "LKC1", low byte first
constexpr std::size_t crc_at = 432;
constexpr std::size_t tag_at = 436;

void write(bytes::Writer& out, const Drift& drift) {
  out.little(drift.first_ppb_per_kelvin);
  out.little(drift.second_ppb_per_kelvin2);
}

void write(bytes::Writer& out, const VoltageCalibration& channel) {
  out.little(channel.microcounts_per_volt);
  out.little(channel.offset_q8);
  out.little(channel.noise_q8);
  write(out, channel.drift);
}

void write(bytes::Writer& out, const CurrentCalibration& channel) {
  out.little(channel.microcounts_per_ampere);
  out.little(channel.offset_q8);
  out.little(channel.noise_q8);
  write(out, channel.drift);
  out.little(channel.delay_ns);
  out.little(channel.lead_microdegrees_per_kelvin);
  out.byte(channel.curve_count);
  out.byte(channel.sees_direct_current ? 1 : 0);
  out.little(std::uint16_t{0});
  for (const CurvePoint& point : channel.curve) {
    out.little(point.milliamperes);
    out.little(point.gain_ppm);
    out.little(point.lead_microdegrees);
  }
}

Drift read_drift(bytes::Reader& in) {
  Drift drift;
  drift.first_ppb_per_kelvin = in.little<std::int32_t>();
  drift.second_ppb_per_kelvin2 = in.little<std::int32_t>();
  return drift;
}

VoltageCalibration read_voltage(bytes::Reader& in) {
  VoltageCalibration channel;
  channel.microcounts_per_volt = in.little<std::int64_t>();
  channel.offset_q8 = in.little<std::int32_t>();
  channel.noise_q8 = in.little<std::uint32_t>();
  channel.drift = read_drift(in);
  return channel;
}

CurrentCalibration read_current(bytes::Reader& in) {
  CurrentCalibration channel;
  channel.microcounts_per_ampere = in.little<std::int64_t>();
  channel.offset_q8 = in.little<std::int32_t>();
  channel.noise_q8 = in.little<std::uint32_t>();
  channel.drift = read_drift(in);
  channel.delay_ns = in.little<std::int32_t>();
  channel.lead_microdegrees_per_kelvin = in.little<std::int32_t>();
  channel.curve_count = in.byte();
  channel.sees_direct_current = (in.byte() & 1U) != 0;
  (void)in.little<std::uint16_t>();
  for (CurvePoint& point : channel.curve) {
    point.milliamperes = in.little<std::uint32_t>();
    point.gain_ppm = in.little<std::int32_t>();
    point.lead_microdegrees = in.little<std::int32_t>();
  }
  return channel;
}

}  // namespace

CalibrationBytes encode(const BoardCalibration& calibration, CalibrationKey key) {
  ensure(check(calibration).has_value());
  CalibrationBytes room{};
  bytes::Writer out{room};
  out.little(magic);
  out.byte(calibration.phase_count);
  out.byte(calibration.has_neutral ? 1 : 0);
  out.little(std::uint16_t{0});
  out.little(calibration.rate_hz);
  out.little(calibration.clock_ppb);
  out.little(calibration.full_scale_count);
  out.little(calibration.reference_millidegrees);
  for (std::size_t phase = 0; phase < max_phases; ++phase) {
    write(out, phase < calibration.phase_count ? calibration.voltage[phase] : VoltageCalibration{});
  }
  for (std::size_t phase = 0; phase < max_phases; ++phase) {
    write(out, phase < calibration.phase_count ? calibration.current[phase] : CurrentCalibration{});
  }
  write(out, calibration.has_neutral ? calibration.neutral : CurrentCalibration{});
  ensure(out.size_bytes() == crc_at);
  out.little(bytes::crc32c(std::span{room}.first(crc_at)));
  out.copy(crypto::cmac(key, std::span{room}.first(tag_at)));
  ensure(out.ok() && out.size_bytes() == calibration_size_bytes);
  return room;
}

std::expected<BoardCalibration, CalibrationError> decode(std::span<const std::byte> bytes,
                                                         CalibrationKey key) {
  bytes::Reader in{bytes};
  if (bytes.size() != calibration_size_bytes || in.little<std::uint32_t>() != magic) {
    return std::unexpected{CalibrationError::format};
  }
  bytes::Reader crc{bytes.subspan(crc_at, 4)};
  const auto tag = bytes.subspan(tag_at).first<16>();
  if (crc.little<std::uint32_t>() != bytes::crc32c(bytes.first(crc_at)) ||
      !crypto::cmac_verifies(key, bytes.first(tag_at), tag)) {
    return std::unexpected{CalibrationError::seal};
  }
  BoardCalibration board;
  board.phase_count = in.byte();
  board.has_neutral = (in.byte() & 1U) != 0;
  (void)in.little<std::uint16_t>();
  board.rate_hz = in.little<std::uint32_t>();
  board.clock_ppb = in.little<std::int32_t>();
  board.full_scale_count = in.little<std::int32_t>();
  board.reference_millidegrees = in.little<std::int32_t>();
  for (VoltageCalibration& channel : board.voltage) channel = read_voltage(in);
  for (CurrentCalibration& channel : board.current) channel = read_current(in);
  board.neutral = read_current(in);
  if (const auto checked = check(board); !checked) return std::unexpected{checked.error()};
  return board;
}

}  // namespace lk::metrology
