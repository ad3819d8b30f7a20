// SPDX-License-Identifier: Apache-2.0
// Any characters at the optical port, and any command behind a right password: nothing breaks, and what it
// says is text.
#include <algorithm>
#include <string>

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
  return 0;
}
