// SPDX-License-Identifier: Apache-2.0
#include "sim/household/profile.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lk::sim {
namespace {

constexpr std::int64_t day_s = 86'400;

enum class Format : std::uint8_t { energy, power };

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// YYYY-MM-DDTHH:MM[:SS] (or a blank in place of T) as seconds since 1970.
std::optional<std::int64_t> time_of(std::string_view text) {
  if (text.size() != 16 && text.size() != 19) return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
    return std::nullopt;
  if (text.size() == 19 && text[16] != ':') return std::nullopt;
  const auto year = number_of<int>(text.substr(0, 4));
  const auto month = number_of<unsigned>(text.substr(5, 2));
  const auto day = number_of<unsigned>(text.substr(8, 2));
  const auto hour = number_of<unsigned>(text.substr(11, 2));
  const auto minute = number_of<unsigned>(text.substr(14, 2));
  const auto second =
      text.size() == 19 ? number_of<unsigned>(text.substr(17, 2)) : std::optional<unsigned>{0U};
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return days * day_s + *hour * 3600LL + *minute * 60LL + *second;
}

// An empty field is a missing value: 0.
std::optional<double> value_of(std::string_view field) {
  if (field.empty()) return 0.0;
  const auto value = number_of<double>(field);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<Format> format_of(std::string_view header) {
  const auto fields = split(header);
  if (fields.size() >= 2 && fields[0] == "timestamp" && fields[1] == "kwh") return Format::energy;
  if (fields.size() >= 3 && fields[0] == "timestamp" && fields[1] == "p_kW" && fields[2] == "q_kvar") {
    return Format::power;
  }
  return std::nullopt;
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text.substr(0, 60)} + "\"";
}

// One row, its energy still in kWh in `active_w` for the energy format; or what is wrong with it.
std::expected<Profile::Row, std::string> row_of(std::string_view line, Format format) {
  const auto fields = split(line);
  const std::size_t needed = format == Format::energy ? 2 : 3;
  if (fields.size() < needed) {
    return std::unexpected("has " + std::to_string(fields.size()) + " values, expected " +
                           std::to_string(needed) + "; the row may be cut off");
  }
  const auto time = time_of(fields[0]);
  if (!time) return std::unexpected(in_quotes(fields[0]) + " is no timestamp; expected YYYY-MM-DDTHH:MM");
  Profile::Row row{.time_s = *time};
  const auto first = value_of(fields[1]);
  if (!first) return std::unexpected(in_quotes(fields[1]) + " is no number");
  if (format == Format::energy) {
    row.active_w = *first;
    return row;
  }
  const auto second = value_of(fields[2]);
  if (!second) return std::unexpected(in_quotes(fields[2]) + " is no number");
  row.active_w = *first * 1000;
  row.reactive_var = *second * 1000;
  return row;
}

// Consumption behaves as a resistor, what is negative as an inverter.
class ProfileSource final : public LoadSource {
 public:
  ProfileSource(Profile profile, int utc_offset_minutes)
      : profile_(std::move(profile)), utc_offset_s_(utc_offset_minutes * 60LL) {
    const std::int64_t first = profile_.rows.front().time_s;
    const std::int64_t end = profile_.rows.back().time_s + profile_.interval_s;
    first_s_ = first;
    // Whole days, so that the time of day fits; a file shorter than a day leaves the rest of the day without
    // load.
    length_s_ = std::max<std::int64_t>(1, (end - first) / day_s) * day_s;
  }

  Demand at(quantity::Instant now) override {
    const std::int64_t wall_s = now.unix_s() + utc_offset_s_;
    const std::int64_t since = ((wall_s - first_s_) % length_s_ + length_s_) % length_s_;
    const std::int64_t time = first_s_ + since;
    auto row = std::upper_bound(profile_.rows.begin(), profile_.rows.end(), time,
                                [](std::int64_t t, const Profile::Row& r) { return t < r.time_s; });
    if (row == profile_.rows.begin()) return {};
    --row;
    if (time >= row->time_s + profile_.interval_s) return {};
    Demand demand{.reactive_var = row->reactive_var};
    (row->active_w >= 0 ? demand.resistive_w : demand.sine_w) = row->active_w;
    return demand;
  }

 private:
  Profile profile_;
  std::int64_t utc_offset_s_;
  std::int64_t first_s_ = 0;
  std::int64_t length_s_ = day_s;
};

}  // namespace

std::expected<Profile, InputError> parse_profile(std::string_view text, const std::string& file) {
  std::size_t line_number = 0;
  std::string_view line;
  const auto refuse = [&](std::string problem) {
    return std::unexpected(InputError{file, line_number, std::move(problem)});
  };
  const auto next_line = [&] {
    if (text.empty()) return false;
    ++line_number;
    const std::size_t end = text.find('\n');
    line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
  };
  if (!next_line()) return refuse("is empty; expected a header row and one row an interval");
  const auto format = format_of(line);
  if (!format) {
    return refuse("unknown header " + in_quotes(line) +
                  "; expected \"timestamp,kwh\" or \"timestamp,p_kW,q_kvar,…\"");
  }
  Profile profile;
  while (next_line()) {
    if (line.empty()) continue;
    auto row = row_of(line, *format);
    if (!row) return refuse(row.error());
    if (!profile.rows.empty()) {
      const std::int64_t step = row->time_s - profile.rows.back().time_s;
      if (step <= 0) return refuse("is not later than the row before; sort the rows by time, each once");
      profile.interval_s = profile.interval_s == 0 ? step : std::min(profile.interval_s, step);
    }
    profile.rows.push_back(*row);
  }
  line_number = 0;
  if (profile.rows.size() < 2) return refuse("has fewer than two rows of data, so no interval can be known");
  if (*format == Format::energy) {
    for (Profile::Row& row : profile.rows) row.active_w *= 3.6e6 / static_cast<double>(profile.interval_s);
  }
  return profile;
}

std::expected<Profile, InputError> read_profile(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    return std::unexpected(
        InputError{file.string(), 0, "cannot be opened; check the name and the permission to read it"});
  }
  const std::string text{std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{}};
  return parse_profile(text, file.string());
}

std::unique_ptr<LoadSource> make_profile_source(Profile profile, int utc_offset_minutes) {
  return std::make_unique<ProfileSource>(std::move(profile), utc_offset_minutes);
}

}  // namespace lk::sim
