// SPDX-License-Identifier: Apache-2.0
// Any bytes: opening never reads outside them. The bytes after a right seal: decoding any verb and arguments
// is safe, and what decodes encodes to the same bytes.
#include <algorithm>
#include <cstdlib>

#include "crypto/cmac.hpp"
#include "order/order.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::order;
  constexpr Key key{};
  const auto input = std::as_bytes(std::span{data, size});
  if (open(input, 7'000'000'013, key).has_value()) std::abort();  // a seal of 128 bits is not guessed

  if (input.empty()) return 0;
  const auto verb = std::to_integer<std::uint8_t>(input.front());
  const auto arguments = input.subspan(1);
  const auto command = decode_command(verb, arguments);
  if (!command.has_value()) return 0;
  if (!is_valid(*command) || !std::ranges::equal(encode_arguments(*command).view(), arguments)) std::abort();

  const SealedOrder sealed = seal({7'000'000'013, 1, never_expires, *command}, key);
  const auto opened = open(sealed.view(), 7'000'000'013, key);
  if (!opened.has_value() || opened->verb != verb) std::abort();
  return 0;
}
