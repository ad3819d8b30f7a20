// SPDX-License-Identifier: Apache-2.0
// Readers with a card in them, as the desk uses them: PC/SC, or the file of a software card. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "card/terminal.hpp"

namespace lk::tools::cards {

// A reader that closes itself; while it lives nobody else speaks with the card.
class OpenReader : public card::Reader {
 public:
  virtual ~OpenReader() = default;
};

// The card of a file. Throws UserError where there is none.
[[nodiscard]] std::unique_ptr<OpenReader> open_file(const std::string& path);

// The readers of this machine's PC/SC service, by name. Throws DeviceError where there is no service, or this
// program was built without PC/SC.
[[nodiscard]] std::vector<std::string> list_readers();
// The card in the reader whose name begins with `name`, or in the first one that holds a card where it is
// empty. Waits up to `wait_s` for a card. Throws DeviceError.
[[nodiscard]] std::unique_ptr<OpenReader> open_pcsc(const std::string& name, int wait_s);

}  // namespace lk::tools::cards
