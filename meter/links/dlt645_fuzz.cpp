// SPDX-License-Identifier: Apache-2.0
// Any request, of both editions, to a meter with everything allowed: answers are frames from its address, and
// nothing that is worth money is ever asked for without a seal.
#include <algorithm>

#include "meter/links/dlt645_slave.hpp"
#include "meter/links/testing/bench_meter.hpp"

namespace {

// A log of each kind that a request may read, with what is rare in it.
void add_records(lk::links::BenchMeter& meter) {
  using lk::dictionary::EventCode;
  constexpr std::uint32_t then_s = 1'785'499'200;
  constexpr std::uint16_t condition_count = 21;
  for (std::uint16_t condition = 0; condition < condition_count; ++condition) {
    meter.add_event(EventCode::condition_began, condition, -1, then_s);
    meter.add_event(EventCode::condition_ended, condition, 0x7FFF'FFFF'FFFF, then_s + 90);
    meter.add_event(EventCode::condition_began, condition, 5'000, then_s - 90);
  }
  for (const EventCode code :
       {EventCode::token_accepted, EventCode::supply_opened, EventCode::supply_closed,
        EventCode::power_returned, EventCode::programmed, EventCode::clock_set, EventCode::card_refused,
        EventCode::credit_returned, EventCode::relay_does_not_follow, EventCode::opened_while_off}) {
    meter.add_event(code, 0, 5'000'000, then_s);
  }
  meter.add_event(EventCode::programmed, 2, 0x19, then_s);
  meter.add_event(EventCode::programmed, 2, 0x0301'FFFF, then_s);
  const auto freeze = lk::records::encode(lk::records::Freeze{.time_s = then_s});
  for (const auto log : {lk::records::Log::monthly, lk::records::Log::daily, lk::records::Log::instant})
    meter.logs[log].emplace_back(freeze.begin(), freeze.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  using namespace lk::links;
  BenchMeter meter;
  meter.numbers[{dictionary::Id::dlt_permissions, 0}] = 0x7F;
  add_records(meter);
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
