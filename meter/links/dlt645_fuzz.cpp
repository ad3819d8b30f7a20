// SPDX-License-Identifier: Apache-2.0
// Any request, of both editions, to a meter with everything allowed: answers are frames from its address, and
// nothing that is worth money is ever asked for without a seal.
#include <algorithm>

#include "meter/links/dlt645_slave.hpp"
#include "meter/links/testing/bench_meter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  using namespace lk::links;
  BenchMeter meter;
  meter.numbers[{dictionary::Id::dlt_permissions, 0}] = 0x7F;
  meter.add_event(dictionary::EventCode::token_accepted, 0, 5'000'000, 1'785'499'200);
  meter.add_event(dictionary::EventCode::supply_opened, 0, 0, 1'785'499'200);
  Dlt645Slave slave;
  // Control, size, data, and so on.
  for (std::size_t at = 0; at + 2 <= size;) {
    const std::uint8_t control = data[at];
    const std::size_t wanted = std::min<std::size_t>(data[at + 1], dlt645::data_max_bytes);
    at += 2;
    const std::size_t data_bytes = std::min(wanted, size - at);
    const dlt645::Frame request{own_address(meter), control, std::as_bytes(std::span{data + at, data_bytes})};
    at += data_bytes;
    std::array<std::byte, 256> answer{};
    const std::size_t answer_bytes = slave.serve(request, answer, {meter, meter, meter.access});
    if (answer_bytes == 0) continue;
    const auto frame = dlt645::parse(std::span{answer}.first(answer_bytes));
    ensure(frame && frame->address == own_address(meter) && (frame->control & 0x9F) == (control | 0x80));
  }
  return 0;
}
