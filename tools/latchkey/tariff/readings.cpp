// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/tariff/readings.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "tariff/local_time.hpp"
#include "tariff/pricer.hpp"
#include "tools/latchkey/command.hpp"
#include "tools/latchkey/tariff/fixed.hpp"

namespace lk::tools {
namespace {

using quantity::Instant;

struct Timestamp {
  std::int64_t local_ms = 0;
  std::optional<std::int64_t> offset_minutes;
};

// Takes a number of exactly `digits` digits off the text.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  const std::string_view taken = text.substr(0, digits);
  const auto [stopped, error] = std::from_chars(taken.begin(), taken.end(), number);
  if (error != std::errc{} || stopped != taken.end() || number < 0) return false;
  text.remove_prefix(digits);
  return true;
}

bool take_sign(std::string_view& text, std::string_view signs) {
  if (text.empty() || signs.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// YYYY-MM-DDTHH:MM[:SS][Z|±HH:MM]; a blank may stand for the T.
std::optional<Timestamp> parse_timestamp(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take_number(text, 4, year) || !take_sign(text, "-") || !take_number(text, 2, month) ||
      !take_sign(text, "-") || !take_number(text, 2, day) || !take_sign(text, "T ") ||
      !take_number(text, 2, hour) || !take_sign(text, ":") || !take_number(text, 2, minute)) {
    return {};
  }
  if (take_sign(text, ":") && !take_number(text, 2, second)) return {};
  const bool is_time = hour < 24 && minute < 60 && second < 60;
  if (!is_time || year < 1970 || year > 2105 || !tariff::is_date(year, month, day)) return {};
  Timestamp stamp;
  const auto days = tariff::days_of({year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)});
  stamp.local_ms = days * tariff::ms_per_day + ((hour * 60 + minute) * 60 + second) * std::int64_t{1000};
  if (text.empty()) return stamp;
  if (text == "Z") {
    stamp.offset_minutes = 0;
    return stamp;
  }
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take_sign(text, "+-") || !take_number(text, 2, hour) || !take_sign(text, ":") ||
      !take_number(text, 2, minute) || !text.empty() || hour > 14 || minute > 59) {
    return {};
  }
  stamp.offset_minutes = sign * (hour * 60 + minute);
  return stamp;
}

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> columns;
  while (true) {
    const std::size_t comma = line.find(',');
    columns.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return columns;
    line.remove_prefix(comma + 1);
  }
}

class Reader {
 public:
  Reader(const std::string& file, const ReadingOptions& options) : file_(file), options_(options) {}

  Readings read(std::istream& in) {
    std::string line;
    if (!next_line(in, line))
      fail("the file is empty; write a header \"timestamp,kwh\" and a line for each interval");
    read_header(line);
    while (next_line(in, line)) {
      if (!line.empty()) read_row(line);
    }
    if (in.bad()) throw UserError{file_ + ": cannot be read to its end"};
    if (out_.list.empty()) throw UserError{file_ + ": has no readings; write a line for each interval"};
    set_intervals();
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& text) const {
    throw UserError{file_ + ":" + std::to_string(line_) + ": " + text};
  }

  bool next_line(std::istream& in, std::string& line) {
    ++line_;
    if (!std::getline(in, line)) return false;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return true;
  }

  void read_header(std::string_view line) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
    const auto columns = columns_of(line);
    const auto find = [&](std::string_view name) {
      const auto found = std::ranges::find(columns, name);
      if (found == columns.end()) {
        fail("the header has no column \"" + std::string{name} + "\"; begin the file with \"timestamp,kwh\"" +
             (columns.size() == 1 ? ", columns parted by commas" : ""));
      }
      return static_cast<std::size_t>(found - columns.begin());
    };
    timestamp_column_ = find("timestamp");
    kwh_column_ = find("kwh");
  }

  void read_row(const std::string& line) {
    const auto columns = columns_of(line);
    if (columns.size() <= std::max(timestamp_column_, kwh_column_)) {
      fail("has " + std::to_string(columns.size()) + (columns.size() == 1 ? " column" : " columns") +
           ", fewer than the header; write a timestamp and kWh");
    }
    Reading reading;
    reading.line = line_;
    reading.from = instant_of(std::string{columns[timestamp_column_]});
    const std::string kwh{columns[kwh_column_]};
    constexpr int places = 8;  // of which one count is 36 mJ
    constexpr std::int64_t mj_per_count = 36;
    const auto count = parse_fixed(kwh, places);
    if (!count || *count > tariff::energy_max.count() / mj_per_count) {
      fail("\"" + kwh +
           "\" is no energy in kWh; write a number from 0 to 2000000 with at most 8 places, as 0.141");
    }
    reading.energy = quantity::Energy::of(*count * mj_per_count);
    out_.list.push_back(reading);
  }

  // Where the clock went back, the first instant that is after the line before: readings come in order.
  Instant instant_of(const std::string& text) {
    const auto stamp = parse_timestamp(text);
    if (!stamp)
      fail("\"" + text +
           "\" is no timestamp; write it as 2026-01-31T00:30, with Z or +01:00 where it has an offset");
    std::vector<std::int64_t> meant;
    if (stamp->offset_minutes) {
      meant = {stamp->local_ms - *stamp->offset_minutes * tariff::ms_per_minute};
    } else {
      meant = options_.to_utc(stamp->local_ms);
      if (meant.empty()) {
        fail("the local time " + text + " does not exist in " + options_.zone_name +
             ": the clock goes forward over it; give the zone that the readings were taken in with --zone (a "
             "meter that "
             "does not keep summer time: as Etc/GMT-1), or write times with an offset");
      }
    }
    for (const std::int64_t ms : meant) {
      if (ms < 0) fail("\"" + text + "\" is before 1970; no meter was there to read it");
      if (out_.list.empty() || Instant::of(ms) > out_.list.back().from) return Instant::of(ms);
    }
    fail("\"" + text + "\" is not after line " + std::to_string(out_.list.back().line) +
         "; order the readings by time, each once");
  }

  void set_intervals() {
    std::vector<Reading>& list = out_.list;
    std::int64_t least_ms = options_.interval_minutes * tariff::ms_per_minute;
    for (std::size_t i = 1; i < list.size() && options_.interval_minutes == 0; ++i) {
      const std::int64_t step_ms = (list[i].from - list[i - 1].from).count();
      least_ms = least_ms == 0 ? step_ms : std::min(least_ms, step_ms);
    }
    if (least_ms == 0)
      throw UserError{file_ + ": has one reading; say how long it is with --interval MINUTES"};
    out_.interval_ms = least_ms;
    std::size_t gap_count = 0;
    std::size_t first_gap_line = 0;
    const bool is_start = options_.stamp == Stamp::start;
    for (std::size_t i = 1; i < list.size(); ++i) {
      if ((list[i].from - list[i - 1].from).count() <= least_ms) continue;
      if (++gap_count == 1) first_gap_line = list[i].line;
    }
    // An interval never reaches into the next one.
    std::vector<Instant> stamps;
    for (const Reading& reading : list) stamps.push_back(reading.from);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto length = quantity::milliseconds(least_ms);
      if (is_start) {
        list[i].to = stamps[i] + length;
        if (i + 1 < list.size()) list[i].to = std::min(list[i].to, stamps[i + 1]);
      } else {
        list[i].to = stamps[i];
        list[i].from = stamps[i] + -length;
        if (i > 0) list[i].from = std::max(list[i].from, stamps[i - 1]);
      }
    }
    if (gap_count > 0) {
      out_.warnings.push_back(std::to_string(gap_count) + " gap(s) between readings, the first before line " +
                              std::to_string(first_gap_line) + ": no energy is priced there");
    }
  }

  const std::string& file_;
  const ReadingOptions& options_;
  Readings out_;
  std::size_t line_ = 0;
  std::size_t timestamp_column_ = 0;
  std::size_t kwh_column_ = 0;
};

}  // namespace

Readings read_readings(std::istream& in, const std::string& file, const ReadingOptions& options) {
  return Reader{file, options}.read(in);
}

}  // namespace lk::tools
