// SPDX-License-Identifier: Apache-2.0
#include "meter/links/port.hpp"

#include <algorithm>
#include <limits>

#include "modbus/frame.hpp"

namespace lk::links {

namespace {

modbus::Timing timing_of(std::uint32_t baud, const Wire& wire) {
  modbus::Timing timing = modbus::timing_of(baud);
  timing.t3_5_us = std::max(timing.t3_5_us, wire.least_silence_us);
  return timing;
}

}  // namespace

Port::Port(const LineSettings& settings, Wire wire) : Port(settings, wire, timing_of(settings.baud, wire)) {}

Port::Port(const LineSettings& settings, Wire wire, modbus::Timing timing)
    : protocol_(settings.protocol),
      silence_us_(timing.t3_5_us),
      modbus_(modbus::Assembler::of_slave(timing, settings.address, wire.gaps)) {}

Port::Heard Port::take(std::byte byte, std::int64_t now_us) {
  last_us_ = now_us;
  is_silence_due_ = true;
  std::span<const std::byte> modbus;
  std::optional<dlt645::Frame> dlt645;
  if (protocol_ != Protocol::dlt645) modbus = modbus_.take(byte, now_us);
  if (protocol_ != Protocol::modbus) dlt645 = dlt645_.take(byte, now_us);
  return chosen(modbus, dlt645);
}

Port::Heard Port::poll(std::int64_t now_us) {
  std::span<const std::byte> modbus;
  std::optional<dlt645::Frame> dlt645;
  if (protocol_ != Protocol::dlt645) modbus = modbus_.poll(now_us);
  if (is_silence_due_ && now_us >= last_us_ + silence_us_) {
    is_silence_due_ = false;
    if (protocol_ != Protocol::modbus) dlt645 = dlt645_.silence();
  }
  return chosen(modbus, dlt645);
}

std::int64_t Port::deadline_us() const {
  const std::int64_t silence_us =
      is_silence_due_ ? last_us_ + silence_us_ : std::numeric_limits<std::int64_t>::max();
  return std::min(silence_us, modbus_.deadline_us());
}

// What one has understood the other need not look at any longer.
Port::Heard Port::chosen(std::span<const std::byte> modbus, const std::optional<dlt645::Frame>& dlt645) {
  if (!modbus.empty()) {
    dlt645_.reset();
    return {.modbus = modbus};
  }
  if (dlt645) modbus_.reset();
  return {.modbus = {}, .dlt645 = dlt645};
}

}  // namespace lk::links
