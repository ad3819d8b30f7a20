// SPDX-License-Identifier: Apache-2.0
// Any characters at the optical port, and any command behind a right password: nothing breaks, and what it
// says is text. The same bytes where it speaks DL/T 645: what it says are frames of its own, and the request
// behind them is answered.
#include <algorithm>
#include <span>
#include <string>

#include "dlt645/words.hpp"
#include "meter/links/infrared.hpp"
#include "meter/links/optical.hpp"
#include "meter/links/testing/bench_meter.hpp"

namespace {

using namespace lk;         // NOLINT(google-build-using-namespace): this file is the program
using namespace lk::links;  // NOLINT(google-build-using-namespace)

struct Probe {
  BenchMeter meter;
  Optical port;
  quantity::Instant now = quantity::Instant::of(1'000'000);

  Dlt645Context context() { return {meter, meter, meter.access}; }
  void say(std::string_view text) {
    for (const char c : text) {
      now = now + quantity::milliseconds(2);
      port.take(c, context(), now);
    }
    for (int i = 0; i < 12; ++i) {
      now = now + quantity::milliseconds(50);
      const std::string_view said = port.say(context(), now);
      ensure(std::ranges::all_of(said, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    }
  }
  void command(std::string_view name, std::string_view data) {
    std::string text{name};
    text += '\x02';
    text += data;
    text += '\x03';
    char sum = 0;
    for (const char c : text) sum = static_cast<char>(sum ^ c);
    say('\x01' + text + sum);
  }
};

// What is said within 100 ms of these bytes.
std::string heard_by(Infrared& port, Dlt645Slave& slave, std::span<const std::byte> bytes,
                     const Dlt645Context& context, quantity::Instant& now) {
  for (const std::byte byte : bytes) {
    now = now + quantity::milliseconds(9);
    port.take(byte, slave, context, now);
  }
  std::string said;
  for (int i = 0; i < 100; ++i) {
    now = now + quantity::milliseconds(1);
    said += port.say(slave, context, now);
  }
  return said;
}

void try_infrared(std::span<const std::byte> bytes) {
  BenchMeter meter;
  const Dlt645Context context{meter, meter, meter.access};
  Infrared port;
  Dlt645Slave slave;
  quantity::Instant now = quantity::Instant::of(1'000'000);
  std::string said = heard_by(port, slave, bytes, context, now);
  if (!said.empty()) {
    const auto frame = dlt645::parse(std::as_writable_bytes(std::span{said}));
    ensure(frame && frame->address == own_address(meter) && (frame->control & dlt645::from_slave) != 0);
  }
  constexpr auto longest_gap = quantity::milliseconds(600);
  now = now + longest_gap;
  std::array<std::byte, dlt645::frame_max_bytes> request{};
  const auto size_bytes = dlt645::build(request, own_address(meter),
                                        static_cast<std::uint8_t>(dlt645::Function::read_address), {});
  ensure(!heard_by(port, slave, std::span{request}.first(size_bytes), context, now).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Probe probe;
  probe.meter.numbers[{dictionary::Id::dlt_permissions, 0}] = 0x7F;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  probe.say("/?!\r\n");
  probe.say(
      "\x06"
      "051\r\n");
  probe.command("P1", "(04000000)");
  // Each line is a command: its two characters, then its data.
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    if (line.size() >= 2) probe.command(line.substr(0, 2), line.substr(2));
    begin = end + 1;
  }
  probe.say(text);
  try_infrared(std::as_bytes(std::span{data, size}));
  return 0;
}
