// SPDX-License-Identifier: Apache-2.0
// The first line is the end of the topic, the rest the payload.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/ingest/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const std::string_view text(reinterpret_cast<const char*>(data), size_bytes);
  const auto line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string topic = "latchkey/v1/demo/gw1/" + std::string(text.substr(0, line));
  static_cast<void>(lk::ingest::decode(topic, text.substr(line + 1)));
  return 0;
}
