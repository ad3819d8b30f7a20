// SPDX-License-Identifier: Apache-2.0
// The dictionary as documents for people and for other gateways: the register map, a table for spreadsheets,
// and a device profile. Pure: the same dictionary gives the same bytes.
#pragma once

#include <string>

namespace lk::tools {

// docs/register-map.md.
[[nodiscard]] std::string register_map();
// One line for each register block, with a head line (RFC 4180).
[[nodiscard]] std::string register_table();
// A JSON profile as generic Modbus gateways take it: what stands where, and how it is read.
[[nodiscard]] std::string device_profile();

}  // namespace lk::tools
