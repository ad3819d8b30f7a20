// SPDX-License-Identifier: Apache-2.0
// The meter's parameters: one integer for each slot of each row of the dictionary that is changed by order.
// The dictionary says what each may be; here is their storage, and what they mean for the rules of the
// modules. A plain value; bytes in docs/formats/meter-state.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "dictionary/dictionary.hpp"
#include "dictionary/table.hpp"
#include "meter/credit/rules.hpp"
#include "meter/metrology/demand.hpp"
#include "meter/panel/panel.hpp"
#include "meter/records/freeze.hpp"
#include "meter/records/profile.hpp"
#include "meter/supply/power_limit.hpp"
#include "meter/supply/reasons.hpp"

namespace lk::meter {

class Settings {
 public:
  static constexpr std::size_t count = dictionary::tables::parameter_value_count;
  // Version, then of each value its address, its size and its bytes.
  static constexpr std::size_t stored_max_bytes = [] {
    std::size_t bytes = 1;
    for (const dictionary::Row& row : dictionary::table)
      bytes += row.is_parameter() ? (3U + 2U * row.register_count) * row.slot_count : 0U;
    return bytes;
  }();
  // Of an earlier version, which is read too.
  static constexpr std::size_t read_max_bytes = 1 + 10 * count;

  // As in a new meter.
  Settings();

  [[nodiscard]] std::int64_t get(dictionary::Id id, std::size_t slot_index = 0) const;
  // False where no parameter stands at this address, or the value is out of its range.
  [[nodiscard]] bool set(std::uint16_t address, std::int64_t value);
  // Whether the values fit together, and if not, the address of one that does not.
  [[nodiscard]] std::expected<void, std::uint16_t> check() const;

  // Version, then address, size and bytes of each that is not as in a new meter.
  [[nodiscard]] std::span<const std::byte> encode(std::span<std::byte, stored_max_bytes> room) const;
  // False where the bytes are none; parameters that this meter does not know, or that are out of range since,
  // are left as in a new meter.
  [[nodiscard]] bool decode(std::span<const std::byte> bytes);

  bool operator==(const Settings&) const = default;

 private:
  void put(dictionary::Id id, std::size_t slot_index, std::int64_t value);

  // Each value in as many bytes as its registers have: a small controller holds two hundred of them.
  static constexpr std::size_t packed_bytes = [] {
    std::size_t bytes = 0;
    for (const dictionary::Row& row : dictionary::table)
      bytes += row.is_parameter() ? std::size_t{2} * row.register_count * row.slot_count : 0U;
    return bytes;
  }();
  std::array<std::byte, packed_bytes> values_{};
};

// What the parameters mean.
struct Rules {
  credit::Rules credit;
  supply::LimitRules limit;
  std::array<schedule::Window, 8> switching{};
  supply::Reasons by_hand;
  quantity::Voltage nominal;
  quantity::Duration return_delay;
  records::PeriodRules periods;
  metrology::DemandSettings demand;
  records::VoltageLimits voltage;
  records::ProfileRules profile;
  panel::Settings panel;
  std::int16_t zone_offset_minutes = 0;
  std::int32_t clock_drift_ppb = 0;
  bool charges_larger = false;  // of live and neutral
};
[[nodiscard]] Rules rules_of(const Settings& settings);

}  // namespace lk::meter
