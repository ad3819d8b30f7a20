// SPDX-License-Identifier: Apache-2.0
// Any line gives one line of JSON back, and what encodes decodes.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tools/latchkey/sts/decimal.hpp"
#include "tools/latchkey/sts/lines.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto decimal = tools::parse_decimal(text, 5);
  if (!decimal.fault) {
    const auto again = tools::parse_decimal(tools::format_decimal(decimal.amount, 5), 5);
    if (again.fault || !(again.amount == decimal.amount)) std::abort();
  }
  (void)tools::decode_line(text, sts::sample_tables);
  const std::string answer = tools::encode_line(text, sts::sample_tables);
  if (answer.find('\n') != std::string::npos) std::abort();
  const auto made = nlohmann::json::parse(answer);
  if (!made.contains("tok")) return 0;
  auto line = nlohmann::json::parse(text);
  line["tok"] = made["tok"];
  const auto back = nlohmann::json::parse(tools::decode_line(line.dump(), sts::sample_tables));
  if (back.contains("error")) std::abort();
  return 0;
}
