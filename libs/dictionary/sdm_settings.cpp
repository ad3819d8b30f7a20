// SPDX-License-Identifier: Apache-2.0
#include "dictionary/sdm_settings.hpp"

#include <algorithm>
#include <array>

#include "dictionary/float32.hpp"

namespace lk::dictionary {
namespace {

// clang-format off: one setting, one line
constexpr auto settings = std::to_array<SdmSetting>({
    {0x0002, "demand_period", Id::demand_minutes, "minutes"},
    {0x0012, "network_parity_stop", Id::line_parity, "0 none, 1 even, 2 odd, 3 none and two stop bits"},
    {0x0014, "network_node", Id::line_address, "1 to 247"},
    {0x0018, "password", Id::compatibility_password, "reads as 0; written, it unlocks the compatibility mode"},
    {0x001C, "network_baud", Id::line_baud, "0 2400, 1 4800, 2 9600, 3 19200, 4 38400, 5 1200; 6 57600 and 7 115200 are ours"},
});
// clang-format on

constexpr std::array<std::int64_t, 8> rates{2'400, 4'800, 9'600, 19'200, 38'400, 1'200, 57'600, 115'200};

}  // namespace

std::span<const SdmSetting> sdm_settings() {
  return settings;
}

const SdmSetting* find_sdm_setting(std::uint16_t address) {
  const auto found = std::ranges::find(settings, address, &SdmSetting::address);
  return found == settings.end() ? nullptr : &*found;
}

std::uint32_t sdm_float(const SdmSetting& setting, std::int64_t value) {
  switch (setting.id) {
    case Id::line_parity:
      return float32_bits(value - 1, 1);
    case Id::line_baud:
      return float32_bits(std::ranges::find(rates, value) - rates.begin(), 1);
    default:
      return float32_bits(value, 1);
  }
}

std::optional<std::int64_t> value_of_sdm(const SdmSetting& setting, std::uint32_t float_bits) {
  const auto number = integer_of_float32(float_bits);
  if (!number || *number < 0) return std::nullopt;
  switch (setting.id) {
    case Id::line_parity:
      return *number + 1;
    case Id::line_baud:
      if (*number >= static_cast<std::int64_t>(rates.size())) return std::nullopt;
      return rates[static_cast<std::size_t>(*number)];
    case Id::line_address:
      if (*number == 0) return std::nullopt;  // of the row that is "as installed"
      return number;
    default:
      return number;
  }
}

}  // namespace lk::dictionary
