// SPDX-License-Identifier: Apache-2.0
// The JSON form of a tariff set (docs/formats/tariff.schema.json), with the names that the binary form does
// not carry. Reading one never throws: what is wrong is a list of problems, each with its place and a remedy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tariff/set.hpp"

namespace lk::tools {

struct Problem {
  bool is_error = true;  // else a warning: it works, but is it meant?
  std::string place;     // as in "day_tables.workday[2].from"; empty: the document
  std::string text;      // what is wrong and what to do
};

struct TariffDocument {
  tariff::TariffSet set;
  std::string name;
  std::string currency;
  std::vector<std::string> rate_names;
  std::vector<std::string> day_names;
  std::vector<std::string> week_names;
  std::vector<std::string> season_names;
  std::vector<std::string> special_names;
  std::vector<Problem> problems;

  // No problem is an error: the set may be used.
  [[nodiscard]] bool is_valid() const;
};

[[nodiscard]] TariffDocument parse_tariff(std::string_view json_text);

// What is allowed but looks like a mistake: unused rates and tables, prices that fall, dates in doubt.
void warn(TariffDocument& document);

// The tariff in words, several lines.
[[nodiscard]] std::string explain(const TariffDocument& document);

}  // namespace lk::tools
