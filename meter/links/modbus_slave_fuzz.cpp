// SPDX-License-Identifier: Apache-2.0
// Any frame with the right check behind it, to a device that accepts everything.
#include <algorithm>
#include <array>

#include "meter/links/modbus_slave.hpp"

namespace {

class AnyDevice final : public lk::links::Device {
 public:
  std::int64_t number(lk::dictionary::Id id, std::uint16_t slot_index) override {
    return static_cast<std::int64_t>(id) << slot_index;
  }
  std::string_view text(lk::dictionary::Id, std::uint16_t) override {
    return "a text that may be longer than its registers are";
  }
  void enter_token(std::span<const char, 20>) override {}
  void enter_order(std::span<const std::byte> order) override { lk::ensure(order.size() <= 78); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  links::ModbusSlave slave{1, {"Latchkey", "LK1P", "0.1.0", "LK1P prepaid", "07000000019"}};
  AnyDevice device;
  std::array<std::byte, modbus::max_frame_bytes> frame{};
  std::array<std::byte, modbus::max_frame_bytes> answer{};
  const auto bytes = std::as_bytes(std::span{data, size});
  (void)slave.serve(bytes, answer, device);
  if (size == 0 || size + 3 > frame.size()) return 0;
  frame[0] = std::byte{1};
  std::ranges::copy(bytes, frame.begin() + 1);
  const std::size_t frame_bytes = modbus::seal_frame(frame, size + 1);
  const std::size_t answer_bytes = slave.serve(std::span{frame}.first(frame_bytes), answer, device);
  const bool is_listening_only =
      frame[1] == std::byte{0x08} && frame[2] == std::byte{0} && frame[3] == std::byte{4};
  ensure(is_listening_only ||
         (answer_bytes > 0 && modbus::parse_frame(std::span{answer}.first(answer_bytes)).has_value()));
  return 0;
}
