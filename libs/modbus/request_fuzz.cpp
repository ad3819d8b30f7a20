// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request; where their check is good, an answer can be made. The fuzzer's bytes are also tried
// with the right check put behind them.
#include <algorithm>
#include <array>

#include "modbus/slave.hpp"

namespace {

constexpr lk::modbus::IdentificationObject objects[] = {
    {0, "vendor"}, {1, "product"}, {2, "1.0"}, {0x80, "more"}};

void answer(std::span<const std::byte> frame) {
  using namespace lk::modbus;
  const auto request = parse_request(frame);
  if (!request) return;
  std::array<std::byte, max_frame_bytes> room{};
  if (request->exception != Exception::none) {
    (void)exception_reply(room, *request, request->exception);
  } else if (request->is_read()) {
    const std::array<std::byte, std::size_t{2} * max_read_registers> registers{};
    (void)read_reply(room, *request, std::span{registers}.first(std::size_t{2} * request->count));
  } else if (request->is_write()) {
    (void)write_reply(room, *request);
  } else if (request->function == 0x08) {
    (void)echo_reply(room, *request);
  } else if (request->function == 0x14) {
    FileReply reply{room, *request};
    for (std::size_t i = 0; i < request->file_read_count(); ++i)
      (void)reply.add(request->file_read(i).length);
    (void)reply.end();
  } else if (request->function == 0x2B) {
    (void)identification_reply(room, *request, objects);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span{data, size});
  answer(bytes);
  if (size < 2 || size + 2 > lk::modbus::max_frame_bytes) return 0;
  std::array<std::byte, lk::modbus::max_frame_bytes> sealed{};
  std::ranges::copy(bytes, sealed.begin());
  answer(std::span{sealed}.first(lk::modbus::seal_frame(sealed, size)));
  return 0;
}
