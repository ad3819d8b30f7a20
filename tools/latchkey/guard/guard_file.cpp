// SPDX-License-Identifier: Apache-2.0
#include "tools/latchkey/guard/guard_file.hpp"

#include <toml++/toml.h>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace lk::tools {
namespace {

using guard::Action;

// Bad input, on its way to the one place that answers it.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A table of the file with the path to it; every key that is there must be asked for.
class Section {
 public:
  Section(const toml::table& table, std::string path) : table_(table), path_(std::move(path)) {}

  [[nodiscard]] std::string path_of(std::string_view key) const {
    return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
  }
  [[noreturn]] void refuse(std::string_view key, const std::string& expected) const {
    throw Refusal{path_of(key) + ": expected " + expected};
  }
  [[nodiscard]] const toml::node* find(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  std::optional<double> number(std::string_view key, double least, double most) {
    const toml::node* const node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value<double>();
    if (!value || !(*value >= least && *value <= most)) {
      std::ostringstream range;
      range << "a number from " << least << " to " << most;
      refuse(key, range.str());
    }
    return value;
  }
  std::optional<bool> flag(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_boolean()) refuse(key, "true or false");
    return node->value<bool>();
  }
  std::optional<std::string> text(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_string()) refuse(key, "a text in quotes");
    return node->value<std::string>();
  }
  const toml::array* list(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_array()) refuse(key, "a list in brackets");
    return node->as_array();
  }
  std::optional<Section> section(std::string_view key) {
    const toml::node* const node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) refuse(key, "a table");
    return Section{*node->as_table(), path_of(key)};
  }
  void refuse_others() const {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known_, key.str()) == known_.end())
        throw Refusal{path_of(key.str()) + ": there is no such key"};
    }
  }

 private:
  const toml::table& table_;
  std::string path_;
  std::vector<std::string> known_;
};

Action action_of(Section& section, std::string_view key, Action usual) {
  const auto name = section.text(key);
  if (!name) return usual;
  for (const Action action : {Action::off, Action::record, Action::alarm, Action::trip}) {
    if (*name == guard::name_of(action)) return action;
  }
  section.refuse(key, R"("off", "record", "alarm" or "trip")");
}

std::int64_t thousandths(double value) {
  return std::llround(value * 1e3);
}

template <std::size_t capacity>
void read_bands(Section& section, std::string_view key, guard::List<guard::PowerBand, capacity>& out) {
  const toml::array* const list = section.list(key);
  if (list == nullptr) return;
  constexpr const char* expected = "at most 6 pairs [from, to] in watts, from 30 to 100000";
  if (list->size() > capacity) section.refuse(key, expected);
  out.count = 0;
  for (const toml::node& node : *list) {
    const toml::array* const pair = node.as_array();
    if (pair == nullptr || pair->size() != 2) section.refuse(key, expected);
    const auto least = pair->get(0)->value<double>();
    const auto most = pair->get(1)->value<double>();
    if (!least || !most || !(*least >= 30 && *least <= *most && *most <= 100'000))
      section.refuse(key, expected);
    out.items[out.count++] = {quantity::Power::of(thousandths(*least)),
                              quantity::Power::of(thousandths(*most))};
  }
}

// "07:30" as minutes of the day; "24:00" only where a period ends.
std::optional<std::uint16_t> minute_of(std::string_view text, bool may_be_end) {
  const auto digit = [&](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  const int sum = hour * 60 + minute;
  if (hour > 24 || minute > 59 || sum > 1440 || (sum == 1440 && !may_be_end)) return std::nullopt;
  return static_cast<std::uint16_t>(sum);
}

template <std::size_t capacity>
void read_hours(Section& section, std::string_view key, guard::List<guard::WatchHours, capacity>& out) {
  const toml::array* const list = section.list(key);
  if (list == nullptr) return;
  constexpr const char* expected = R"(at most 8 periods like "22:00-07:00")";
  if (list->size() > capacity) section.refuse(key, expected);
  out.count = 0;
  for (const toml::node& node : *list) {
    const auto text = node.value<std::string>();
    if (!text || text->size() != 11 || (*text)[5] != '-') section.refuse(key, expected);
    const auto from = minute_of(std::string_view{*text}.substr(0, 5), false);
    const auto to = minute_of(std::string_view{*text}.substr(6), true);
    if (!from || !to) section.refuse(key, expected);
    out.items[out.count++] = {*from, *to};
  }
}

void read_restore(Section& section, guard::RestoreSettings& out) {
  if (const auto value = section.number("restore_delay_s", 0, 86'400))
    out.delay_s = static_cast<std::uint32_t>(*value);
  if (const auto value = section.number("restores_per_day", 0, 255))
    out.restores_per_day = static_cast<std::uint8_t>(*value);
  if (const auto value = section.flag("unlock_next_day")) out.is_unlocked_by_next_day = *value;
}

void read_load(Section& section, guard::GuardSettings& out) {
  out.load.action = action_of(section, "action", Action::trip);
  read_bands(section, "bands_w", out.load.watched);
  read_bands(section, "allowed_w", out.load.allowed);
  read_hours(section, "workday", out.load.workday);
  read_hours(section, "holiday", out.load.holiday);
  if (const auto value = section.flag("watch_workdays")) out.load.watches_workdays = *value;
  if (const auto value = section.flag("watch_holidays")) out.load.watches_holidays = *value;
  if (const auto value = section.number("step_power_factor", 0.95, 0.9999))
    out.step_power_factor_e4 = static_cast<std::int32_t>(std::lround(*value * 1e4));
  read_restore(section, out.restore[static_cast<std::size_t>(guard::TripReason::malicious_load)]);
  section.refuse_others();
}

// Shares are written as such (0.9), currents in amperes, powers in watts.
double unit_of(guard::Unit unit) {
  switch (unit) {
    case guard::Unit::share_e4:
      return 1e4;
    case guard::Unit::microampere:
      return 1e6;
    case guard::Unit::milliwatt:
      return 1e3;
    case guard::Unit::flag:
      break;
  }
  return 1;
}

void read_condition(Section& section, guard::ConditionId id, guard::ConditionSettings& out) {
  const guard::ConditionRow& row = guard::row_of(id);
  const double unit = unit_of(row.unit);
  out.action = action_of(section, "action", out.action);
  if (row.unit != guard::Unit::flag) {
    const double most = static_cast<double>(row.threshold.most) / unit;
    if (const auto value = section.number("threshold", static_cast<double>(row.threshold.least) / unit, most))
      out.threshold = std::llround(*value * unit);
    if (const auto value = section.number("hysteresis", 0, most))
      out.hysteresis = std::llround(*value * unit);
  }
  if (const auto value = section.number("delay_s", 0, 86'400))
    out.delay_ms = static_cast<std::uint32_t>(thousandths(*value));
  if (const auto value = section.number("end_delay_s", 0, 86'400))
    out.end_delay_ms = static_cast<std::uint32_t>(thousandths(*value));
  section.refuse_others();
}

void read_conditions(Section& section, guard::ConditionTable& out) {
  for (std::size_t index = 0; index < guard::condition_count; ++index) {
    const auto id = static_cast<guard::ConditionId>(index);
    if (auto condition = section.section(guard::row_of(id).name)) read_condition(*condition, id, out[index]);
  }
  section.refuse_others();
}

void read_restores(Section& section, guard::GuardSettings& out) {
  using enum guard::TripReason;
  for (const guard::TripReason reason : {voltage, overload, tamper}) {
    if (auto restore = section.section(guard::name_of(reason))) {
      read_restore(*restore, out.restore[static_cast<std::size_t>(reason)]);
      restore->refuse_others();
    }
  }
  section.refuse_others();
}

GuardFile file_of(const toml::table& table) {
  GuardFile file;
  Section root{table, ""};
  if (const auto value = root.number("nominal_voltage", 50, 500))
    file.settings.nominal = quantity::Voltage::of(thousandths(*value));
  if (const auto text = root.text("start_time")) {
    const auto minute = minute_of(*text, false);
    if (!minute) root.refuse("start_time", R"(a time of day like "08:00")");
    file.start.minute = *minute;
  }
  if (const auto value = root.flag("start_on_holiday")) file.start.is_holiday = *value;
  if (auto load = root.section("malicious_load")) read_load(*load, file.settings);
  if (auto conditions = root.section("condition")) read_conditions(*conditions, file.settings.conditions);
  if (auto restores = root.section("restore")) read_restores(*restores, file.settings);
  root.refuse_others();
  if (!guard::is_valid(file.settings)) throw Refusal{"the parameters do not fit each other"};
  return file;
}

}  // namespace

std::expected<GuardFile, std::string> parse_guard_file(std::string_view text) {
  try {
    return file_of(toml::parse(text));
  } catch (const toml::parse_error& error) {
    std::ostringstream message;
    message << "line " << error.source().begin.line << ": " << error.description();
    return std::unexpected(message.str());
  } catch (const Refusal& refusal) {
    return std::unexpected(refusal.what());
  }
}

std::expected<GuardFile, std::string> read_guard_file(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  if (!stream || std::filesystem::is_directory(file) || !(text << stream.rdbuf()))
    return std::unexpected(file.string() +
                           ": cannot be read; check the name, the permission, and that it is not empty");
  auto parsed = parse_guard_file(text.str());
  if (!parsed) return std::unexpected(file.string() + ": " + parsed.error());
  return parsed;
}

}  // namespace lk::tools
