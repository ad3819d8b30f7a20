// SPDX-License-Identifier: Apache-2.0
// The split keypad unit of a meter (docs/formats/ciu.md) in the terminal: the far end of its two-wire line.
#pragma once

#include <string>

namespace lk::tools {

// Shows what the meter says on the serial device at `path`, live, and sends it keys, until `q`. Throws
// DeviceError where the device cannot be opened or goes away.
void be_keypad_unit(const std::string& path);

}  // namespace lk::tools
