// SPDX-License-Identifier: Apache-2.0
// Any bytes with any gaps: nothing but checked frames comes out. Each pair of input bytes is a gap and a
// byte.
#include "modbus/assembler.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::modbus;
  Assembler slave = Assembler::of_slave(timing_of(9600), 1);
  Assembler master = Assembler::of_master(timing_of(9600));
  std::int64_t now_us = 0;
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    now_us += std::int64_t{data[i]} * 40;
    for (Assembler* assembler : {&slave, &master}) {
      if ((data[i] & 1U) != 0) {
        const auto ended = assembler->poll(now_us);
        lk::ensure(ended.empty() || parse_frame(ended).has_value());
      }
      const auto frame = assembler->take(std::byte{data[i + 1]}, now_us);
      lk::ensure(frame.empty() || parse_frame(frame).has_value());
    }
  }
  return 0;
}
