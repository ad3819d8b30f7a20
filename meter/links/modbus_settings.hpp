// SPDX-License-Identifier: Apache-2.0
// The settings that tools for an SDM meter write (dictionary/sdm_settings.hpp), over a Device: the value of a
// row as one float, and the password that opens the compatibility mode.
#pragma once

#include <cstddef>
#include <span>

#include "dictionary/sdm_settings.hpp"
#include "meter/links/device.hpp"
#include "modbus/slave.hpp"

namespace lk::links {

// The setting that a request is about, or null: function 03 or 10 with just its two registers.
[[nodiscard]] const dictionary::SdmSetting* setting_of(const modbus::Request& request);

void read_setting(const dictionary::SdmSetting& setting, std::span<std::byte, 4> to, Device& device);
// Illegal value: the float is none of the setting's, the parameter's range excludes it, or the password is
// wrong. Illegal address: the compatibility mode does not open it.
[[nodiscard]] modbus::Exception write_setting(const dictionary::SdmSetting& setting,
                                              std::span<const std::byte, 4> from, Device& device);

}  // namespace lk::links
