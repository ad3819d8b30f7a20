// SPDX-License-Identifier: Apache-2.0
// What the registers read back after a command mean for it. Pure.
//
// A write whose answer was lost is uncertain. What is read back then may be of an earlier entry of the same
// bytes, so only an acceptance counts: it is true whoever entered them. A refusal counts only after a write
// that was answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/command/command.hpp"
#include "gateway/polling/plan.hpp"

namespace lk::gateway {

struct Verdict {
  enum class Kind : std::uint8_t {
    done,
    refused,
    again,   // the meter asks for it again later (not ready)
    silent,  // the registers tell nothing about this command: enter it (again)
  };
  Kind kind = Kind::silent;
  std::int64_t result = 0;
  std::int64_t value = 0;
};

// Where a command is written and what is read back afterwards.
[[nodiscard]] Block entry_block(const Command& command);
[[nodiscard]] std::vector<std::byte> entry_registers(const Command& command);
[[nodiscard]] Block result_block(CommandKind kind);

// `registers` are those of `result_block`; `confirmed` where the write just before was answered by the meter.
[[nodiscard]] Verdict judge(const Command& command, std::span<const std::byte> registers, bool confirmed);

}  // namespace lk::gateway
