// SPDX-License-Identifier: Apache-2.0
#include "meter/records/archive.hpp"

#include <algorithm>
#include <limits>

#include "bytes/bytes.hpp"

namespace lk::records {
namespace {

using dictionary::EventCode;

constexpr std::array<std::uint32_t, log_count> depths{300,  // all
                                                      100, 100, 50, 20, 20, 50, 20,
                                                      50,  20,  20, 20, 20, 20,  // tamper … fault
                                                      13,  62,  48, 10,          // freezes
                                                      0};                        // profile: what is left

constexpr std::size_t payload_of(std::size_t log) {
  return log < event_log_count ? event_stored_bytes : freeze_bytes;
}

}  // namespace

namespace {

// The conditions of the guard by their number, and its trips by theirs (meter/guard).
Log log_of_condition(std::uint16_t condition) {
  constexpr std::array<Log, 21> logs{
      Log::voltage, Log::voltage, Log::voltage,  Log::voltage, Log::voltage, Log::overload, Log::overload,
      Log::voltage, Log::voltage, Log::overload, Log::tamper,  Log::tamper,  Log::tamper,   Log::tamper,
      Log::tamper,  Log::tamper,  Log::tamper,   Log::fault,   Log::fault,   Log::fault,    Log::fault};
  return condition < logs.size() ? logs[condition] : Log::fault;
}

Log log_of_trip(std::uint16_t reason) {
  constexpr std::array<Log, 4> logs{Log::voltage, Log::overload, Log::tamper, Log::malicious_load};
  return reason < logs.size() ? logs[reason] : Log::fault;
}

}  // namespace

Log log_of(const Event& event) {
  switch (event.code) {
    case EventCode::condition_began:
    case EventCode::condition_ended:
    case EventCode::opened_while_off:
      return log_of_condition(event.detail);
    case EventCode::tripped:
    case EventCode::restored:
    case EventCode::trip_locked:
      return log_of_trip(event.detail);
    case EventCode::malicious_load:
      return Log::malicious_load;
    case EventCode::power_returned:
      return Log::power;
    case EventCode::token_accepted:
    case EventCode::token_refused:
      return Log::token;
    case EventCode::supply_opened:
    case EventCode::supply_closed:
    case EventCode::relay_does_not_follow:
    case EventCode::power_limit:
      return Log::relay;
    case EventCode::low_credit:
    case EventCode::reminder:
    case EventCode::emergency_taken:
    case EventCode::credit_returned:
    case EventCode::account_settled:
      return Log::credit;
    case EventCode::order_done:
    case EventCode::order_refused:
    case EventCode::parameter_set:
    case EventCode::programmed:
      return Log::programming;
    case EventCode::storage_fault:
      return Log::fault;
    case EventCode::tariff_changed:
      return Log::tariff;
    case EventCode::clock_set:
    case EventCode::clock_wrong:
      return Log::clock;
    case EventCode::card_taken:
    case EventCode::card_refused:
      return Log::card;
  }
  return Log::fault;
}

Log log_of(FreezeKind kind) {
  return static_cast<Log>(static_cast<unsigned>(Log::monthly) + static_cast<unsigned>(kind));
}

std::uint32_t depth_of(Log log) {
  return depths[static_cast<std::size_t>(log)];
}

Archive::Archive(port::Flash* flash, std::size_t profile_channels) : flash_(flash) {
  if (flash == nullptr) return;
  const port::FlashGeometry geometry = flash->geometry();
  std::array<std::uint16_t, log_count> pages{};
  std::uint32_t used = 0;
  for (std::size_t log = 0; log + 1 < log_count; ++log) {
    if (geometry.page_size_bytes < 2 * (payload_of(log) + 24)) return;
    pages[log] = Ring::pages_for(geometry, payload_of(log), depths[log]);
    used += pages[log];
  }
  if (used + 2 > geometry.page_count || geometry.page_count > std::numeric_limits<std::uint16_t>::max())
    return;
  std::uint16_t page = 0;
  for (std::size_t log = 0; log + 1 < log_count; ++log) {
    rings_[log] = Ring{*flash,
                       {.id = static_cast<std::uint8_t>(log),
                        .first_page = page,
                        .page_count = pages[log],
                        .payload_bytes = static_cast<std::uint16_t>(payload_of(log))}};
    page = static_cast<std::uint16_t>(page + pages[log]);
  }
  profile_page_ = page;
  is_present_ = true;
  lay_out_profile(profile_channels);
}

void Archive::lay_out_profile(std::size_t channels) {
  rings_[static_cast<std::size_t>(Log::profile)] =
      Ring{*flash_,
           {.id = static_cast<std::uint8_t>(Log::profile),
            .first_page = profile_page_,
            .page_count = static_cast<std::uint16_t>(flash_->geometry().page_count - profile_page_),
            .payload_bytes = static_cast<std::uint16_t>(profile_head_bytes + 4 * channels)}};
}

bool Archive::mount() {
  for (Ring& ring : rings_) {
    if (!ring.mount()) return false;  // the others would only wait for the same flash
  }
  return true;
}

bool Archive::is_mounted() const {
  return std::ranges::all_of(rings_, &Ring::is_mounted);
}

void Archive::dismount() {
  for (Ring& ring : rings_) ring.dismount();
}

bool Archive::is_sound() const {
  return is_mounted() && std::ranges::none_of(rings_, &Ring::has_refused);
}

void Archive::set_profile_channels(std::size_t count) {
  if (!is_present_ || ring(Log::profile).payload_bytes() == profile_head_bytes + 4 * count) return;
  lay_out_profile(count);
  rings_[static_cast<std::size_t>(Log::profile)].mount();
}

bool Archive::append(const Event& event) {
  if (!is_present_) return true;
  const StoredEvent bytes = encode(event);
  const bool is_in_all = rings_[static_cast<std::size_t>(Log::all)].append(bytes);
  return rings_[static_cast<std::size_t>(log_of(event))].append(bytes) && is_in_all;
}

bool Archive::append(FreezeKind kind, const Freeze& freeze) {
  if (!is_present_) return true;
  return rings_[static_cast<std::size_t>(log_of(kind))].append(encode(freeze));
}

bool Archive::append_profile(std::span<const std::byte> entry) {
  if (!is_present_) return true;
  return rings_[static_cast<std::size_t>(Log::profile)].append(entry);
}

std::uint32_t Archive::newest_event() const {
  const Ring& all = ring(Log::all);
  const std::uint32_t number = all.newest();
  StoredEvent bytes{};
  if (number == 0 || !all.read(number, bytes)) return 0;
  return decode(bytes).number;
}

std::optional<Freeze> Archive::newest(FreezeKind kind) const {
  const Ring& kept = ring(log_of(kind));
  const std::uint32_t number = kept.newest();
  StoredFreeze bytes{};
  if (number == 0 || !kept.read(number, bytes)) return std::nullopt;
  return decode_freeze(bytes);
}

std::uint32_t Archive::newest_profile_s() const {
  const Ring& kept = ring(Log::profile);
  const std::uint32_t number = kept.newest();
  std::array<std::byte, profile_max_bytes> bytes{};
  if (number == 0 || !kept.read(number, bytes)) return 0;
  bytes::Reader reader{bytes};
  return reader.little<std::uint32_t>();
}

std::size_t Archive::time_offset_of(Log log) {
  return static_cast<std::size_t>(log) < event_log_count ? 4 : 0;  // events begin with their number
}

}  // namespace lk::records
