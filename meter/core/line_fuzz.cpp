// SPDX-License-Identifier: Apache-2.0
// Any bytes at any times at the end of a meter's line, Modbus and DL/T 645 told apart: answers are sound
// frames of one of them, nothing is credited or switched, and a frame behind a silence is always answered.
#include <algorithm>

#include "dlt645/frame.hpp"
#include "meter/core/line_end.hpp"
#include "meter/core/testing/bench.hpp"

namespace {

using namespace lk;  // NOLINT(google-build-using-namespace): this file is the program

class Line {
 public:
  explicit Line(meter::Bench& bench) : bench_(bench), end_(*bench.meter) {}

  void rest(std::int64_t duration_us) {
    now_us_ += duration_us;
    end_.poll(now_us_, bench_.now);
    take_answer();
  }
  void say(std::span<const std::byte> bytes) {
    for (const std::byte b : bytes) {
      now_us_ += character_us;
      end_.take(b, now_us_, bench_.now);
      take_answer();
    }
  }
  int answer_count = 0;

 private:
  static constexpr std::int64_t character_us = 1'146;  // at 9 600 baud

  void take_answer() {
    const auto said = end_.answer();
    if (said.empty()) return;
    std::array<std::byte, 256> copy{};
    std::ranges::copy(said, copy.begin());
    ensure(modbus::parse_frame(said).has_value() ||
           dlt645::parse(std::span{copy}.first(said.size())).has_value());
    ensure(end_.answer_due_us() >= now_us_);
    now_us_ = end_.answer_due_us();
    end_.answered();
    ++answer_count;
  }

  meter::Bench& bench_;
  meter::LineEnd end_;
  std::int64_t now_us_ = 1'000'000;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static meter::Bench bench;
  if (bench.look().event_count > 5000) bench.power_cycle();
  Line line{bench};
  // F0 is a rest as well: longer than t1.5, longer than t3.5, longer than DL/T 645 allows.
  constexpr std::int64_t rests_us[] = {2'500, 6'000, 700'000};
  for (std::size_t i = 0; i < size; ++i) {
    const std::byte b{data[i]};
    line.say(std::span{&b, 1});
    if (data[i] == 0xF0) line.rest(rests_us[i % 3]);
  }
  line.rest(700'000);
  // A slave that was told to listen only answers again.
  std::array<std::byte, 8> restart{std::byte{1}, std::byte{8}, std::byte{0}, std::byte{1}};
  line.say(std::span{restart}.first(modbus::seal_frame(restart, 6)));
  line.rest(50'000);
  const int before = line.answer_count;
  std::array<std::byte, modbus::max_frame_bytes> ask{};
  line.say(std::span{ask}.first(
      modbus::read_request(ask, 1, modbus::Function::read_holding_registers, 0x5000, 4)));
  line.rest(50'000);
  ensure(line.answer_count == before + 1);
  std::array<std::byte, dlt645::frame_max_bytes> own{};
  line.say(std::span{own}.first(dlt645::build(own, dlt645::address_of(7'000'000'019), 0x13, {})));
  line.rest(50'000);
  ensure(line.answer_count == before + 2);
  ensure(bench.look().credited == quantity::units(5) && bench.look().hold_reasons == 0);
  return 0;
}
