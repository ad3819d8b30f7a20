// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/zone.hpp"

#include <date/tz.h>

#include <chrono>

#include "tariff/local_time.hpp"
#include "tools/latchkey/command.hpp"

namespace lk::tools {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

const date::time_zone& zone_of(const std::string& name) {
  try {
    return *date::locate_zone(name);
  } catch (const std::runtime_error&) {
    throw UserError{"--zone: \"" + name +
                    "\" is not in the time zone database of this machine (package tzdata); write a name as "
                    "Europe/Berlin, Asia/Shanghai or Etc/GMT-1"};
  }
}

}  // namespace

ToUtc to_utc_by_name(const std::string& name) {
  const date::time_zone& zone = zone_of(name);
  return [&zone](std::int64_t local_ms) {
    const date::local_time<milliseconds> local{milliseconds{local_ms}};
    const date::local_info info = zone.get_info(local);
    const auto by = [&](const date::sys_info& part) {
      return local_ms - duration_cast<milliseconds>(part.offset).count();
    };
    std::vector<std::int64_t> meant;
    if (info.result != date::local_info::nonexistent) meant.push_back(by(info.first));
    if (info.result == date::local_info::ambiguous) meant.push_back(by(info.second));
    return meant;
  };
}

ToUtc to_utc_by_rule(const tariff::Zone& zone) {
  return [&zone](std::int64_t local_ms) {
    std::vector<std::int64_t> meant;
    for (const int save_minutes : {static_cast<int>(zone.save_minutes), 0}) {
      const std::int64_t offset_ms = (zone.offset_minutes + save_minutes) * tariff::ms_per_minute;
      const std::int64_t ms = local_ms - offset_ms;
      const bool fits = tariff::zone_at(zone, quantity::Instant::of(ms)).offset_ms == offset_ms;
      if (fits && (meant.empty() || meant.back() != ms)) meant.push_back(ms);
    }
    return meant;
  };
}

std::int64_t offset_minutes_by_name(const std::string& name, quantity::Instant at) {
  const date::sys_info info =
      zone_of(name).get_info(date::sys_time<milliseconds>{milliseconds{at.unix_ms()}});
  return duration_cast<std::chrono::minutes>(info.offset).count();
}

}  // namespace lk::tools
