// SPDX-License-Identifier: Apache-2.0
// For tests: a meter without a core. Values by row, records by log, and what it was told to do.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "bytes/bytes.hpp"
#include "dictionary/codes.hpp"
#include "meter/links/access.hpp"
#include "meter/links/device.hpp"
#include "meter/links/station.hpp"
#include "tariff/local_time.hpp"

namespace lk::links {

class BenchMeter final : public Device, public Station {
 public:
  using Id = dictionary::Id;

  std::int64_t number(Id id, std::uint16_t slot_index) override {
    const auto found = numbers.find({id, slot_index});
    return found == numbers.end() ? 0 : found->second;
  }
  std::string_view text(Id id, std::uint16_t /*slot_index*/) override {
    return id == Id::meter_number ? std::string_view{meter_number} : "LK1P";
  }
  void enter_token(std::span<const char, 20> characters) override {
    told.push_back("token " + std::string(characters.begin(), characters.end()));
    numbers[{Id::token_result, 0}] = 1;
    numbers[{Id::token_amount, 0}] = 5'000'000;
    numbers[{Id::token_identifier, 0}] = 4711;
  }
  void enter_order(std::span<const std::byte> order) override {
    told.push_back("order of " + std::to_string(order.size()));
    numbers[{Id::order_result, 0}] = 1;
    numbers[{Id::order_answered, 0}] = 7;
    numbers[{Id::order_value, 0}] = -2;
  }
  bool correct_clock(quantity::Instant time) override {
    told.push_back("corrected by " + std::to_string(time.unix_s() - std::int64_t{now_s}));
    return true;
  }

  std::uint32_t clock_s() override { return now_s; }
  dlt645::Time local_time(std::uint32_t unix_s) override {
    const auto date = tariff::date_of(static_cast<std::int32_t>(unix_s / 86'400));
    dlt645::Time time{.year = static_cast<std::uint8_t>(date.year - 2000),
                      .month = date.month,
                      .day = date.day,
                      .hour = static_cast<std::uint8_t>(unix_s / 3600 % 24),
                      .minute = static_cast<std::uint8_t>(unix_s / 60 % 60),
                      .second = static_cast<std::uint8_t>(unix_s % 60)};
    time.weekday = dlt645::weekday_of(time);
    return time;
  }
  std::uint32_t instant_of(const dlt645::Time& local) override {
    const auto days = tariff::days_of({2000 + local.year, local.month, local.day});
    return static_cast<std::uint32_t>(days) * 86'400U + local.hour * 3600U + local.minute * 60U +
           local.second;
  }
  LogRange log_range(records::Log log) override {
    return {1, static_cast<std::uint32_t>(logs[log].size() + 1)};
  }
  std::size_t log_entry(records::Log log, std::uint32_t number, std::span<std::byte> to) override {
    const auto& entries = logs[log];
    if (number == 0 || number > entries.size()) return 0;
    std::ranges::copy(entries[number - 1], to.begin());
    return entries[number - 1].size();
  }
  std::uint32_t log_since(records::Log log, std::uint32_t unix_s) override {
    std::uint32_t number = 1;
    for (const auto& entry : logs[log]) {
      bytes::Reader reader{entry};
      if (reader.little<std::uint32_t>() >= unix_s) break;
      ++number;
    }
    return number;
  }
  CommandResult command(const order::Command& command, const Programmer* programmer) override {
    if (!is_storing) return CommandResult::not_ready;
    std::string text = "verb " + std::to_string(static_cast<int>(order::verb_of(command)));
    if (const auto* set = std::get_if<order::SetParameters>(&command)) {
      const auto place = dictionary::find(set->parameters[0].address);
      numbers[{place.row->id, 0}] = set->parameters[0].value;
      text = std::string(place.row->name) + " = " + std::to_string(set->parameters[0].value);
    }
    if (const auto* clock = std::get_if<order::SetClock>(&command)) {
      now_s = static_cast<std::uint32_t>(clock->time.unix_s());
      text = "clock " + std::to_string(now_s);
    }
    if (programmer != nullptr) text += " by " + std::to_string(programmer->level);
    told.push_back(text);
    return CommandResult::done;
  }
  bool keep(std::span<const std::byte> state) override {
    if (is_storing) kept.assign(state.begin(), state.end());
    return is_storing;
  }

  void add_event(dictionary::EventCode code, std::uint16_t detail, std::int64_t value, std::uint32_t time_s) {
    auto& log = logs[records::log_of({.code = code, .detail = detail})];
    const auto stored = records::encode(records::Event{.number = static_cast<std::uint32_t>(log.size() + 1),
                                                       .time_s = time_s,
                                                       .code = code,
                                                       .detail = detail,
                                                       .value = value});
    log.emplace_back(stored.begin(), stored.end());
  }
  void permit(Permission permission) {
    numbers[{Id::dlt_permissions, 0}] |= static_cast<std::int64_t>(permission);
  }

  std::map<std::pair<Id, std::uint16_t>, std::int64_t> numbers{{{Id::phase_count, 0}, 1}};
  std::map<records::Log, std::vector<std::vector<std::byte>>> logs;
  std::string meter_number = "202411110002";
  std::uint32_t now_s = 1'785'583'200;  // 2026-08-01 11:20:00
  std::vector<std::string> told;
  std::vector<std::byte> kept;
  bool is_storing = true;
  Access access;
};

}  // namespace lk::links
