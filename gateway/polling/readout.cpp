// SPDX-License-Identifier: Apache-2.0
#include "gateway/polling/readout.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assert/assert.hpp"
#include "bytes/bytes.hpp"
#include "dictionary/codec.hpp"
#include "dictionary/codes.hpp"

namespace lk::gateway {
namespace {

using dictionary::Id;
using nlohmann::ordered_json;

struct Field {
  const char* name;
  Id id;
};

// The numbers of a reading, in the order of docs/formats/mqtt.md, with the states that stand between them as
// texts.
constexpr std::array before_states{Field{"meter_time", Id::clock},
                                   Field{"voltage_mv", Id::voltage},
                                   Field{"current_ma", Id::current},
                                   Field{"active_power_dw", Id::active_power},
                                   Field{"reactive_power_dvar", Id::reactive_power},
                                   Field{"apparent_power_dva", Id::apparent_power},
                                   Field{"power_factor_e4", Id::power_factor},
                                   Field{"frequency_mhz", Id::frequency},
                                   Field{"import_energy_mj", Id::import_energy},
                                   Field{"export_energy_mj", Id::export_energy},
                                   Field{"balance", Id::balance},
                                   Field{"priced_energy_mj", Id::priced_energy},
                                   Field{"deducted", Id::deducted},
                                   Field{"credited", Id::credited},
                                   Field{"price", Id::price},
                                   Field{"tariff_version", Id::tariff_version}};
constexpr std::array after_states{Field{"token_count", Id::token_count},
                                  Field{"order_sequence", Id::order_sequence},
                                  Field{"event_count", Id::event_count}, Field{"power_cuts", Id::power_cuts}};

using BitName = std::string_view (*)(unsigned);

ordered_json names_of(std::int64_t bits, BitName name_of) {
  ordered_json names = ordered_json::array();
  for (unsigned bit = 0; bit < 16; ++bit) {
    if ((bits >> bit & 1) != 0) names.push_back(name_of(bit));
  }
  return names;
}

}  // namespace

void Readout::add(Block block, std::span<const std::byte> registers) {
  ensure(registers.size() == std::size_t{2} * block.count);
  parts_.push_back(Part{block, {registers.begin(), registers.end()}});
}

std::optional<std::int64_t> Readout::value(Id id) const {
  const dictionary::Row& row = dictionary::row(id);
  for (const Part& part : parts_) {
    if (row.address < part.block.address) continue;
    const std::size_t first = std::size_t{row.address} - part.block.address;
    if (first + row.register_count > part.block.count) continue;
    return dictionary::decode(
        row, std::span{part.registers}.subspan(2 * first, std::size_t{2} * row.register_count));
  }
  return std::nullopt;
}

std::string reading_payload(const Readout& readout, std::int64_t taken_ms, std::int64_t sequence) {
  ordered_json message{{"ts", taken_ms}, {"seq", sequence}};
  const auto put = [&](const Field& field) {
    if (const auto value = readout.value(field.id)) message[field.name] = *value;
  };
  std::ranges::for_each(before_states, put);
  if (const auto state = readout.value(Id::supply_state))
    message["supply_state"] = *state == 0 ? "open" : "closed";
  if (const auto bits = readout.value(Id::hold_reasons)) {
    message["hold_reasons"] = names_of(*bits, dictionary::hold_reason_name);
  }
  if (const auto bits = readout.value(Id::alarms))
    message["alarms"] = names_of(*bits, dictionary::alarm_name);
  std::ranges::for_each(after_states, put);
  return message.dump();
}

NewEvents new_events(std::span<const std::byte> slots, std::optional<std::int64_t> last_seen) {
  ensure(slots.size() == std::size_t{2} * event_block().count);
  NewEvents found;
  found.last = last_seen.value_or(0);
  bytes::Reader reader{slots};
  for (std::uint16_t slot = 0; slot < dictionary::event_slot_count; ++slot) {
    Event event;
    event.number = reader.big<std::uint32_t>();
    event.time_s = reader.big<std::uint32_t>();
    event.code = reader.big<std::uint16_t>();
    event.detail = reader.big<std::uint16_t>();
    event.value = reader.big<std::int64_t>();
    if (event.number > found.last) found.events.push_back(event);
  }
  std::ranges::sort(found.events, {}, &Event::number);
  if (found.events.empty()) return found;
  if (last_seen) found.lost = found.events.front().number - *last_seen - 1;
  found.last = found.events.back().number;
  return found;
}

std::vector<LogEntry> log_entries(std::span<const std::byte> log_data) {
  constexpr std::size_t entry_bytes = 24;
  std::vector<LogEntry> entries;
  bytes::Reader reader{log_data};
  const std::size_t size_bytes = reader.big<std::uint16_t>();
  if (!reader.ok() || size_bytes % entry_bytes != 0 || size_bytes > reader.left()) return entries;
  for (std::size_t i = 0; i < size_bytes / entry_bytes; ++i) {
    LogEntry entry;
    entry.entry = reader.little<std::uint32_t>();
    entry.event.number = reader.little<std::uint32_t>();
    entry.event.time_s = reader.little<std::uint32_t>();
    entry.event.code = reader.little<std::uint16_t>();
    entry.event.detail = reader.little<std::uint16_t>();
    entry.event.value = reader.little<std::int64_t>();
    entries.push_back(entry);
  }
  return entries;
}

bool append_run(std::vector<Event>& run, std::span<const LogEntry> entries, std::int64_t first,
                std::int64_t last) {
  for (const auto& [entry, event] : entries) {
    if (event.number < first) continue;
    if (event.number > last || (!run.empty() && event.number != run.back().number + 1)) return false;
    run.push_back(event);
  }
  return true;
}

NewEvents events_of_run(std::span<const Event> run, std::int64_t first) {
  ensure(!run.empty());
  return {{run.begin(), run.end()}, run.front().number - first, run.back().number};
}

std::string event_payload(const Event& event) {
  const ordered_json message{{"ts", event.time_s * 1000}, {"number", event.number},
                             {"code", event.code},        {"name", dictionary::event_name(event.code)},
                             {"detail", event.detail},    {"value", event.value}};
  return message.dump();
}

std::string lost_events_payload(std::int64_t first_known, std::int64_t lost, std::int64_t now_ms) {
  const ordered_json message{{"ts", now_ms}, {"number", first_known - 1},
                             {"code", 0},    {"name", "lost_events"},
                             {"detail", 0},  {"value", lost}};
  return message.dump();
}

}  // namespace lk::gateway
