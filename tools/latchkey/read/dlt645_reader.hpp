// SPDX-License-Identifier: Apache-2.0
// A master of DL/T 645-2007 that asks one meter for data and waits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dlt645/frame.hpp"
#include "tools/latchkey/read/line_port.hpp"

namespace lk::tools {

class Dlt645Reader {
 public:
  // `number` is that of the meter, up to twelve digits, or "any" where it is alone on the line; UserError for
  // another text.
  Dlt645Reader(LinePort port, const std::string& number, std::chrono::milliseconds timeout);
  // The data of an identifier, behind it, its follow-up frames joined. DeviceError where the meter is silent
  // or refuses.
  [[nodiscard]] std::vector<std::byte> read(std::uint32_t identifier);

 private:
  struct Answer {
    std::uint8_t control = 0;
    std::vector<std::byte> data;
  };
  [[nodiscard]] Answer ask(std::uint8_t control, std::span<const std::byte> data);

  LinePort port_;
  dlt645::Address address_;
  std::chrono::milliseconds timeout_;
};

}  // namespace lk::tools
