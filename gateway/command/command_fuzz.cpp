// SPDX-License-Identifier: Apache-2.0
// Any message is a command or refused; a command can always be entered, and judged by any registers.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "assert/assert.hpp"
#include "gateway/command/command.hpp"
#include "gateway/command/verdict.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lk::gateway;
  const auto parsed = parse_command({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const auto registers = entry_registers(*parsed);
  lk::ensure(!registers.empty() && registers.size() % 2 == 0 && registers.size() <= 80);
  std::vector<std::byte> result(std::size_t{2} * result_block(parsed->kind).count);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = std::byte{data[i % size]};
  const Verdict verdict = judge(*parsed, result, size % 2 == 0);
  CommandResult end;
  end.result = verdict.result;
  end.value = verdict.value;
  lk::ensure(!result_payload(parsed->id, parsed->meter, parsed->kind, end, 0).empty());
  return 0;
}
