// SPDX-License-Identifier: Apache-2.0
#include "meter/links/dlt645_events.hpp"

#include <algorithm>
#include <array>

#include "dlt645/words.hpp"
#include "order/command.hpp"

namespace lk::links {
namespace {

using dictionary::EventCode;
using dlt645::EventSet;

// What a password did stands in the low half of the event's value: a function, or a data identifier.
bool is_demand_reset(const records::Event& event) {
  if (event.code == EventCode::order_done)
    return event.detail == static_cast<std::uint16_t>(order::Verb::reset_demand);
  const auto what = static_cast<std::uint32_t>(event.value);
  return event.code == EventCode::programmed &&
         (what == static_cast<std::uint32_t>(dlt645::Function::clear_demand) ||
          what == static_cast<std::uint32_t>(dlt645::Function97::clear_demand));
}

// Identifiers of events, or of all of them: no other function names one of these.
bool is_event_clear(const records::Event& event) {
  const auto group = static_cast<std::uint32_t>(event.value) >> 24U;
  return event.code == EventCode::programmed && (group == 0x03 || group >= 0x10);
}

EventCode code_of(std::int32_t argument) {
  return static_cast<EventCode>(static_cast<std::uint32_t>(argument) & 0xFFFFU);
}

}  // namespace

EventWalk::EventWalk(records::Log log, const Dlt645Context& context) : station_(context.station), log_(log) {
  const LogRange range = station_.log_range(log);
  first_ = std::max(range.first, context.access.hidden_until(log) + 1);
  number_ = std::max(range.next, first_);
}

std::optional<records::Event> EventWalk::next() {
  while (number_ > first_) {
    --number_;
    std::array<std::byte, records::entry_max_bytes> room{};
    const std::size_t size_bytes = station_.log_entry(log_, number_, room);
    if (size_bytes == 0) continue;
    const records::Event event = records::decode(std::span{room}.first(size_bytes));
    if (event.number != 0) return event;
  }
  return std::nullopt;
}

bool EventSearch::fits(const records::Event& event) const {
  if (argument_ == static_cast<std::int32_t>(EventSet::demand_resets)) return is_demand_reset(event);
  if (argument_ == static_cast<std::int32_t>(EventSet::event_clears)) return is_event_clear(event);
  const auto detail_above = static_cast<std::uint32_t>(argument_) >> 16U;
  return event.code == code_of(argument_) && (detail_above == 0 || event.detail == detail_above - 1U);
}

records::Log EventSearch::log() const {
  if (argument_ == static_cast<std::int32_t>(EventSet::demand_resets) ||
      argument_ == static_cast<std::int32_t>(EventSet::event_clears))
    return records::Log::programming;
  const auto detail_above = static_cast<std::uint32_t>(argument_) >> 16U;
  return records::log_of({.code = code_of(argument_),
                          .detail = static_cast<std::uint16_t>(detail_above == 0 ? 0 : detail_above - 1U)});
}

std::optional<records::Event> event_back(const EventSearch& search, std::uint32_t n,
                                         const Dlt645Context& context, std::uint32_t& count) {
  EventWalk walk{search.log(), context};
  count = 0;
  while (const auto event = walk.next()) {
    if (search.fits(*event) && ++count == n) return event;
  }
  return std::nullopt;
}

}  // namespace lk::links
