// SPDX-License-Identifier: Apache-2.0
#include "meter/records/profile.hpp"

#include <algorithm>
#include <limits>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"

namespace lk::records {
namespace {

constexpr std::int64_t mj_per_tenth_wh = quantity::mj_per_wh / 10;
constexpr std::int64_t ua_per_ma = 1000;
constexpr std::int64_t mw_per_dw = 100;
constexpr std::int64_t money_per_cent = quantity::money_per_unit / 100;

constexpr std::int64_t mean_of(std::int64_t sum, std::uint32_t count) {
  return count == 0 ? 0 : sum / static_cast<std::int64_t>(count);
}

constexpr std::int64_t floor_of(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// The low 32 bits; values that are no registers are within them anyway.
constexpr std::uint32_t low_bits(std::int64_t value) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(value));
}

// Of Wh, varh or VAh.
constexpr std::uint32_t tenths(quantity::Energy energy) {
  return low_bits(energy.count() / mj_per_tenth_wh);
}

constexpr std::int64_t fitted(std::int64_t value) {
  return std::clamp<std::int64_t>(value, std::numeric_limits<std::int32_t>::min(),
                                  std::numeric_limits<std::int32_t>::max());
}

}  // namespace

std::size_t ProfileRules::channel_count() const {
  std::size_t count = channel_max;
  while (count > 0 && channels[count - 1] == Channel::none) --count;
  return count;
}

void Profile::start(std::uint32_t now_s, std::uint32_t newest_s, const ProfileRules& rules) {
  const std::uint32_t length_s = rules.minutes * 60U;
  const bool is_first = newest_s == 0;
  // The entry of time t is of the interval before t, so the one after it begins at t.
  const bool is_missing = !is_first && now_s / length_s > newest_s / length_s;
  begin(now_s, rules,
        static_cast<std::uint8_t>((is_first ? mark_partial : mark_power_lost) |
                                  (is_missing ? mark_missing : 0U)));
}

void Profile::begin(std::uint32_t now_s, const ProfileRules& rules, std::uint8_t marks) {
  *this = Profile{};
  interval_ = now_s / (rules.minutes * 60U);
  marks_ = marks;
}

void Profile::change_rules(std::uint32_t now_s, const ProfileRules& rules) {
  begin(now_s, rules, mark_missing | mark_partial);
}

void Profile::observe(const Observation& seen) {
  lowest_ = count_ == 0 ? seen.voltage : std::min(lowest_, seen.voltage);
  highest_ = std::max(highest_, seen.voltage);
  power_highest_ = std::max(power_highest_, seen.active);
  voltage_sum_ += seen.voltage.count();
  current_sum_ += seen.current.count();
  power_factor_sum_ += seen.power_factor_e4;
  frequency_sum_ += seen.frequency.count();
  ++count_;
}

bool Profile::is_due(std::uint32_t now_s, const ProfileRules& rules) const {
  return now_s / (rules.minutes * 60U) > interval_;
}

std::span<const std::byte> Profile::close(std::uint32_t now_s, const Registers& registers,
                                          const ProfileRules& rules, bool is_clock_wrong,
                                          std::span<std::byte, profile_max_bytes> room) {
  const std::uint32_t length_s = rules.minutes * 60U;
  const std::uint32_t now_interval = now_s / length_s;
  auto marks = static_cast<std::uint8_t>(marks_ | (is_clock_wrong ? mark_clock_wrong : 0U));
  if (now_interval > interval_ + 1) marks |= mark_missing;
  const auto bytes = entry(now_interval * length_s, marks, registers, rules, room);
  begin(now_s, rules, 0);
  return bytes;
}

std::span<const std::byte> Profile::close_for_clock(std::uint32_t old_s, std::uint32_t new_s,
                                                    const Registers& registers, const ProfileRules& rules,
                                                    std::span<std::byte, profile_max_bytes> room) {
  const auto marks = static_cast<std::uint8_t>(marks_ | mark_clock_set | mark_partial);
  const auto bytes = entry(old_s, marks, registers, rules, room);
  begin(new_s, rules, mark_clock_set | mark_partial);
  return bytes;
}

std::span<const std::byte> Profile::entry(std::uint32_t time_s, std::uint8_t marks,
                                          const Registers& registers, const ProfileRules& rules,
                                          std::span<std::byte, profile_max_bytes> room) {
  const std::size_t channel_count = rules.channel_count();
  bytes::Writer to{room};
  to.little(time_s);
  to.byte(marks);
  to.byte(rules.minutes);
  to.byte(static_cast<std::uint8_t>(channel_count));
  to.byte(0);
  for (const Channel channel : std::span{rules.channels}.first(channel_count)) {
    to.little(value(channel, registers));
  }
  ensure(to.ok());
  return to.written();
}

std::uint32_t Profile::value(Channel channel, const Registers& registers) const {
  const auto quadrant = [&](std::size_t index) { return tenths(registers.reactive[index]); };
  switch (channel) {
    case Channel::none:
      return 0;
    case Channel::import_energy:
      return tenths(registers.import_energy);
    case Channel::export_energy:
      return tenths(registers.export_energy);
    case Channel::voltage_mean:
      return low_bits(fitted(mean_of(voltage_sum_, count_)));
    case Channel::voltage_lowest:
      return low_bits(fitted(lowest_.count()));
    case Channel::voltage_highest:
      return low_bits(fitted(highest_.count()));
    case Channel::current_mean:
      return low_bits(fitted(mean_of(current_sum_, count_) / ua_per_ma));
    case Channel::power_highest:
      return low_bits(fitted(power_highest_.count() / mw_per_dw));
    case Channel::power_factor:
      return low_bits(fitted(mean_of(power_factor_sum_, count_)));
    case Channel::frequency_mean:
      return low_bits(fitted(mean_of(frequency_sum_, count_)));
    case Channel::balance:
      return low_bits(fitted(floor_of(registers.balance.count(), money_per_cent)));
    case Channel::reactive_q1:
      return quadrant(0);
    case Channel::reactive_q2:
      return quadrant(1);
    case Channel::reactive_q3:
      return quadrant(2);
    case Channel::reactive_q4:
      return quadrant(3);
    case Channel::apparent_import:
      return tenths(registers.apparent_import);
    case Channel::apparent_export:
      return tenths(registers.apparent_export);
  }
  return 0;
}

}  // namespace lk::records
