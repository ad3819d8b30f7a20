// SPDX-License-Identifier: Apache-2.0
// The settings of an Eastron SDM120 or SDM630 as their tools know them: one float in two registers, read by
// function 03 and written by function 10, each a view of a parameter. They lie within the block of measured
// values (sdm.hpp), of which function 03 shows them only where one is asked for alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dictionary/id.hpp"

namespace lk::dictionary {

struct SdmSetting {
  std::uint16_t address;
  std::string_view name;  // as the vendor's manual has it
  Id id;                  // the row behind it
  std::string_view meaning;
};

// Rising by address. That of `compatibility_password` reads as zero; written, it unlocks.
[[nodiscard]] std::span<const SdmSetting> sdm_settings();
// The setting that begins at an address, or null.
[[nodiscard]] const SdmSetting* find_sdm_setting(std::uint16_t address);
// The setting's two registers for a value of its row; and back: nothing where the float is not one of those
// that the setting takes.
[[nodiscard]] std::uint32_t sdm_float(const SdmSetting& setting, std::int64_t value);
[[nodiscard]] std::optional<std::int64_t> value_of_sdm(const SdmSetting& setting, std::uint32_t float_bits);

}  // namespace lk::dictionary
