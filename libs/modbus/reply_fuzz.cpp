// SPDX-License-Identifier: Apache-2.0
// Any bytes as the reply to each kind of request; their check is put behind them so that they get past it.
#include <algorithm>
#include <array>

#include "modbus/master.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::modbus;
  if (size < 3 || size - 1 + 2 > max_frame_bytes) return 0;
  std::array<std::byte, max_frame_bytes> request{};
  const std::array<std::byte, 4> registers{};
  std::size_t request_bytes = 0;
  switch (data[0] % 6) {
    case 0:
      request_bytes = read_request(request, 1, Function::read_holding_registers, 0x5000, 38);
      break;
    case 1:
      request_bytes = write_request(request, 1, 6, std::uint16_t{1});
      break;
    case 2:
      request_bytes = write_request(request, 1, 6, registers);
      break;
    case 3:
      request_bytes = server_id_request(request, 1);
      break;
    case 4:
      request_bytes = identification_request(request, 1, 1, 0);
      break;
    default:
      request_bytes = echo_request(request, 1, 0x1234);
      break;
  }
  std::array<std::byte, max_frame_bytes> reply{};
  std::ranges::copy(std::as_bytes(std::span{data + 1, size - 1}), reply.begin());
  const std::size_t reply_bytes = seal_frame(reply, size - 1);
  const auto parsed =
      parse_reply(std::span{request}.first(request_bytes), std::span{reply}.first(reply_bytes));
  if (parsed && parsed->data.size() >= 2) (void)parsed->register_at(parsed->data.size() / 2 - 1);
  return 0;
}
