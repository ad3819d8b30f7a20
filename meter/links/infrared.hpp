// SPDX-License-Identifier: Apache-2.0
// The optical port where it is set to DL/T 645 (its parameter `optical_protocol`): an infrared port of
// 1 200 baud, 8E1, as in the standard. Passive: bytes with their time go in, the answer comes out when its
// time has come. The slave is that of the line; it keeps apart which port reads on. Not thread-safe; no heap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "dlt645/receiver.hpp"
#include "meter/links/dlt645_slave.hpp"
#include "quantity/quantity.hpp"

namespace lk::links {

class Infrared {
 public:
  static constexpr std::uint32_t baud = 1'200;
  // DL/T 645-2007, 5.2.5: an answer begins 20 ms after the request or later.
  static constexpr quantity::Duration reaction = quantity::milliseconds(20);

  // A byte was heard. What comes while an answer waits puts an end to it.
  void take(std::byte byte, Dlt645Slave& slave, const Dlt645Context& context, quantity::Instant now);
  // The whole answer, once, when its time has come; else nothing. Valid until the next call of this object.
  [[nodiscard]] std::string_view say(Dlt645Slave& slave, const Dlt645Context& context, quantity::Instant now);
  [[nodiscard]] bool has_to_say() const { return answer_bytes_ > 0; }
  // When `say` wants to be called at the latest; far in the future where nothing is to come.
  [[nodiscard]] quantity::Instant due() const { return due_; }

 private:
  static constexpr auto never = quantity::Instant::of(std::numeric_limits<std::int64_t>::max());
  // The line is silent for so long that its sender has said all: some characters of 9 ms.
  static constexpr quantity::Duration silence = quantity::milliseconds(35);

  void serve(const dlt645::Frame& request, Dlt645Slave& slave, const Dlt645Context& context,
             quantity::Instant now);

  dlt645::Receiver receiver_;
  std::array<std::byte, 256> answer_{};
  std::size_t answer_bytes_ = 0;
  quantity::Instant due_ = never;
};

}  // namespace lk::links
