// SPDX-License-Identifier: Apache-2.0
// A meter that is served arbitrary frames, raw and with the right check put behind them: it never trips,
// never answers anything but a checked frame, and nobody gets credit.
#include <algorithm>

#include "meter/core/testing/bench.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  static meter::Bench bench;
  if (bench.look().event_count > 5000) bench.power_cycle();
  std::array<std::byte, modbus::max_frame_bytes> answer{};
  const auto input = std::as_bytes(std::span{data, size});
  const std::size_t raw_bytes = bench.meter->serve(input, answer, bench.now);
  ensure(raw_bytes == 0 || modbus::parse_frame(std::span{answer}.first(raw_bytes)).has_value());
  // Function 08 0001: a slave that was told to listen only (08 0004) answers again.
  std::array<std::byte, 8> restart{std::byte{1}, std::byte{8}, std::byte{0}, std::byte{1}};
  const std::size_t restart_bytes = modbus::seal_frame(restart, 6);
  (void)bench.meter->serve(std::span{restart}.first(restart_bytes), answer, bench.now);

  // Frames of one input: a size, then as many bytes behind the unit's number.
  bytes::Reader reader{input};
  while (reader.left() > 1) {
    const std::size_t body_bytes = std::min<std::size_t>(reader.byte() % 100U + 1U, reader.left());
    std::array<std::byte, modbus::max_frame_bytes> frame{};
    frame[0] = std::byte{1};
    std::ranges::copy(reader.take(body_bytes), frame.begin() + 1);
    const std::size_t frame_bytes = modbus::seal_frame(frame, body_bytes + 1);
    const std::size_t answer_bytes =
        bench.meter->serve(std::span{frame}.first(frame_bytes), answer, bench.now);
    constexpr std::array listen_only{std::byte{8}, std::byte{0}, std::byte{4}};
    const bool is_silenced = std::ranges::equal(std::span{frame}.subspan(1, 3), listen_only);
    if (answer_bytes == 0) {
      ensure(is_silenced);
      (void)bench.meter->serve(std::span{restart}.first(restart_bytes), answer, bench.now);
      continue;
    }
    ensure(modbus::parse_frame(std::span{answer}.first(answer_bytes)).has_value());
    bench.now = bench.now + quantity::milliseconds(20);
  }
  ensure(bench.look().credited == quantity::units(5) && bench.look().hold_reasons == 0);
  return 0;
}
