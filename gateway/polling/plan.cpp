// SPDX-License-Identifier: Apache-2.0
#include "gateway/polling/plan.hpp"

#include <algorithm>
#include <array>

#include "modbus/frame.hpp"

namespace lk::gateway {
namespace {

using dictionary::Id;
using dictionary::Row;

// What one more request costs, in registers of two bytes: 8 bytes of request, 5 around the reply's registers,
// two silences of 3.5 characters.
constexpr std::uint16_t request_cost_registers = 10;

constexpr std::array polled{Id::voltage,        Id::current,      Id::active_power, Id::reactive_power,
                            Id::apparent_power, Id::power_factor, Id::frequency,    Id::import_energy,
                            Id::export_energy,  Id::clock,        Id::balance,      Id::priced_energy,
                            Id::deducted,       Id::credited,     Id::price,        Id::tariff_version,
                            Id::supply_state,   Id::hold_reasons, Id::alarms,       Id::token_count,
                            Id::order_sequence, Id::event_count,  Id::uptime,       Id::power_cuts};

bool is_readable(std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t address = from; address < to; ++address) {
    const Row* row = dictionary::find(static_cast<std::uint16_t>(address)).row;
    if (row == nullptr || !row->is_readable()) return false;
  }
  return true;
}

}  // namespace

std::vector<Block> plan_reads(std::span<const Id> ids) {
  std::vector<const Row*> wanted;
  for (const Id id : ids) wanted.push_back(&dictionary::row(id));
  std::ranges::sort(wanted, {}, &Row::address);
  std::vector<Block> blocks;
  for (const Row* row : wanted) {
    if (!blocks.empty()) {
      Block& last = blocks.back();
      const std::uint32_t end = std::uint32_t{last.address} + last.count;
      const std::uint32_t whole = std::uint32_t{row->address} + row->register_count - last.address;
      const bool worth_it = row->address <= end + request_cost_registers;
      if (worth_it && whole <= modbus::max_read_registers && is_readable(end, row->address)) {
        last.count = static_cast<std::uint16_t>(std::max<std::uint32_t>(whole, last.count));
        continue;
      }
    }
    blocks.push_back(Block{row->address, row->register_count});
  }
  return blocks;
}

std::span<const Id> polled_ids() {
  return polled;
}

Block event_block() {
  return Block{dictionary::row(Id::event_number).address,
               static_cast<std::uint16_t>(dictionary::event_slot_count * dictionary::event_slot_registers)};
}

Block block_of(Id first, Id last) {
  const Row& end = dictionary::row(last);
  const std::uint16_t address = dictionary::row(first).address;
  return Block{address, static_cast<std::uint16_t>(end.address + end.register_count - address)};
}

}  // namespace lk::gateway
