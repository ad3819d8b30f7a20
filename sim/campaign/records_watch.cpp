// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/records_watch.hpp"

#include "bytes/bytes.hpp"

namespace lk::sim {
namespace {

using records::FreezeKind;
using records::Log;

std::string told(const std::string& what, std::uint64_t before, std::uint64_t after) {
  return what + ": " + std::to_string(before) + ", then " + std::to_string(after);
}

}  // namespace

std::optional<std::string> RecordsWatch::look(const meter::Meter& meter, bool has_lost) {
  const records::Archive& archive = meter.archive();
  if (auto found = look_at_events(archive.ring(Log::all), has_lost)) return found;
  for (std::size_t i = 0; i < records::freeze_kind_count; ++i) {
    const auto kind = static_cast<FreezeKind>(i);
    if (auto found = look_at_freezes(archive.ring(records::log_of(kind)), kind)) return found;
  }
  return look_at_profile(archive.ring(Log::profile), has_lost);
}

void RecordsWatch::went_back() {
  event_number_ = 0;
  freeze_ = {};
}

void RecordsWatch::profile_changed() {
  profile_at_ = 1;
  profile_seen_ = 0;
}

std::optional<std::string> RecordsWatch::look_at_events(const records::Ring& ring, bool has_lost) {
  for (; event_at_ < ring.next(); ++event_at_) {
    records::StoredEvent bytes{};
    if (!ring.read(event_at_, bytes)) continue;
    const records::Event event = records::decode(bytes);
    ++event_count_;
    if (event_number_ != 0 && event.number <= event_number_)
      return told("events out of order", event_number_, event.number);
    if (event_number_ != 0 && event.number != event_number_ + 1 && !has_lost)
      return told("an event is missing", event_number_, event.number);
    const bool is_step = event.code == dictionary::EventCode::clock_set;
    if (event_number_ != 0 && event.time_s < event_time_s_ && !is_step && !has_lost)
      return told("the time of events ran back", event_time_s_, event.time_s);
    event_number_ = event.number;
    event_time_s_ = event.time_s;
  }
  return std::nullopt;
}

std::optional<std::string> RecordsWatch::look_at_freezes(const records::Ring& ring, FreezeKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  for (; freeze_at_[index] < ring.next(); ++freeze_at_[index]) {
    records::StoredFreeze bytes{};
    if (!ring.read(freeze_at_[index], bytes)) continue;
    const records::Freeze freeze = records::decode_freeze(bytes);
    const records::Freeze& before = freeze_[index];
    ++freeze_count_;
    if (freeze.import_energy < before.import_energy)
      return told("frozen energy ran back", static_cast<std::uint64_t>(before.import_energy.count()),
                  static_cast<std::uint64_t>(freeze.import_energy.count()));
    const bool is_anew = freeze.cause == records::FreezeCause::clock;
    if (kind != FreezeKind::instant && !is_anew && freeze.period <= before.period)
      return told("a period was frozen twice", before.period, freeze.period);
    freeze_[index] = freeze;
  }
  return std::nullopt;
}

std::optional<std::string> RecordsWatch::look_at_profile(const records::Ring& ring, bool has_lost) {
  constexpr std::uint8_t excuses = records::mark_power_lost | records::mark_clock_set |
                                   records::mark_clock_wrong | records::mark_missing | records::mark_partial;
  for (; profile_at_ < ring.next(); ++profile_at_) {
    std::array<std::byte, records::profile_max_bytes> bytes{};
    if (!ring.read(profile_at_, bytes)) continue;
    bytes::Reader reader{bytes};
    const auto time_s = reader.little<std::uint32_t>();
    const std::uint8_t marks = reader.byte();
    const std::uint32_t length_s = reader.byte() * 60U;
    ++profile_count_;
    const bool follows = time_s == profile_time_s_ + length_s && profile_at_ == profile_seen_ + 1;
    if (profile_seen_ != 0 && !follows) {
      const bool is_unreadable = profile_at_ != profile_seen_ + 1 && has_lost;
      if ((marks & excuses) == 0 && !is_unreadable)
        return told("a hole in the load profile that has no mark", profile_time_s_, time_s);
      if ((marks & records::mark_missing) != 0) ++marked_holes_;
    }
    if (profile_seen_ != 0 && (marks & (records::mark_clock_set | records::mark_clock_wrong)) == 0 &&
        time_s <= profile_time_s_ && (marks & excuses) == 0)
      return told("the load profile ran back", profile_time_s_, time_s);
    profile_seen_ = profile_at_;
    profile_time_s_ = time_s;
  }
  return std::nullopt;
}

}  // namespace lk::sim
