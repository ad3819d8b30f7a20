// SPDX-License-Identifier: Apache-2.0
// A tariff set as bytes (docs/formats/tariff.md): big-endian, one field after the other, a CRC-32C at the
// end. The form that is stored and that sealed orders carry; one set has one form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "tariff/set.hpp"
#include "tariff/validate.hpp"

namespace lk::tariff {

// Head, prices, tables and charges of a set that has everything.
inline constexpr std::size_t set_max_bytes =
    55 + 4 * (step_max - 1) + 4 * step_max * rate_max + day_table_max * (1 + 3 * switching_max) +
    7 * week_table_max + 3 * season_max + 5 * special_day_max + tax_max * (6 + tax_name_max) + 4;

enum class DecodeError : std::uint8_t {
  damaged,          // the CRC does not fit, or the size
  unknown_version,  // not format 1
  malformed,        // a count or a flag out of range, or bytes left over
  faulty,           // sound bytes of a set that makes no sense (`find_fault`)
};

// Writes the set, which must be valid; returns the part of `room` that was written.
[[nodiscard]] std::span<const std::byte> encode(const TariffSet& set,
                                                std::span<std::byte, set_max_bytes> room);

// The set of exactly these bytes; what it gives is valid.
[[nodiscard]] std::expected<TariffSet, DecodeError> decode(std::span<const std::byte> bytes);

}  // namespace lk::tariff
