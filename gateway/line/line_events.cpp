// SPDX-License-Identifier: Apache-2.0
// The part of Line that takes a meter's events over: the newest stand in twelve slots, those before them in
// the long log behind a window (docs/formats/modbus-map.md), of which a poll reads a part, so that one meter
// with much to tell does not hold up the others.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "dictionary/codec.hpp"
#include "gateway/clock.hpp"
#include "gateway/line/line.hpp"

namespace lk::gateway {
namespace {

namespace asio = boost::asio;
using dictionary::Id;

constexpr std::int64_t log_of_all_events = 0;
constexpr int windows_a_poll = 5;  // of eight events

std::int64_t number_at(Block block, Id id, std::span<const std::byte> registers) {
  const dictionary::Row& row = dictionary::row(id);
  return dictionary::decode(row, registers.subspan(std::size_t{2} * (row.address - block.address),
                                                   std::size_t{2} * row.register_count));
}

}  // namespace

// Writes a row of the window.
asio::awaitable<std::expected<void, Fault>> Line::select(Meter& meter, Id id, std::int64_t value) {
  const dictionary::Row& row = dictionary::row(id);
  std::vector<std::byte> registers(std::size_t{2} * row.register_count);
  dictionary::encode(row, value, registers);
  co_return co_await master_.write(meter.address, row.address, registers);
}

// Events from `first` to `last`, one after the other without a gap, as many as this poll may read: the first
// may be a later one where the log no longer has those before. Nothing where it has none of them.
asio::awaitable<std::expected<std::vector<Event>, Fault>> Line::read_log(Meter& meter, std::int64_t first,
                                                                         std::int64_t last) {
  std::vector<Event> found;
  if (const auto done = co_await select(meter, Id::log_kind, log_of_all_events); !done)
    co_return std::unexpected(done.error());
  const Block ends = block_of(Id::log_first, Id::log_next);
  const auto answer = co_await master_.read(meter.address, ends);
  if (!answer) co_return std::unexpected(answer.error());
  const std::int64_t begin = number_at(ends, Id::log_first, *answer);
  const std::int64_t end = number_at(ends, Id::log_next, *answer);
  // The newest event is the last entry; entries that a power cut tore have numbers of their own, so that
  // the one wanted stands here or before.
  std::int64_t at = std::max(begin, end - 1 - (last - first));
  for (int window = 0; window < windows_a_poll && at < end; ++window) {
    if (const auto done = co_await select(meter, Id::log_number, at); !done)
      co_return std::unexpected(done.error());
    const Block data = block_of(Id::log_data, Id::log_data);
    const auto bytes = co_await master_.read(meter.address, data);
    if (!bytes) co_return std::unexpected(bytes.error());
    const std::vector<LogEntry> entries = log_entries(*bytes);
    if (entries.empty()) break;
    const bool is_too_late = found.empty() && entries.front().event.number > first && at > begin;
    if (is_too_late) {
      at = std::max(begin, at - (entries.front().event.number - first));
      continue;
    }
    const std::size_t found_before = found.size();
    const bool goes_on = append_run(found, entries, first, last);
    if (!goes_on) break;
    at = entries.back().entry + 1;
    if (found.size() == found_before && !found.empty()) break;
  }
  co_return found;
}

asio::awaitable<Line::Step> Line::take_events(Meter& meter, std::int64_t event_count) {
  if (meter.last_event && event_count < *meter.last_event) {
    spdlog::warn("meter {}: its events begin anew ({} after {}): taken as a new log", meter.number,
                 event_count, *meter.last_event);
    meter.last_event.reset();
  }
  const auto answer = co_await master_.read(meter.address, event_block());
  if (!answer) co_return step_of(meter, answer.error());
  NewEvents events = new_events(*answer, meter.last_event);
  if (events.lost > 0) {
    const std::int64_t first = meter.last_event.value_or(0) + 1;
    const auto past = co_await read_log(meter, first, events.last);
    // A meter that has no such window refuses: what is lost stays lost.
    if (!past && past.error().kind != Fault::Kind::exception) co_return step_of(meter, past.error());
    if (past && !past->empty()) events = events_of_run(*past, first);
  }
  if (events.lost > 0) spdlog::warn("meter {}: {} events are lost", meter.number, events.lost);
  meter.last_event = events.last;
  if (!events.events.empty()) reports_.events(meter.number, std::move(events), wall_ms());
  co_return Step::answered;
}

}  // namespace lk::gateway
